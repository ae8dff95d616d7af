"""Refunds under way: processes killed between the bank and our books, and double clicks."""

from __future__ import annotations

import random
import time
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.utils import timezone

from accounts.models import User
from billing import collecting, dealing, refund_sweep, refunding, run
from billing.auditing import audit
from billing.models import Invoice, Payment, Receivable, RefundAttempt, SandboxRefund
from billing.refusals import ChangeRefused, QuoteChanged
from tests.billing.buying import GATEWAY
from tests.billing.crediting_book import MARCH
from tests.billing.refunding_book import asked, paid_and_credited, payment_of, refunded
from tests.billing.running import clock
from tests.concurrency.processes import Process, killed_at_the_end, wait_until
from tests.concurrency.threads import together
from tests.factories import UserFactory

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True, databases=["default", "readonly"]),
]

A_MINUTE = "60"


def slow(seconds: str, environment: dict[str, str]) -> Process:
    return Process("-m", "tests.concurrency.slow_refunds", seconds, environment=environment)


def settled_once(notes: int) -> None:
    """The bank has given back each refund once, and our books know of each."""
    given = SandboxRefund.objects.filter(outcome="refunded").values_list("key", flat=True)
    refunds = RefundAttempt.objects.all()
    assert Counter(given) == Counter(one.key for one in refunds)
    assert {one.state for one in refunds} == {"refunded"}
    assert Payment.objects.filter(amount__lt=0).count() == notes == refunds.count()
    assert list(map(str, audit())) == []


def after_the_lease() -> None:
    later = timezone.now() + collecting.LEASE + timedelta(seconds=1)
    refund_sweep.send_due(clock=clock(later), gateway=GATEWAY)


def test_a_process_killed_between_the_bank_and_our_books_gives_back_once(
    process_environment,
):  # decision 21
    asked(paid_and_credited(), "50.00", at=timezone.now())

    process = slow(A_MINUTE, process_environment)
    with killed_at_the_end(process):
        wait_until(SandboxRefund.objects.exists)
    refund = RefundAttempt.objects.get()
    assert (refund.state, Payment.objects.filter(amount__lt=0).count()) == ("sent", 0)
    after_the_lease()

    settled_once(1)


def test_processes_killed_at_any_moment_give_everything_back_once(
    process_environment, kills
):  # decision 21
    notes = 4 + 2 * kills
    for _ in range(notes):
        asked(paid_and_credited(), "50.00", at=timezone.now())

    for _ in range(kills):
        process = slow("0.05", process_environment)
        with killed_at_the_end(process):
            wait_until(lambda: RefundAttempt.objects.exclude(state="queued").exists())
            time.sleep(random.uniform(0, 0.4))
        RefundAttempt.objects.filter(state="sent").update(next_try_at=timezone.now())
    after_the_lease()

    settled_once(notes)


def test_two_clicks_give_back_once():
    note = paid_and_credited()
    payment, by = payment_of(note), UserFactory()

    def refund() -> str:
        try:
            found = refunding.ask(
                payment_id=payment.pk, amount=Decimal("30.00"), invoice_id=note.pk,
                note="A mistake", number=1, by=by, at=MARCH,
            )  # fmt: skip
        except (ChangeRefused, QuoteChanged):
            return "refused"
        return refund_sweep.send(found.pk, clock=clock(MARCH), gateway=GATEWAY).state

    answers = together(*[refund] * 4)

    assert sorted(answers) == ["refunded", "refused", "refused", "refused"]
    settled_once(1)


def test_two_who_deal_with_it_put_the_money_back_once():
    note = paid_and_credited()
    refund = refunded(note, "50.00")
    RefundAttempt.objects.update(reason="It went back and came again: closed")
    people = [UserFactory() for _ in range(4)]

    def deal(by: User) -> str:
        try:
            dealing.deal_with(
                refund_id=refund.pk, reason="It is here", puts_back=True, by=by, at=MARCH
            )
        except ChangeRefused:
            return "refused"
        return "put back"

    answers = together(*[partial(deal, by) for by in people])

    assert sorted(answers) == ["put back", "refused", "refused", "refused"]
    assert Receivable.objects.get(invoice=note).open.amount == Decimal("-50.00")
    assert list(map(str, audit())) == []


def test_a_refund_and_the_run_use_a_credit_once():
    note = paid_and_credited()
    february = MARCH - timedelta(days=30)
    started = run.start(at=february, clock=clock(MARCH), source="command")
    payment, by = payment_of(note), UserFactory()

    def refund() -> str:
        try:
            found = refunding.ask(
                payment_id=payment.pk, amount=Decimal("50.00"), invoice_id=note.pk,
                note="A mistake", number=1, by=by, at=MARCH,
            )  # fmt: skip
        except (ChangeRefused, QuoteChanged):
            return "refused"
        return refund_sweep.send(found.pk, clock=clock(MARCH), gateway=GATEWAY).state

    def work() -> int:
        return run.work(started.pk, worker="a", clock=clock(MARCH))

    answer, _ = together(refund, work)

    used = Invoice.objects.filter(credit_used__gt=0).exists()
    assert used == (answer == "refused")
    assert Receivable.objects.get(invoice=note).open.amount == 0
    assert list(map(str, audit())) == []
