"""Orders that wait for a bank transfer, in a browser: cancelled, or held once the money comes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.access import Role, Standing
from accounts.models import Account
from billing.models import BankLine, Item, Order
from tests.billing import plan_book
from tests.billing.test_bank_import import line_of, take_in
from tests.browser.conftest import Visitor
from tests.browser.judge import accessible, fits
from tests.browser.looks import DESKTOP, PHONE_DARK, Look, told_in
from tests.browser.staff import somebody_of

IN_LOOKS = told_in(PHONE_DARK, DESKTOP)


@pytest.fixture
def here(site: str) -> Standing:
    """Marketing Plus since yesterday, paid by bank transfer, without terms."""
    found = plan_book.holder(opens=timezone.now() - timedelta(days=1))
    Account.objects.filter(pk=found.account.pk).update(pays_by="transfer")
    return found


def is_for_everybody(page: Page) -> None:
    accessible(page)
    fits(page)


def press(page: Page, name: str) -> None:
    """By keyboard."""
    button = page.get_by_role("button", name=name, exact=True)
    button.focus()
    page.keyboard.press("Enter")


def orders(page: Page, here: Standing) -> Order:
    """The add-on is ordered in its dialog, which says that nothing changes before the money."""
    page.goto(reverse("billing:overview", args=[here.account.pk]))
    page.get_by_role("link", name="Add Extra to the plan").press("Enter")
    dialog = page.get_by_role("dialog", name="Review purchase")
    expect(dialog.get_by_text("Nothing is changed before your transfer of")).to_be_visible()
    is_for_everybody(page)
    dialog.get_by_role("button", name="Order, and transfer").press("Enter")

    expect(page.get_by_role("heading", name="Waits for your transfer")).to_be_visible()
    return Order.objects.latest("pk")


def extras() -> int:
    return sum(Item.objects.filter(product__code="extra").values_list("quantity", flat=True))


@IN_LOOKS
def test_an_order_waits_for_its_transfer_and_is_cancelled(
    visitor: Visitor, here: Standing, look: Look
):  # PLAN-11
    page = visitor(here.person, look=look)

    order = orders(page, here)
    is_for_everybody(page)
    expect(page.get_by_text(order.transfer_reference)).to_be_visible()
    page.goto(reverse("billing:overview", args=[here.account.pk]))
    expect(page.get_by_text("waits for your").first).to_be_visible()
    is_for_everybody(page)
    page.goto(reverse("billing:order", args=[here.account.pk, order.pk]))
    press(page, "Cancel the order")

    expect(page.get_by_role("heading", name="Cancelled: nothing was changed")).to_be_visible()
    is_for_everybody(page)
    order.refresh_from_db()
    assert (order.state, extras()) == ("cancelled", 0)
    expect(page.get_by_role("button", name="Order again")).to_be_visible()


@IN_LOOKS
def test_the_desk_matches_its_line_and_the_order_holds(
    visitor: Visitor, here: Standing, look: Look
):  # PLAN-11, STAFF-2
    """The customer wrote no reference: the desk names the order, and the order holds."""
    page = visitor(here.person, look=look)
    order = orders(page, here)
    take_in(line_of(f"{order.total.amount:.2f}", "for the add-on", payer="Somebody else"))
    desk = visitor(somebody_of(Role.BILLING, name="Ines"), look=look)

    desk.goto(reverse("admin:billing_bankline_change", args=[BankLine.objects.get().pk]))
    is_for_everybody(desk)
    desk.locator("input[name=wanted]").fill(order.transfer_reference)
    press(desk, "Match")

    expect(desk.get_by_text("is written down as")).to_be_visible()
    is_for_everybody(desk)
    page.reload()
    expect(page.get_by_role("heading", name="Done")).to_be_visible()
    is_for_everybody(page)
    order.refresh_from_db()
    assert (order.state, extras()) == ("done", 1)
    assert order.invoice is not None
    assert order.invoice.receivable.state == "paid"
