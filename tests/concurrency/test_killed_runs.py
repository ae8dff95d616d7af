"""Killed anywhere and run again = run once: with real processes, killed at random moments."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db.models import F, QuerySet
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from billing.models import BillingRun, Invoice, PaymentAttempt, Subscription
from tests.concurrency.book import write_book
from tests.concurrency.outcome import (
    Outcome,
    check,
    check_charges,
    copy_of_the_database,
    outcome,
    reading,
)
from tests.concurrency.processes import Process, celery, killed_at_the_end, manage, wait_until

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True, databases=["default", "readonly"]),
]

AT = datetime(2026, 3, 15, 10, tzinfo=UTC)


def bill(at: datetime = AT) -> tuple[str, ...]:
    return "bill", "--at", at.isoformat(), "--page-size", "3"


@pytest.fixture
def environment(process_environment) -> dict[str, str]:
    return process_environment | {"BILLING_LEASE_SECONDS": "1", "LOG_LEVEL": "WARNING"}


def undisturbed(environment: dict[str, str], *, at: datetime = AT) -> tuple[Outcome, float]:
    """What one run leaves behind on an identical copy, and how long it worked."""
    with copy_of_the_database() as copy:
        address = environment["DATABASE_URL"].rpartition("/")[0]
        manage(*bill(at), environment=environment | {"DATABASE_URL": f"{address}/{copy}"}).finish()
        with reading(copy):
            run = BillingRun.objects.get()
            assert run.ended_at is not None
            return outcome(), (run.ended_at - run.started_at).total_seconds()


def moments(kills: int, seconds: float) -> Iterator[float]:
    """Random delays that leave something to do for the next one."""
    for _ in range(kills):
        yield random.uniform(0, seconds / kills)


def test_a_run_that_is_killed_again_and_again_bills_what_an_undisturbed_one_does(
    environment, kills
):  # JOBS-5
    write_book(12 + 12 * kills, starts_on=date(2026, 1, 1))
    expected, seconds = undisturbed(environment)

    for delay in moments(kills, seconds):
        before = BillingRun.objects.count()
        process = manage(*bill(), "--workers", "2", environment=environment)
        with killed_at_the_end(process):
            wait_until(more_than(before, BillingRun.objects.all()))
            time.sleep(delay)
    assert not all_runs_done(), "no run was killed in the middle"
    manage(*bill(), "--workers", "2", environment=environment).finish()

    check()
    assert outcome() == expected


def test_a_killed_run_is_taken_up_and_finished_by_its_number(environment):
    write_book(24, starts_on=date(2026, 1, 1))
    expected, _ = undisturbed(environment)
    process = manage(*bill(), environment=environment)
    with killed_at_the_end(process):
        wait_until(Invoice.objects.exists)
    killed = BillingRun.objects.get()

    manage("bill", "--run", str(killed.pk), environment=environment).finish()

    killed.refresh_from_db()
    assert killed.state == BillingRun.State.DONE
    check()
    assert outcome() == expected


def test_two_runs_at_once_bill_what_one_does(environment):
    write_book(36, starts_on=date(2026, 1, 1))
    expected, _ = undisturbed(environment)

    processes = [manage(*bill(), "--workers", "2", environment=environment) for _ in range(2)]
    with killed_at_the_end(*processes):
        for process in processes:
            process.finish()

    check()
    assert outcome() == expected


def test_collectors_that_are_killed_charge_everything_once(environment, kills):  # decision 21
    write_book(24 + 12 * kills, starts_on=date(2026, 1, 1))
    manage(*bill(), environment=environment).finish()
    collect = (*bill(), "--collect")
    sent = PaymentAttempt.objects.exclude(state="queued")

    for _ in range(kills):
        process = manage(*collect, environment=environment)
        settled = sent.count()
        with killed_at_the_end(process):
            wait_until(either(process_ended(process), more_than(settled, sent)))
            time.sleep(random.uniform(0, 0.1))
    # One round for what is left, one to ask about what was sent, one for what was then unanswered.
    for _ in range(3):
        PaymentAttempt.objects.filter(state__in=["sent", "unknown"]).update(next_try_at=AT)
        manage(*collect, environment=environment).finish()

    check()
    check_charges()


def test_workers_and_beat_that_are_killed_leave_what_an_undisturbed_run_does(environment, kills):
    """Beat rings the bells every second here; all of it is killed, and started once more."""
    now = datetime.now(UTC)
    write_book(12 + 12 * kills, starts_on=_two_months_before(now.date()))
    expected, seconds = undisturbed(environment, at=now)
    every_second("start_due_run", "resume_runs", "collect_payments")

    for delay in moments(kills, seconds):
        issued = Invoice.objects.count()
        with killed_at_the_end(*background(environment)):
            wait_until(either(more_than(issued, Invoice.objects.all()), lambda: nothing_due(now)))
            time.sleep(delay)
    with killed_at_the_end(*background(environment)):
        wait_until(lambda: nothing_due(now) and all_runs_done() and all_settled())

    check()
    check_charges()
    found = outcome()
    assert found.documents == expected.documents
    assert (found.states, found.subscriptions, found.items) == (
        expected.states,
        expected.subscriptions,
        expected.items,
    )
    assert found.letters == len(found.documents)


def more_than(number: int, rows: QuerySet[Any]) -> Callable[[], bool]:
    return lambda: rows.count() > number


def process_ended(process: Process) -> Callable[[], bool]:
    return lambda: process.ended


def either(*conditions: Callable[[], bool]) -> Callable[[], bool]:
    return lambda: any(condition() for condition in conditions)


def background(environment: dict[str, str]) -> tuple[Process, Process]:
    worker = ("worker", "--concurrency", "2", "--loglevel", "WARNING", "--without-gossip")
    beat = ("beat", "--max-interval", "1", "--loglevel", "WARNING", "--pidfile", "")
    return celery(*worker, environment=environment), celery(*beat, environment=environment)


def every_second(*tasks: str) -> None:
    second = IntervalSchedule.objects.create(every=1, period=IntervalSchedule.SECONDS)
    for task in tasks:
        PeriodicTask.objects.create(name=task, task=f"billing.tasks.{task}", interval=second)


def nothing_due(now: datetime) -> bool:
    return not Subscription.objects.filter(next_bill_at__lte=now).exists()


def all_runs_done() -> bool:
    return not BillingRun.objects.exclude(state=BillingRun.State.DONE).exists()


def all_settled() -> bool:
    """Those that the sandbox leaves unanswered, or a killed worker did, are asked about now."""
    left = PaymentAttempt.objects.filter(state__in=["queued", "sent", "unknown"])
    left.exclude(state="queued").filter(queued_at__lt=_a_moment_ago()).update(
        next_try_at=F("queued_at")
    )
    return not left.exists()


def _a_moment_ago() -> datetime:
    return datetime.now(UTC) - timedelta(seconds=2)


def _two_months_before(day: date) -> date:
    """The first day of the month before last."""
    for _ in range(2):
        day = day.replace(day=1) - timedelta(days=1)
    return day.replace(day=1)
