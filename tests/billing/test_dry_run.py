"""The dry run: what it shows is what the real run writes, and it can write nothing itself."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import DatabaseError

from accounts.models import Account
from billing import run
from billing.invoicing import draft_page
from billing.models import BillingRun, Invoice, Receivable, RunDraft, RunFailure, RunPage
from billing.run_documents import documents_of
from billing.run_report import report
from tests.billing.running import bill, clock
from tests.concurrency.book import write_book
from tests.factories import instant

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "readonly"])

MARCH = instant("2026-03-15")
WRITTEN_BY_A_DRY_RUN = {BillingRun, RunPage, RunDraft, RunFailure}


@pytest.fixture(autouse=True)
def book() -> None:
    write_book(12, starts_on=date(2026, 1, 1))


def contents() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table that a dry run has no business in."""
    return {
        model._meta.db_table: list(model._default_manager.order_by("pk").values_list())
        for model in apps.get_models()
        if model not in WRITTEN_BY_A_DRY_RUN
    }


def test_a_dry_run_shows_the_very_documents_that_the_real_run_then_issues():  # decision 20
    dry = bill(at=MARCH, dry_run=True, payers_a_page=5)
    shown = list(documents_of(dry))

    real = bill(at=MARCH, payers_a_page=3)

    assert list(documents_of(real)) == shown
    assert len(shown) == Invoice.objects.count() > 30


def test_a_dry_run_uses_the_credit_that_the_real_run_then_uses():
    bill(at=instant("2026-01-15"))
    credit = Receivable.objects.order_by("pk")[0]
    Receivable.objects.filter(pk=credit.pk).update(open=Decimal("-30.00"))
    dry = bill(at=MARCH, dry_run=True)
    shown = list(documents_of(dry))

    real = bill(at=MARCH)

    assert list(documents_of(real)) == shown
    assert sum(one.credit_used for one in Invoice.objects.filter(payer=credit.payer)) == 30


def test_a_dry_run_changes_nothing_but_its_own_rows():
    before = contents()

    bill(at=MARCH, dry_run=True)

    assert contents() == before
    assert RunDraft.objects.exists()


def test_the_drafts_are_read_through_a_connection_that_refuses_to_write():
    payers = list(Account.objects.values_list("pk", flat=True))

    assert draft_page(payer_ids=payers, at=MARCH, using="readonly").payers
    with pytest.raises(DatabaseError, match=r"read-?only"):
        Account.objects.using("readonly").update(name="changed")


def test_a_dry_run_counts_as_the_real_run_does():
    dry = report(bill(at=MARCH, dry_run=True).pk)

    real = report(bill(at=MARCH).pk)

    assert dry == real


def test_a_dry_run_may_look_ahead():
    at = instant("2026-06-15")

    dry = bill(at=at, now=MARCH, dry_run=True)

    dates = {one["cycle_date"] for one in RunDraft.objects.values_list("document", flat=True)}
    assert "2026-06-01" in dates
    assert dry.state == BillingRun.State.DONE


def test_a_page_that_two_workers_drew_up_is_kept_once():
    started = run.start(at=MARCH, clock=clock(MARCH), source="admin", dry_run=True)
    page = started.pages.get()
    for _ in range(2):
        run._dry_run(started, page, clock(MARCH))

    page.refresh_from_db()
    assert RunDraft.objects.filter(run=started).count() == page.invoices


def test_a_failure_of_a_dry_run_is_kept_apart_from_those_of_real_runs():
    dry = bill(at=MARCH, dry_run=True)
    payer = RunDraft.objects.earliest("pk").payer
    failure = RunFailure.objects.create(run=dry, payer=payer, reason="broken", failed_at=MARCH)

    bill(at=MARCH)

    failure.refresh_from_db()
    assert failure.resolved_at is None
