"""What the pages of the desk cost: the same number of queries with 1 row and with 50."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Account
from billing import events
from billing.admin.panels import PANELS
from billing.models import BillingRun, Invoice, RunFailure, Subscription
from tests.admin import book, copying
from tests.billing.running import bill
from tests.factories import MemberFactory, instant

# How many statements a list sends does not hang on the database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

MOST = 20


def first_cost(client: Client, address: str) -> int:
    client.get(address)  # what is kept for the next time, e.g. content types
    return cost(client, address)


def cost(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def lists() -> list[str]:
    return [
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for model in admin.site._registry
    ]


def test_every_list_costs_the_same_with_1_row_and_with_50(root):
    before = copying.keys()
    book.customers(1)
    book.beside(1)
    few = {address: first_cost(root, address) for address in lists()}

    copying.copy_what_is_new(before, times=49)

    assert {address: cost(root, address) for address in lists()} == few
    assert max(few.values()) <= MOST


def busy(account: Account, times: range) -> None:
    """More and more happens in an account: members come, and seats are added, one at a time."""
    subscription = Subscription.objects.get(account=account)
    for number in times:
        MemberFactory(account=account)
        events.record(
            subscription_id=subscription.pk,
            changes={"desk-seat": 2 + number},
            at=instant(f"2026-01-{10 + number // 10:02} {number % 10:02}:00"),
            by_name="Anna",
        )


def test_every_tab_of_an_account_costs_the_same_however_much_has_happened(root):
    (account,) = book.customers(1)
    addresses = [reverse("admin:accounts_account_change", args=[account.pk])] + [
        reverse(f"admin:accounts_account_{panel.slug}", args=[account.pk]) for panel in PANELS
    ]
    busy(account, range(1))
    bill(at=instant("2026-01-31 06:00"))
    few = {address: first_cost(root, address) for address in addresses}

    busy(account, range(1, 56))
    bill(at=instant("2026-01-31 07:00"))

    assert Invoice.objects.filter(payer=account).count() > 50
    assert {address: cost(root, address) for address in addresses} == few
    assert max(few.values()) <= MOST


def test_the_page_of_an_invoice_costs_the_same_with_1_account_and_with_50(root):
    payer, other = book.customers(2)
    alone = reverse("admin:billing_invoice_change", args=[payer.invoices.get().pk])
    few = first_cost(root, alone)

    before = copying.keys()
    book.paid_for(other, 1)
    copying.copy_what_is_new(before, times=49)
    assert other.pays_for.count() == 51
    bill(at=instant("2026-02-01 06:00"))
    together = Invoice.objects.filter(payer=other).latest("cycle_date")

    assert together.bills.count() == 51
    assert cost(root, reverse("admin:billing_invoice_change", args=[together.pk])) == few


def test_the_page_of_a_run_costs_the_same_with_1_failure_and_with_50(root):
    (first,) = book.customers(1)
    run = BillingRun.objects.all()[0]
    address = reverse("admin:billing_billingrun_change", args=[run.pk])
    fail(run, [first])
    few = first_cost(root, address)

    before = copying.keys()
    book.customers(1)
    copying.copy_what_is_new(before, times=48)
    fail(run, list(Account.objects.exclude(pk=first.pk)))

    assert run.run_failures.count() == 50

    assert cost(root, address) == few


def fail(run: BillingRun, payers: list[Account]) -> None:
    RunFailure.objects.bulk_create(
        RunFailure(run=run, payer=payer, reason="No price. Add one.", failed_at=book.RENEWAL)
        for payer in payers
    )
