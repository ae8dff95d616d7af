"""The desk in a browser: for everybody in both themes, and asked why without a mouse."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from billing.models import Invoice
from tests.admin import book
from tests.browser.conftest import Visitor
from tests.browser.judge import accessible, fits
from tests.browser.looks import DESKTOP, LOOKS, Look
from tests.factories import UserFactory


def newest_invoice() -> str:
    return reverse("admin:billing_invoice_change", args=[Invoice.objects.latest("pk").pk])


@pytest.mark.smoke
def test_an_invoice_is_asked_why_by_keyboard(visitor: Visitor):  # PLAN-12
    book.told()
    page = visitor(UserFactory(superuser=True))

    page.goto(newest_invoice())
    why = page.get_by_role("link", name="Why this amount?").first
    why.focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="The arithmetic")).to_be_visible()
    expect(why).to_have_attribute("aria-expanded", "true")
    accessible(page)
    page.keyboard.press("Enter")
    expect(why).to_have_attribute("aria-expanded", "false")
    expect(page.get_by_role("heading", name="The arithmetic")).to_be_hidden()


# The pages that are read all day. Not those with a search within a field: the list that Django
# puts there has no name that a screen reader could say (select2), and it is not ours to mend.
DESK = ("index", "accounts_account_changelist", "billing_invoice_changelist")


@pytest.mark.parametrize(
    "look",
    [
        pytest.param(DESKTOP, marks=pytest.mark.smoke),
        *(pytest.param(one, marks=pytest.mark.proof) for one in LOOKS if one is not DESKTOP),
    ],
    ids=str,
)
def test_the_desk_is_for_everybody(visitor: Visitor, look: Look):  # ALL-3
    book.told()
    page = visitor(UserFactory(superuser=True), look=look)

    for address in (*(reverse(f"admin:{name}") for name in DESK), newest_invoice()):
        page.goto(address)
        accessible(page)
        fits(page)
