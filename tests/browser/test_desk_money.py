"""Money at the desk in a browser: transfers, refunds, orders called off, disputes. STAFF-2."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import FilePayload, Page, expect

from accounts.access import Role
from billing.models import Dispute, Order, RefundAttempt
from tests.admin.test_bank_columns import HEAD, ROWS
from tests.admin.test_refunds import address as refund_form
from tests.billing import buying
from tests.billing.calling_off_book import REASON, cannot_settle
from tests.billing.dispute_book import charged, heard
from tests.billing.refunding_book import paid_and_credited
from tests.billing.test_splitting import came, still_open, three
from tests.browser.conftest import Visitor
from tests.browser.judge import accessible, fits
from tests.browser.looks import DESKTOP, PHONE_DARK, Look, told_in
from tests.browser.mishaps import Mishaps
from tests.browser.staff import somebody_of

__all__ = ["three"]  # a fixture
IN_LOOKS = told_in(DESKTOP, PHONE_DARK)
Desk = Callable[[Look], Page]
# What a bank writes above its header.
ABOVE = "Account;CZ65;EUR\nOwner;CZ65;Alfa\n\n"


@pytest.fixture
def desk(visitor: Visitor) -> Desk:
    """The window of somebody who looks after billing."""
    return lambda look: visitor(somebody_of(Role.BILLING, name="Ines"), look=look)


def is_for_everybody(page: Page) -> None:
    accessible(page)
    fits(page)


def press(page: Page, name: str) -> None:
    """By keyboard, as those who match a day's transfers do."""
    button = page.get_by_role("button", name=name, exact=True)
    button.focus()
    page.keyboard.press("Enter")


@told_in(PHONE_DARK)
def test_a_card_of_a_list_shows_all_that_it_says(desk: Desk, three, look: Look):  # ALL-3
    came("50.00", "")
    page = desk(look)

    page.goto(reverse("admin:billing_bankline_changelist"))
    expect(page.get_by_role("button", name="same amount")).to_have_count(3)

    cut = page.locator(".data-row > *").evaluate_all(
        "cells => cells.filter(one => one.scrollHeight > one.clientHeight + 1)"
        ".map(one => one.innerText)"
    )
    assert cut == []
    is_for_everybody(page)


@IN_LOOKS
def test_a_transfer_is_split_and_undone(desk: Desk, mishaps: Mishaps, three, look: Look):
    line, page = came("120.00", three[0].number), desk(look)

    page.goto(reverse("admin:billing_bankline_change", args=[line.pk]))
    is_for_everybody(page)
    page.get_by_role("link", name="Split it over open invoices").first.click()
    is_for_everybody(page)
    parts = page.locator("input[name^=invoice-]")
    parts.nth(0).fill("50.00")
    parts.nth(1).fill("90.00")
    with mishaps.expected(422):
        press(page, "Match")
        expect(page.get_by_text("€50.00 are open of")).to_be_visible()
    is_for_everybody(page)
    parts.nth(1).fill("30.00")
    parts.nth(2).fill("")
    press(page, "Reckon again")
    expect(page.get_by_text("€40.00 are left, and become credit")).to_be_visible()
    press(page, "Match")
    page.get_by_role("link", name="Undo all of it").first.click()
    assert still_open() == ["0.00", "20.00", "50.00"]
    is_for_everybody(page)
    press(page, "Undo it")

    expect(page.get_by_text("Undone").first).to_be_visible()
    assert still_open() == ["50.00", "50.00", "50.00"]


@IN_LOOKS
def test_a_file_with_unknown_columns_is_explained(desk: Desk, mishaps: Mishaps, look: Look):
    page = desk(look)
    page.goto(reverse("admin:billing_bankline_add"))
    file = FilePayload(
        name="march.csv", mimeType="text/csv", buffer=f"{ABOVE}{HEAD}\n{ROWS}".encode()
    )

    page.locator("input[type=file]").set_input_files(file)
    expect(page.locator("input[name=currency]")).to_have_value("")
    press(page, "Take in")
    expect(page.get_by_role("heading", name="The first rows")).to_be_visible()
    is_for_everybody(page)
    page.get_by_label("The header is on line").select_option("2")
    press(page, "Show its columns")
    expect(page.locator("th", has_text="2. CZ65")).to_be_visible()
    page.get_by_label("The header is on line").select_option("4")
    press(page, "Show its columns")
    expect(page.locator("th", has_text="2. Kolik")).to_be_visible()
    with mishaps.expected(422):
        press(page, "Take in, and remember")
        expect(page.locator(".desk-problem").first).to_be_visible()
    is_for_everybody(page)


@IN_LOOKS
def test_money_goes_back(desk: Desk, mishaps: Mishaps, look: Look):
    note, page = paid_and_credited(), desk(look)

    page.goto(refund_form(note))
    is_for_everybody(page)
    page.locator("input[name=amount]").fill("30.00")
    with mishaps.expected(422):
        press(page, "Show the refund")
        expect(page.locator("[name=note][aria-invalid=true]")).to_be_visible()
    is_for_everybody(page)
    page.locator("[name=note]").fill("Sold by mistake")
    press(page, "Show the refund")
    expect(page.get_by_text("€30.00 goes back by sandbox")).to_be_visible()
    is_for_everybody(page)
    press(page, "Give back €30.00")

    expect(page.get_by_text("€30.00 went back")).to_be_visible()
    is_for_everybody(page)
    assert RefundAttempt.objects.get().state == "refunded"


@IN_LOOKS
def test_an_order_that_cannot_hold_is_called_off(desk: Desk, look: Look):
    order, page = cannot_settle(buying.customer()), desk(look)

    page.goto(reverse("admin:billing_order_call_off", args=[order.pk]))
    is_for_everybody(page)
    page.locator("[name=reason]").fill(REASON)
    press(page, "Show what will happen")
    expect(page.get_by_text("if it can hold now, it holds")).to_be_visible()
    is_for_everybody(page)
    press(page, "Call off and give back €10.37")

    expect(page.get_by_text("€10.37 went back")).to_be_visible()
    assert Order.objects.get().state == "cancelled"


@IN_LOOKS
def test_a_dispute_says_what_was_taken(desk: Desk, look: Look):
    charged()
    heard()
    page = desk(look)

    page.goto(reverse("admin:index"))
    is_for_everybody(page)
    page.get_by_role("link", name="Look at it").press("Enter")
    page.get_by_role("link", name=Dispute.objects.get().reference).click()

    expect(page.get_by_text("€50.00, the provider's fee apart")).to_be_visible()
    is_for_everybody(page)
