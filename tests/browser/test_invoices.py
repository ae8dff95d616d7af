"""The invoices of a customer in a browser: each as PDF, and as e-invoice where it can be one."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from accounts.models import Account, Member
from billing import collecting
from tests.admin.book import customers
from tests.billing.buying import GATEWAY
from tests.billing.crediting_book import JANUARY, raised, two_products
from tests.billing.running import bill, clock
from tests.browser.conftest import Visitor
from tests.browser.judge import accessible, fits
from tests.browser.looks import DESKTOP, PHONE_DARK, Look, told_in
from tests.factories import (
    AccountFactory,
    MemberFactory,
    PriceFactory,
    SubscriptionFactory,
    instant,
)


def invoiced(currency: str) -> Account:
    (account,) = customers(1)
    if currency != "EUR":
        PriceFactory(code="dinars", currency=currency)
        account = AccountFactory(currency=currency)
        SubscriptionFactory(account=account, items={"dinars": 1})
        bill(at=instant("2026-01-01 06:00"))
    return account


@pytest.mark.parametrize("currency", ["EUR", "KWD"])
@told_in(DESKTOP, PHONE_DARK)
def test_invoices_are_for_everybody(
    visitor: Visitor, site: str, currency: str, look: Look
):  # ALL-3
    account = invoiced(currency)
    reader: Member = MemberFactory(account=account, signs_in=True, primary_admin=True)
    page = visitor(reader.user, look=look)

    page.goto(f"/accounts/{account.pk}/billing/")

    fits(page)
    accessible(page)


def test_an_e_invoice_is_saved_under_its_number(visitor: Visitor, site: str):  # PLAN-12
    account = invoiced("EUR")
    document = account.invoices.get()
    reader: Member = MemberFactory(account=account, signs_in=True, primary_admin=True)
    page = visitor(reader.user)
    page.goto(f"/accounts/{account.pk}/billing/")

    with page.expect_download() as saving:
        page.get_by_role("link", name=f"XML {document.number}").press("Enter")

    assert saving.value.suggested_filename == f"{document.number}.xml"


def test_a_customer_follows_a_credit_note_into_the_next_invoice(
    visitor: Visitor, site: str
):  # PLAN-12
    """3 seats at 10.00 and a plan at 49.00 with 21 %: 77.44 of 95.59 are given back."""
    january = two_products(email="invoices@alfa.example")
    collecting.collect(clock=clock(JANUARY), gateway=GATEWAY)
    note = raised(january, at=instant("2026-01-20 10:00"), plan="49.00", seat="15.00")
    bill(at=instant("2026-02-01 08:00"))
    account = january.payer
    reader: Member = MemberFactory(account=account, signs_in=True, primary_admin=True)
    page = visitor(reader.user, look=PHONE_DARK)

    page.goto(f"/accounts/{account.pk}/billing/invoices/?kind=credit_note")
    page.get_by_role("link", name=note.number, exact=True).press("Enter")
    expect(page.get_by_text("Sold by mistake")).to_be_visible()
    page.get_by_role("link", name="Why this amount?").first.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Given back, so it counts as a credit")).to_be_visible()
    accessible(page)
    fits(page)
    page.keyboard.press("Escape")

    page.get_by_role("link", name="Send by e-mail").press("Enter")
    dialog.get_by_role("button", name="Send by e-mail").press("Enter")
    expect(page.get_by_text("is on its way to invoices@alfa.example")).to_be_visible()

    page.goto(f"/accounts/{account.pk}/billing/credit/")
    expect(page.get_by_text("Used by an invoice")).to_be_visible()
    expect(page.get_by_text("77.44").first).to_be_visible()
    accessible(page)
    fits(page)
