"""The invoices of a customer in a browser: each as PDF, and as e-invoice where it can be one."""

from __future__ import annotations

import pytest

from accounts.models import Account, Member
from tests.admin.book import customers
from tests.billing.running import bill
from tests.browser.conftest import Visitor
from tests.browser.judge import accessible, fits
from tests.browser.looks import DESKTOP, PHONE_DARK, Look
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
@pytest.mark.parametrize("look", [DESKTOP, PHONE_DARK], ids=str)
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
