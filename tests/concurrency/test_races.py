"""Threads that meet at one payer: a purchase and the run, two collectors, two answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from billing import answering, collecting, events, meters, run, transfers
from billing.auditing import audit
from billing.gateways.base import Charged
from billing.gateways.sandbox import SandboxGateway
from billing.models import (
    BillingRun,
    Event,
    Invoice,
    LedgerEntry,
    Line,
    Meter,
    Payment,
    PaymentAttempt,
    Receivable,
    RunFailure,
    SandboxCharge,
    Subscription,
)
from billing.refusals import QuoteChanged
from tests.billing.running import bill, clock
from tests.concurrency.threads import together
from tests.factories import (
    AccountFactory,
    PriceFactory,
    SellerFactory,
    SubscriptionFactory,
    TaxRateFactory,
    instant,
)

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True, databases=["default", "readonly"]),
]

NEW_YEAR = instant("2026-01-01")
FEBRUARY = instant("2026-02-01")


@pytest.fixture(autouse=True)
def catalogue() -> None:
    SellerFactory()
    TaxRateFactory()
    PriceFactory(code="seat", amount=Decimal("10.00"))


def work(started: BillingRun, name: str) -> Callable[[], object]:
    return lambda: run.work(started.pk, worker=name, clock=clock(FEBRUARY))


def test_a_change_is_on_the_bill_or_refused_but_never_lost():  # decision 3
    plans = [SubscriptionFactory(items={"seat": 5}) for _ in range(20)]
    bill(at=NEW_YEAR)
    started = run.start(at=FEBRUARY, clock=clock(FEBRUARY), source="command", payers_a_page=1)

    def buy_everywhere() -> int:
        refused = 0
        for plan in reversed(plans):
            try:
                events.record(
                    subscription_id=plan.pk, changes={"seat": 8}, at=instant("2026-01-31 12:00")
                )
            except QuoteChanged:
                refused += 1
        return refused

    refused, *_ = together(buy_everywhere, work(started, "a"))
    bill(at=FEBRUARY)

    bought = set(Event.objects.filter(becomes=8).values_list("item__subscription_id", flat=True))
    in_february = Line.objects.filter(kind="advance", starts_on=date(2026, 2, 1))
    billed = dict(in_february.values_list("bill__subscription_id", "quantity"))
    assert len(bought) + refused == len(plans)
    assert billed == {plan.pk: 8 if plan.pk in bought else 5 for plan in plans}
    assert Line.objects.filter(kind="proration").count() == len(bought)


def test_a_use_is_on_the_bill_or_in_the_next_cycle_but_never_lost():  # decision 19
    PriceFactory(code="calls", metered=True, amount=Decimal("1.00"))
    plans = [SubscriptionFactory(items={"calls": 0}) for _ in range(20)]
    bill(at=NEW_YEAR)
    started = run.start(at=FEBRUARY, clock=clock(FEBRUARY), source="command", payers_a_page=5)

    def use_everywhere(name: str) -> Callable[[], object]:
        def use() -> None:
            for number, plan in enumerate(reversed(plans * 5)):
                meters.add(
                    account_id=plan.account_id, subscription_id=plan.pk, product="calls",
                    key=f"{name}-{number}", at=instant("2026-01-31 12:00"), quantity=1,
                )  # fmt: skip

        return use

    failed = together(use_everywhere("a"), use_everywhere("b"), work(started, "run"))[:2]

    assert failed == [None, None]
    assert not RunFailure.objects.exists()
    billed = Line.objects.filter(kind="metered").values_list("quantity", flat=True)
    later = Meter.objects.filter(closed=False).values_list("used", flat=True)
    assert sum(billed) + sum(later) == 200


def test_two_workers_of_one_run_share_its_pages():
    for _ in range(12):
        SubscriptionFactory(items={"seat": 1})
    started = run.start(at=FEBRUARY, clock=clock(FEBRUARY), source="command", payers_a_page=1)

    worked = together(work(started, "a"), work(started, "b"))

    assert sum(worked) == 12
    assert Invoice.objects.count() == 24
    started.refresh_from_db()
    assert started.state == BillingRun.State.DONE


def test_runs_that_meet_bill_each_cycle_once():
    for _ in range(12):
        SubscriptionFactory(items={"seat": 1})
    runs = [
        run.start(at=FEBRUARY, clock=clock(FEBRUARY), source="command", payers_a_page=size)
        for size in (1, 3, 12)
    ]

    together(*(work(started, str(started.pk)) for started in runs))

    assert Invoice.objects.count() == 24
    assert sorted(Invoice.objects.values_list("sequence", flat=True)) == list(range(1, 25))
    assert set(Subscription.objects.values_list("next_opening", flat=True)) == {date(2026, 3, 1)}


def test_collectors_that_meet_charge_each_attempt_once():
    for _ in range(30):
        SubscriptionFactory(account=AccountFactory(), items={"seat": 1})
    bill(at=NEW_YEAR)

    def collect() -> int:
        return collecting.collect(clock=clock(NEW_YEAR), gateway=SandboxGateway()).charged

    charged = together(collect, collect, collect)

    assert sum(charged) == 30
    assert SandboxCharge.objects.count() == Payment.objects.count() == 30


def test_transfers_that_meet_a_collector_leave_no_cent_unaccounted_for():  # decision 21
    for _ in range(30):
        SubscriptionFactory(account=AccountFactory(), items={"seat": 1})
    bill(at=NEW_YEAR)
    invoices = list(Invoice.objects.order_by("-pk"))

    def collect() -> int:
        return collecting.collect(clock=clock(NEW_YEAR), gateway=SandboxGateway()).charged

    def transfer() -> None:
        for invoice in invoices:
            transfers.receive(
                invoice_id=invoice.pk, amount=invoice.total.amount, at=NEW_YEAR,
                reference=f"B-{invoice.pk}",
            )  # fmt: skip

    charged, *_ = together(collect, transfer, transfer)

    assert SandboxCharge.objects.count() == charged
    assert PaymentAttempt.objects.filter(state="cancelled").count() == 30 - charged
    assert Receivable.objects.filter(state="paid", open=0).count() == 30 - charged
    assert Receivable.objects.filter(state="open", open__lt=0).count() == charged
    assert list(map(str, audit())) == []


def test_answers_that_meet_settle_an_attempt_once():
    SubscriptionFactory(items={"seat": 1})
    bill(at=NEW_YEAR)
    attempt = PaymentAttempt.objects.get()

    def settle() -> bool:
        return answering.settle(attempt.pk, Charged("1"), gateway="sandbox", at=NEW_YEAR)

    answers = together(settle, settle, settle)

    assert sorted(answers) == [False, False, True]
    assert LedgerEntry.objects.filter(kind="payment").count() == 1
