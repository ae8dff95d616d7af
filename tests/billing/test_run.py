"""The run: everybody due gets one bill a cycle and one invoice a cycle date, whatever happens."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, Letter
from billing import run
from billing.models import (
    Bill,
    BillingRun,
    Invoice,
    Item,
    LedgerEntry,
    Line,
    PaymentAttempt,
    Receivable,
    RunFailure,
    Subscription,
)
from billing.run_report import report
from tests.billing.running import bill, clock
from tests.factories import (
    AccountFactory,
    PriceFactory,
    SellerFactory,
    SubscriptionFactory,
    TaxRateFactory,
    instant,
)
from tests.lasting import lasting

pytestmark = pytest.mark.django_db

JANUARY = date(2026, 1, 1)
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


@lasting(autouse=True)
def catalogue() -> None:
    SellerFactory()
    TaxRateFactory(percent=Decimal("21"))
    PriceFactory(code="seat", amount=Decimal("10.00"))


def customer(*, seats: int = 5, **details) -> Account:
    account = AccountFactory(**details)
    SubscriptionFactory(account=account, items={"seat": seats})
    return account


def test_a_due_subscription_gets_a_bill_an_invoice_and_its_next_opening():  # JOBS-1
    payer = customer(seats=5)

    bill(at=NEW_YEAR)

    invoice = Invoice.objects.get()
    line = Line.objects.get()
    subscription = Subscription.objects.get()
    assert (invoice.payer, invoice.cycle_date, invoice.total.amount) == (
        payer,
        JANUARY,
        Decimal("60.50"),
    )
    assert (line.quantity, line.amount, line.starts_on, line.ends_on) == (
        5,
        Decimal("50.00"),
        JANUARY,
        date(2026, 2, 1),
    )
    assert line.bill == subscription.opening == Bill.objects.get(invoice=invoice)
    assert (subscription.next_number, subscription.next_opening) == (1, date(2026, 2, 1))


def test_the_number_follows_the_sellers_day_of_issue_and_the_date_the_cycle():
    customer()

    bill(at=NEW_YEAR, now=datetime(2026, 12, 31, 23, 30, tzinfo=UTC))

    cycle_dates = Invoice.objects.order_by("sequence").values_list("number", "cycle_date")
    assert list(cycle_dates[:1]) == [("SL-2027-000001", JANUARY)]
    assert set(Invoice.objects.values_list("issued_on", flat=True)) == {date(2027, 1, 1)}


def test_nobody_is_billed_before_their_own_day_has_begun():  # JOBS-1
    honolulu = customer(time_zone="Pacific/Honolulu")
    auckland = customer(time_zone="Pacific/Auckland")

    bill(at=datetime(2025, 12, 31, 12, tzinfo=UTC))

    assert set(Invoice.objects.values_list("payer", flat=True)) == {auckland.pk}
    bill(at=datetime(2026, 1, 1, 10, tzinfo=UTC))
    assert set(Invoice.objects.values_list("payer", flat=True)) == {auckland.pk, honolulu.pk}


def test_missed_cycles_are_billed_oldest_first_each_by_itself():  # JOBS-1
    customer()

    bill(at=instant("2026-03-15"))

    assert list(Invoice.objects.order_by("sequence").values_list("cycle_date", flat=True)) == [
        date(2026, 1, 1),
        date(2026, 2, 1),
        date(2026, 3, 1),
    ]
    assert Subscription.objects.get().next_opening == date(2026, 4, 1)


def test_running_again_bills_nothing_again():  # JOBS-5
    customer()
    bill(at=instant("2026-03-15"))

    again = bill(at=instant("2026-03-15"))

    assert report(again.pk).invoices == 0
    assert Invoice.objects.count() == Bill.objects.count() == 3


def test_a_payer_gets_one_invoice_for_all_that_it_pays_for():
    reseller: Account = AccountFactory(reseller=True)
    for _ in range(3):
        client = AccountFactory(client=True, paid_by=reseller)
        SubscriptionFactory(account=client, items={"seat": 1})

    bill(at=NEW_YEAR)

    invoice = Invoice.objects.get()
    assert (invoice.payer, invoice.bills.count(), invoice.subtotal) == (reseller, 3, Decimal(30))


def test_sandboxes_are_not_billed():  # decision 25
    customer(sandbox=True)

    bill(at=NEW_YEAR)

    assert not Bill.objects.exists()


def test_a_run_for_one_account_bills_its_payer_alone():
    reseller = AccountFactory(reseller=True)
    client = AccountFactory(client=True, paid_by=reseller)
    SubscriptionFactory(account=client, items={"seat": 1})
    customer()

    bill(at=NEW_YEAR, account=client)

    assert list(Invoice.objects.values_list("payer", flat=True)) == [reseller.pk]


def test_an_instant_that_lies_ahead_is_refused_but_for_a_dry_run():  # decision 2
    customer()
    tomorrow = NEW_YEAR + timedelta(days=1)

    with pytest.raises(run.NotYet, match="has not come yet"):
        run.start(at=tomorrow, clock=clock(NEW_YEAR), source="command")

    dry = run.start(at=tomorrow, clock=clock(NEW_YEAR), source="command", dry_run=True)
    assert dry.state == BillingRun.State.RUNNING


def test_a_run_without_anybody_due_is_done_at_once():
    assert bill(at=NEW_YEAR).state == BillingRun.State.DONE


def test_a_card_payer_owes_at_once_is_charged_later_and_written_to_when_charged():
    payer = customer(seats=1)

    bill(at=NEW_YEAR)

    receivable = Receivable.objects.get()
    attempt = PaymentAttempt.objects.get()
    assert (receivable.open.amount, receivable.state) == (Decimal("12.10"), "open")
    assert receivable.due_on == receivable.invoice.issued_on
    assert (attempt.amount, attempt.state, attempt.payer) == (receivable.open, "queued", payer)
    assert not Letter.objects.exists()


def test_who_pays_by_transfer_has_terms_from_the_day_of_issue_and_a_letter_at_once():
    payer = customer(transfer=True, terms_days=30, email="ap@example.com", language="cs")

    bill(at=NEW_YEAR, now=instant("2026-01-03 10:00"))

    invoice, letter = Invoice.objects.get(), Letter.objects.get()
    assert (invoice.issued_on, invoice.due_on) == (date(2026, 1, 3), date(2026, 2, 2))
    assert (letter.key, letter.account, letter.to, letter.language) == (
        f"invoice:{invoice.pk}",
        payer,
        "ap@example.com",
        "cs",
    )
    assert not PaymentAttempt.objects.exists()


def test_an_invoice_goes_to_all_addresses_that_the_customer_named():  # PLAN-11
    several = "petr@example.com, jana@example.com"
    customer(transfer=True, email="ap@example.com", more_emails=several)
    customer(transfer=True, email="alone@example.com")

    bill(at=NEW_YEAR)

    sent_to = Letter.objects.order_by("pk").values_list("to", flat=True)
    assert list(sent_to) == [f"ap@example.com, {several}", "alone@example.com"]


def test_the_ledger_owes_what_was_invoiced():
    payer = customer(seats=2)

    bill(at=NEW_YEAR)

    entry = LedgerEntry.objects.get()
    assert (entry.payer, entry.kind, entry.amount.amount) == (payer, "invoice", Decimal("24.20"))


def test_open_credit_is_used_before_anything_is_charged():
    payer = customer(seats=5)
    bill(at=NEW_YEAR)
    credit = Receivable.objects.get()
    Receivable.objects.filter(pk=credit.pk).update(open=Decimal("-100.00"))

    bill(at=instant("2026-03-02"))

    opens = Receivable.objects.filter(payer=payer).order_by("invoice_id")
    assert [(one.open.amount, one.state) for one in opens] == [
        (Decimal("0.00"), "settled"),
        (Decimal("0.00"), "settled"),
        (Decimal("21.00"), "open"),
    ]
    assert list(
        PaymentAttempt.objects.exclude(invoice_id=credit.pk).values_list("amount", flat=True)
    ) == [Decimal("21.00")]
    used = Invoice.objects.order_by("pk").values_list("credit_used", flat=True)
    assert list(used) == [0, Decimal("60.50"), Decimal("39.50")]


def test_items_follow_what_the_opening_made_of_them():
    from billing import events

    customer(seats=5)
    plan = Subscription.objects.get()
    bill(at=NEW_YEAR)
    events.record(subscription_id=plan.pk, changes={"seat": 2}, at=instant("2026-01-10"))

    bill(at=instant("2026-02-01"))

    assert Item.objects.get().quantity == 2


def test_one_bad_account_is_a_failure_and_the_others_are_billed():  # JOBS-5
    good, bad = customer(), customer()
    break_(bad)

    done = bill(at=NEW_YEAR)

    failure = RunFailure.objects.get()
    assert list(Invoice.objects.values_list("payer", flat=True)) == [good.pk]
    assert (failure.payer, failure.run, failure.resolved_at) == (bad, done, None)
    assert failure.reason.endswith("Nothing was billed. Correct it, then retry.")
    assert "IntegrityError" in failure.detail
    assert report(done.pk).failures == 1
    assert done.state == BillingRun.State.DONE


@pytest.mark.postgres
def test_a_failure_names_the_rule_of_the_database_that_it_would_break():
    break_(customer())

    bill(at=NEW_YEAR)

    reason = RunFailure.objects.get().reason
    assert reason.startswith("The database refuses it: one bill per subscription and cycle.")


def test_a_failure_can_be_retried_once_it_is_mended():
    bad = customer()
    broken = break_(bad)
    done = bill(at=NEW_YEAR)
    failure = RunFailure.objects.get()

    assert not run.retry(failure.pk, clock=clock(NEW_YEAR))
    mend(broken)
    assert run.retry(failure.pk, clock=clock(NEW_YEAR))

    failure.refresh_from_db()
    assert (failure.tries, failure.resolved_at) == (2, NEW_YEAR)
    assert (report(done.pk).failures, report(done.pk).invoices) == (0, 1)


def test_a_later_run_that_succeeds_quiets_the_failure():
    broken = break_(customer())
    bill(at=NEW_YEAR)
    mend(broken)

    bill(at=NEW_YEAR)

    assert RunFailure.objects.get().resolved_at is not None


def test_a_failure_leaves_no_gap_in_the_numbers():
    customers = [customer() for _ in range(4)]
    break_(customers[1])

    bill(at=NEW_YEAR)

    assert sorted(Invoice.objects.values_list("sequence", flat=True)) == [1, 2, 3]


def test_pages_hold_at_most_so_many_payers():
    for _ in range(5):
        customer()

    done = bill(at=NEW_YEAR, payers_a_page=2)

    assert list(done.pages.values_list("payers", "invoices", "state")) == [
        (2, 2, "done"),
        (2, 2, "done"),
        (1, 1, "done"),
    ]


def test_a_page_of_nobody_or_of_too_many_is_refused():
    for size in (0, 501):
        with pytest.raises(ValueError, match="1 to 500 payers"):
            bill(at=NEW_YEAR, payers_a_page=size)


def test_an_unfinished_run_is_found_once_nobody_works_on_it():
    customer()
    started = run.start(at=NEW_YEAR, clock=clock(NEW_YEAR), source="beat")
    from billing import leases

    leases.claim(run_id=started.pk, worker="killed", at=NEW_YEAR)

    held = run.unfinished(at=NEW_YEAR + leases.lease() - timedelta(seconds=1))
    free = run.unfinished(at=NEW_YEAR + leases.lease())

    assert (held, free) == ([], [started.pk])


def queries_of_a_page(customers: int) -> int:
    """How many queries the work on one page of so many new payers of either kind takes."""
    for _ in range(customers):
        customer()
        customer(transfer=True)
    at = instant("2026-02-02")
    started = run.start(at=at, clock=clock(at), source="beat")
    with CaptureQueriesContext(connection) as captured:
        assert run.work(started.pk, worker="a", clock=clock(at)) == 1
    return len(captured)


def test_a_page_costs_the_same_number_of_queries_with_one_payer_and_with_many():
    queries_of_a_page(1)  # the first page of a year makes its number series

    assert queries_of_a_page(1) == queries_of_a_page(60)


def break_(account: Account) -> Bill:
    """A bill that stands where the next one belongs: the database will refuse that one."""
    plan = account.subscriptions.get()
    return Bill.objects.create(
        subscription=plan,
        reason=Bill.Reason.CYCLE,
        number=0,
        starts_on=JANUARY,
        ends_on=date(2026, 2, 1),
        at=NEW_YEAR,
        subtotal=0,
        state={},
    )


def mend(broken: Bill) -> None:
    """Take the bill away, past the triggers that refuse it."""
    table = Bill._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            cursor.execute(f"DELETE FROM {table} WHERE id = %s", [broken.pk])
            cursor.execute("SET session_replication_role = origin")
        else:
            cursor.execute(f"DROP TRIGGER {table}_refuse_DELETE")
            cursor.execute(f"DELETE FROM {table} WHERE id = %s", [broken.pk])


def test_the_database_itself_keeps_a_cycle_from_being_billed_twice():
    account = customer()
    break_(account)

    with pytest.raises(IntegrityError):
        break_(account)
