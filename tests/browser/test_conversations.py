"""Seats of Conversations in a browser: given, refused, bought, released and removed. CONV."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.access import Standing
from accounts.models import Member
from billing.models import ChangeRequest, Item
from licensing.models import ConversationsLevel
from tests.billing.requesting import customer_of_today
from tests.browser.conftest import Visitor
from tests.browser.judge import accessible, fits
from tests.browser.keyboard import focus_stays_in
from tests.browser.looks import DESKTOP, PHONE_DARK, Look, told_in
from tests.browser.mishaps import Mishaps
from tests.factories import MemberFactory
from tests.licensing.seat_book import agents


@pytest.fixture
def here(site: str) -> Standing:
    """Eight seats, seven of them in use, and Eva, who wants one too."""
    found = customer_of_today(agreed_terms=True)
    agents(found, *"ABCDEFG", at=timezone.now())
    MemberFactory(account=found.account, name="Eva")
    return found


def seats(here: Standing) -> str:
    return reverse("licensing:conversations", args=[here.account.pk])


def gives(page: Page, name: str, level: str) -> None:
    """Choose a level in the dialog of this person, by keyboard."""
    page.get_by_role("link", name=name, exact=True).press("Enter")
    dialog = page.get_by_role("dialog", name=name)
    expect(dialog).to_be_visible()
    dialog.get_by_label(level).check()
    dialog.get_by_role("button", name="Save level").press("Enter")


def test_a_seat_is_given_refused_and_bought(
    visitor: Visitor, here: Standing, mishaps: Mishaps
):  # CONV-3, CONV-8
    page = visitor(here.person)
    page.goto(seats(here))
    owned = page.get_by_role("region", name="Seats")
    expect(owned).to_contain_text("Owned 8 In use 7 Free 1", use_inner_text=True)
    page.get_by_role("link", name="No access").click()
    gives(page, "Eva", "Agent")
    expect(page.locator(".messages")).to_contain_text("Eva is an agent now, and takes a seat.")
    accessible(page)

    page.get_by_role("link", name="No access").click()
    with mishaps.expected(409):
        gives(page, "Jana", "Agent")
        dialog = page.get_by_role("dialog", name="Jana")
        expect(dialog).to_contain_text("All 8 seats are in use. Buy a seat, or release one first.")
    accessible(page)
    focus_stays_in(page, "dialog")
    dialog.get_by_role("link", name="Purchase seats").press("Enter")

    expect(page.get_by_role("heading", name="Purchase seats")).to_be_visible()
    page.get_by_role("button", name="One more").click()
    expect(page.get_by_text("Due today")).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Confirm purchase").click()
    expect(page.locator(".messages")).to_contain_text("Confirmed: Seats 8 → 9.")
    assert Item.objects.get(product__code="seats").quantity == 9

    page.goto(f"{seats(here)}?tab=nobody")
    gives(page, "Jana", "Agent")
    expect(page.get_by_role("region", name="Seats")).to_contain_text("In use 9")
    assert ConversationsLevel.objects.filter(level="agent").count() == 9


def test_an_idle_seat_is_released_and_removed(visitor: Visitor, here: Standing):  # CONV-5, CONV-9
    then = timezone.now() - timedelta(days=45)
    Member.objects.filter(name="A").update(last_active_at=then)
    ConversationsLevel.objects.filter(member__name="A").update(since=then)
    Member.objects.exclude(name="A").update(last_active_at=timezone.now())
    page = visitor(here.person)
    page.goto(seats(here))
    owned = page.get_by_role("region", name="Seats")
    expect(owned).to_contain_text("Would save €19.00 a month")
    owned.get_by_role("link", name="1", exact=True).click()

    page.get_by_role("link", name="A", exact=True).press("Enter")
    dialog = page.get_by_role("dialog", name="A")
    expect(dialog.get_by_label("Viewer")).to_be_checked()
    dialog.get_by_role("button", name="Save level").press("Enter")
    expect(page.locator(".messages")).to_contain_text("A is a viewer now, and takes no seat.")

    page.get_by_role("link", name="Email support").press("Enter")
    page.get_by_role("dialog").get_by_role("link", name="Remove seats").click()
    page.get_by_role("button", name="One more").click()
    expect(page.get_by_text("Seats: 8 seats → 6 seats from")).to_be_visible()
    page.get_by_role("button", name="One more").click()
    expect(page.get_by_text("6 seats are in use, by G, F, E and 3 more.")).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="One less").click()
    page.get_by_role("button", name="Confirm request").click()
    expect(page.locator(".messages")).to_contain_text("Your request is sent.")
    assert ChangeRequest.objects.get().quantity == 6


@pytest.mark.smoke
def test_without_script_a_level_is_given(visitor: Visitor, here: Standing):  # CONV-8
    page = visitor(here.person, script=False)
    page.goto(f"{seats(here)}?tab=nobody")

    page.get_by_role("link", name="Eva", exact=True).click()
    page.get_by_label("Viewer").check()
    page.get_by_role("button", name="Save level").click()

    expect(page.locator(".messages")).to_contain_text("Eva is a viewer now, and takes no seat.")


@told_in(PHONE_DARK, DESKTOP)
def test_the_seats_are_for_everybody(visitor: Visitor, here: Standing, look: Look):  # ALL-3
    Member.objects.filter(name="G").update(name="Magdaléna Hrušková-Vondráčková z Oddělení")
    eva = Member.objects.get(name="Eva")
    page = visitor(here.person, look=look)

    for address in (
        seats(here),
        f"{seats(here)}?tab=idle",
        reverse("licensing:conversations_level", args=[here.account.pk, eva.pk]),
        reverse("licensing:email_support", args=[here.account.pk]),
        reverse("billing:change", args=[here.account.pk, "seats"]),
    ):
        page.goto(address)
        fits(page)
        accessible(page)
