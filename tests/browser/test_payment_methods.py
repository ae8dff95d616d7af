"""Payment methods in a browser: from the bank's form to a payment that the bank asks about.

The days are real ones, so amounts are read from the page.
"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.access import Standing
from billing.gateways.sandbox_cards import TEST_NUMBERS, Behaviour
from billing.models import Invoice, Order, PaymentAttempt, PaymentMethod, Receivable
from tests.billing import plan_book
from tests.browser.conftest import Visitor
from tests.browser.judge import accessible, fits
from tests.browser.keyboard import focus_stays_in
from tests.browser.looks import DESKTOP, PHONE_DARK, Look, told_in
from tests.browser.mishaps import Mishaps
from tests.factories import CardFactory


@pytest.fixture
def here(site: str) -> Standing:
    """Marketing Plus since yesterday, by a payer who has removed their card."""
    found = plan_book.holder(opens=timezone.now() - timedelta(days=1))
    PaymentMethod.objects.update(is_default=False, removed_at=timezone.now())
    return found


@pytest.fixture
def address(here: Standing) -> str:
    return f"/accounts/{here.account.pk}/billing/"


def number(behaviour: Behaviour) -> str:
    return next(one.grouped for one in TEST_NUMBERS if one.behaviour is behaviour)


def fill_in(page: Page, behaviour: Behaviour = Behaviour.GOOD, *, expires: str = "12/40") -> None:
    """The form of the bank, by keyboard."""
    expect(page.get_by_role("heading", name="Your card")).to_be_visible()
    page.get_by_label("Card number").fill(number(behaviour))
    page.get_by_label("Good until").fill(expires)
    page.get_by_label("Security code").fill("123")
    page.get_by_role("button", name="Keep this card").press("Enter")


def add(page: Page, address: str, behaviour: Behaviour = Behaviour.GOOD) -> None:
    page.goto(f"{address}methods/")
    page.get_by_role("button", name="Add a card").click()
    fill_in(page, behaviour)
    expect(page.locator(".messages")).to_contain_text("is kept")


def buy(page: Page, address: str) -> None:
    """The add-on, paid at once."""
    page.goto(address)
    page.get_by_role("link", name="Add Extra to the plan").click()
    dialog = page.get_by_role("dialog", name="Review purchase")
    dialog.get_by_role("button", name="Confirm purchase and pay").click()


def test_a_missing_card_is_said_before_confirming_and_added_on_the_way(
    visitor: Visitor, here: Standing, address: str
):  # CONV-3
    page = visitor(here.person)
    page.goto(address)
    page.get_by_role("link", name="Add Extra to the plan").click()
    dialog = page.get_by_role("dialog", name="Review purchase")
    expect(dialog).to_contain_text("There is no card to charge")
    expect(dialog.get_by_role("button", name="Confirm purchase")).to_have_count(0)
    accessible(page)

    dialog.get_by_role("link", name="Payment methods").click()
    page.get_by_role("button", name="Add a card").click()
    accessible(page)
    fits(page)
    fill_in(page)

    # Back where the card was missed, with the price in view.
    expect(page.locator(".messages")).to_contain_text("Visa ···· 1111 is kept, and is charged")
    page.get_by_role("button", name="Confirm purchase and pay").click()
    expect(page.locator(".messages")).to_contain_text("Confirmed: Extra 0 → 1.")


def test_the_bank_asks_and_the_buyer_confirms(
    visitor: Visitor, here: Standing, address: str
):  # decision 17
    page = visitor(here.person)
    add(page, address, Behaviour.SECURE)

    buy(page, address)
    expect(page.get_by_role("heading", name=re.compile(r"Pay .*\?"))).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Confirm the payment").click()

    expect(page.get_by_role("heading", name="Done")).to_be_visible()
    assert Order.objects.get().state == Order.State.DONE


@pytest.mark.proof
def test_who_comes_back_by_the_browser_finds_the_way_to_the_bank(
    visitor: Visitor, here: Standing, address: str
):
    page = visitor(here.person)
    add(page, address, Behaviour.SECURE)
    buy(page, address)
    expect(page.get_by_role("heading", name=re.compile(r"Pay .*\?"))).to_be_visible()

    page.goto(f"{address}orders/{Order.objects.get().pk}/")
    expect(page.get_by_role("heading", name="Confirm at your bank")).to_be_visible()
    accessible(page)
    page.get_by_role("link", name="Continue at your bank").click()
    page.get_by_role("button", name="Refuse").click()

    expect(page.get_by_text("The payment was not confirmed at your bank")).to_be_visible()
    assert Order.objects.get().state == Order.State.DECLINED


@pytest.mark.proof
def test_a_payment_is_called_off(visitor: Visitor, here: Standing, address: str):
    page = visitor(here.person)
    add(page, address, Behaviour.SECURE)
    buy(page, address)
    expect(page.get_by_role("heading", name=re.compile(r"Pay .*\?"))).to_be_visible()
    page.goto(f"{address}orders/{Order.objects.get().pk}/")

    page.get_by_role("button", name="Call the payment off").press("Enter")

    expect(page.get_by_text("The payment was called off")).to_be_visible()


def test_a_declined_card_is_said_and_another_one_pays(
    visitor: Visitor, here: Standing, address: str
):  # CONV-3
    page = visitor(here.person)
    add(page, address, Behaviour.FUNDS)
    buy(page, address)
    expect(page.get_by_role("heading", name="Declined: nothing was changed")).to_be_visible()
    expect(page.get_by_text("There is not enough money on the card")).to_be_visible()
    accessible(page)

    page.get_by_role("link", name="Use another card").click()
    page.get_by_role("button", name="Replace Visa ···· 0018").click()
    fill_in(page)
    page.get_by_role("button", name="Try again").click()
    page.get_by_role("button", name="Confirm purchase and pay").click()

    expect(page.locator(".messages")).to_contain_text("Confirmed: Extra 0 → 1.")


def test_an_expired_card_is_said_before_confirming(
    visitor: Visitor, here: Standing, address: str
):  # CONV-3
    CardFactory(payer=here.account, expires_year=2026, expires_month=1)
    page = visitor(here.person)
    page.goto(address)
    expect(page.get_by_role("complementary")).to_contain_text("Expired")

    page.get_by_role("link", name="Add Extra to the plan").click()

    dialog = page.get_by_role("dialog", name="Review purchase")
    expect(dialog).to_contain_text("The card that is charged has expired. Replace it")


def test_cards_are_made_the_default_and_removed(
    visitor: Visitor, here: Standing, address: str
):  # PLAN-11
    page = visitor(here.person)
    add(page, address)
    add(page, address, Behaviour.SECURE)

    page.get_by_role("button", name="Make Visa ···· 0059 the default").press("Enter")
    expect(page.locator(".messages")).to_contain_text("Visa ···· 0059 is charged from now on.")
    page.get_by_role("link", name="Remove Visa ···· 0059").press("Enter")
    dialog = page.get_by_role("dialog", name="Remove Visa ···· 0059")
    expect(dialog).to_contain_text("Visa ···· 1111 is charged from then on.")
    accessible(page)
    focus_stays_in(page, "dialog")
    dialog.get_by_role("button", name="Remove card").press("Enter")
    expect(page.locator(".messages")).to_contain_text("Visa ···· 0059 is removed.")

    # The last one stays while the plan is charged to it.
    page.get_by_role("link", name="Remove Visa ···· 1111").press("Enter")
    last = page.get_by_role("dialog", name="Remove Visa ···· 1111")
    expect(last).to_contain_text("Add another card first, or choose bank transfer.")


def test_what_is_wrong_in_the_banks_form_is_said_beside_it(
    visitor: Visitor, here: Standing, address: str, mishaps: Mishaps
):  # ALL-4
    page = visitor(here.person, look=PHONE_DARK)
    page.goto(f"{address}methods/")
    page.get_by_role("button", name="Add a card").click()

    with mishaps.expected(422):
        fill_in(page, expires="01/20")
        expect(page.locator(".is-wrong")).to_contain_text("not yet past")

    accessible(page)
    fits(page)
    expect(page.get_by_label("Card number")).to_have_value(number(Behaviour.GOOD))
    expect(page.get_by_label("Security code")).to_have_value("")


def test_everything_works_without_script(visitor: Visitor, here: Standing, address: str):  # ALL-3
    page = visitor(here.person, script=False)
    add(page, address, Behaviour.SECURE)
    page.goto(f"{address}change/extra/?number=1")

    page.get_by_role("button", name="Confirm purchase and pay").click()
    page.get_by_role("button", name="Confirm the payment").click()

    expect(page.get_by_role("heading", name="Done")).to_be_visible()


@told_in(DESKTOP, PHONE_DARK)
def test_an_open_invoice_is_paid_by_hand(
    visitor: Visitor, here: Standing, address: str, look: Look
):
    CardFactory(payer=here.account, behaviour=Behaviour.SECURE)
    invoice = Invoice.objects.earliest("pk")
    Receivable.objects.filter(invoice=invoice).update(state="open", open=invoice.total)
    PaymentAttempt.objects.filter(invoice=invoice).update(state="declined", cause="confirmation")
    page = visitor(here.person, look=look)
    page.goto(address)
    page.get_by_role("link", name=f"Pay now {invoice.number}").click()
    expect(page.get_by_text("Your bank asks you to confirm this payment yourself")).to_be_visible()
    accessible(page)
    fits(page)

    page.get_by_role("button", name="Pay €").click()
    page.get_by_role("button", name="Confirm the payment").click()

    expect(page.get_by_role("heading", name=f"{invoice.number} is paid")).to_be_visible()
