"""Cancelling the plan in a browser, and keeping it after all. PLAN-13."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.access import Standing
from billing.models import Subscription
from tests.billing.requesting import customer_of_today
from tests.browser.conftest import Visitor
from tests.browser.judge import accessible, fits
from tests.browser.keyboard import focus_stays_in
from tests.browser.looks import DESKTOP, PHONE_DARK, Look, told_in
from tests.browser.mishaps import Mishaps


@pytest.fixture
def here(site: str) -> Standing:
    return customer_of_today()


def overview(here: Standing) -> str:
    return reverse("billing:overview", args=[here.account.pk])


def test_a_plan_is_cancelled_by_keyboard_and_kept(
    visitor: Visitor, here: Standing, mishaps: Mishaps
):  # PLAN-13
    page = visitor(here.person)
    page.goto(overview(here))
    page.get_by_role("link", name="Cancel plan").press("Enter")
    dialog = page.get_by_role("dialog", name="Cancel plan")
    expect(dialog).to_contain_text("Nothing is credited")
    expect(dialog).to_contain_text("Marketing Pro")
    focus_stays_in(page, "dialog")

    dialog.get_by_label("In your words").fill("A lot")
    with mishaps.expected(422):
        dialog.get_by_role("button", name="Cancel plan").press("Enter")
        expect(dialog).to_contain_text("Choose the reason that comes nearest.")
    expect(dialog.get_by_label("In your words")).to_have_value("A lot")
    accessible(page)
    dialog.get_by_label("It costs too much").check()
    dialog.get_by_role("button", name="Cancel plan").press("Enter")

    expect(page.locator(".messages")).to_contain_text("Until then you can keep it after all.")
    assert Subscription.objects.get().ends_on is not None
    accessible(page)
    page.get_by_role("button", name="Keep plan").press("Enter")
    expect(page.locator(".messages")).to_contain_text("The plan goes on, and is billed as before.")
    assert Subscription.objects.get().ends_on is None


@pytest.mark.smoke
def test_without_script_a_plan_is_cancelled(visitor: Visitor, here: Standing):  # PLAN-13
    page = visitor(here.person, script=False)
    page.goto(overview(here))

    page.get_by_role("link", name="Cancel plan").click()
    page.get_by_label("It is not used any more").check()
    page.get_by_role("button", name="Cancel plan").click()

    expect(page.get_by_role("button", name="Keep plan")).to_be_visible()


@told_in(DESKTOP, PHONE_DARK)
def test_cancelling_is_for_everybody(visitor: Visitor, here: Standing, look: Look):  # ALL-3
    page = visitor(here.person, look=look)

    page.goto(reverse("billing:cancel", args=[here.account.pk]))

    fits(page)
    accessible(page)
