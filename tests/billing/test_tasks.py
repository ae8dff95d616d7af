"""The doorbells of billing: what each does, and which bells it rings in turn."""

from __future__ import annotations

import ast
import json
from datetime import date

import pytest
import redis

from billing import run, tasks
from billing.models import BillingRun, Invoice, Payment, RunFailure
from tests.billing.running import bill, clock
from tests.factories import PriceFactory, SellerFactory, SubscriptionFactory, instant
from tests.lasting import lasting

pytestmark = pytest.mark.django_db

NEW_YEAR = instant("2026-01-01")


@lasting(autouse=True)
def catalogue() -> None:
    SellerFactory()
    PriceFactory(code="seat")


@pytest.fixture
def rung(broker):
    """The bells that wait in the broker, with their arguments; asking empties it."""
    address = broker.replace("redis+socket://", "unix://")

    def ask() -> list[tuple[str, tuple[object, ...]]]:
        with redis.Redis.from_url(address) as connection:
            found = [json.loads(message) for message in connection.lrange("celery", 0, -1)]
            connection.flushdb()
        return [
            (one["headers"]["task"], ast.literal_eval(one["headers"]["argsrepr"])) for one in found
        ]

    return ask


def customers(number: int) -> None:
    for _ in range(number):
        SubscriptionFactory(items={"seat": 1})


def test_beat_starts_a_run_and_calls_a_worker_for_each_page(rung):
    customers(3)

    tasks.start_due_run()

    started = BillingRun.objects.get()
    assert (started.source, started.pages.get().payers) == ("beat", 3)
    assert rung() == [("billing.tasks.work_pages", (started.pk,))]


def test_not_more_workers_are_called_than_could_be_there(rung):
    customers(tasks.BELLS + 1)
    started = run.start(at=NEW_YEAR, clock=clock(NEW_YEAR), source="beat", payers_a_page=1)

    tasks.ring(started.pk)

    assert len(rung()) == tasks.BELLS


def test_nobody_is_called_where_nothing_is_due(rung):
    tasks.start_due_run()

    assert rung() == []


def test_a_worker_bills_and_has_the_payments_collected(rung):
    customers(1)
    started = run.start(at=NEW_YEAR, clock=clock(NEW_YEAR), source="beat")

    tasks.work_pages(started.pk)

    assert Invoice.objects.get().cycle_date == date(2026, 1, 1)
    assert rung() == [("billing.tasks.collect_payments", ())]
    tasks.collect_payments()
    assert Payment.objects.get().invoice == Invoice.objects.get()


def test_a_worker_that_comes_late_finds_nothing_and_rings_nobody(rung):
    customers(1)
    started = bill(at=NEW_YEAR)

    tasks.work_pages(started.pk)

    assert rung() == []


def test_a_worker_rings_again_before_its_task_gets_too_long(rung):
    customers(tasks.PAGES_A_TASK + 1)
    started = run.start(at=NEW_YEAR, clock=clock(NEW_YEAR), source="beat", payers_a_page=1)

    tasks.work_pages(started.pk)

    assert ("billing.tasks.work_pages", (started.pk,)) in rung()
    assert Invoice.objects.count() == tasks.PAGES_A_TASK


def test_a_run_that_nobody_works_on_is_taken_up_again(rung):
    customers(1)
    left = run.start(at=NEW_YEAR, clock=clock(NEW_YEAR), source="command")

    tasks.resume_runs()

    assert rung() == [("billing.tasks.work_pages", (left.pk,))]


def test_a_retry_bills_the_payer_and_has_the_payment_collected(rung):
    customers(1)
    started = run.start(at=NEW_YEAR, clock=clock(NEW_YEAR), source="command")
    page = started.pages.get()
    failure = RunFailure.objects.create(
        run=started, payer_id=page.first_payer, reason="broken", failed_at=NEW_YEAR
    )

    tasks.retry_failure(failure.pk)

    assert Invoice.objects.count() == 1
    assert rung() == [("billing.tasks.collect_payments", ())]
