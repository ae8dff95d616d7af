"""Fifty who report use at once: never above the limit, each key once, a kill loses nothing."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from functools import partial
from threading import Thread
from time import monotonic, sleep
from typing import Any

import pytest
from django.db import connection, connections, transaction

from billing.models import Meter, UsageRecord
from licensing import limits, usage
from licensing.usage import Counted, Outcome, Record, Why
from tests.concurrency.threads import together
from tests.factories import instant
from tests.licensing.usage_book import (
    NOW,
    QA,
    ROUTING,
    STT,
    TOPICS,
    licensed,
    limited,
    raiser,
    told,
    use,
)
from tests.standing import stands

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True, databases=["default", "readonly"]),
]

THREADS = 50


def reports(records: list[Record]) -> Callable[[], list[Counted]]:
    return partial(usage.count, records, now=NOW)


def answers(results: list[Any]) -> list[Counted]:
    assert [one for one in results if isinstance(one, BaseException)] == []
    return [one for result in results for one in result]


def agree_with_the_records() -> None:
    """Every meter stands at the sum of its records, numbered without a gap."""
    for meter in Meter.objects.all():
        rows = list(meter.records.order_by("sequence").values_list("sequence", "quantity"))
        assert [sequence for sequence, _ in rows] == list(range(1, meter.last_sequence + 1))
        assert sum(quantity for _, quantity in rows) == meter.used


def test_fifty_threads_fill_a_limit_to_the_last_unit_and_not_beyond():  # API-2
    account = licensed()
    raiser(account)
    limited(account, QA, 1)
    batches = [
        [Record(account.pk, QA, f"{thread}-{n}", NOW, 1) for n in range(6)]
        for thread in range(THREADS)
    ]

    counted = answers(together(*map(reports, batches)))

    assert Counter(one.outcome for one in counted) == {Outcome.ACCEPTED: 200, Outcome.REFUSED: 100}
    assert {one.why for one in counted} == {None, Why.LIMIT}
    accepted = {one.used for one in counted if one.outcome is Outcome.ACCEPTED}
    assert accepted == set(range(1, 201))
    assert Meter.objects.get().used == 200
    agree_with_the_records()
    # Whoever was faster has told what is reached; nothing was told twice.
    assert told(account)[-1] == (QA, 100)
    assert max(Counter(told(account)).values()) == 1


def test_the_same_keys_from_everywhere_in_any_order_count_once():  # API-2
    accounts = [licensed(), licensed()]
    for one in accounts:
        for service in (ROUTING, TOPICS):
            limited(one, service, None)
    everything = [
        Record(account.pk, service, f"{service}-{n}", instant(at), n)
        for account in accounts
        for service in (STT, ROUTING, TOPICS)
        for n in range(1, 9)
        for at in [("2026-01-10", "2026-01-11")[n % 2]]
    ]
    shuffled = [random.Random(n).sample(everything, 30) for n in range(THREADS)]

    counted = answers(together(*map(reports, [everything, *shuffled])))

    accepted = Counter((one.record.account_id, one.record.key)
                       for one in counted if one.outcome is Outcome.ACCEPTED)  # fmt: skip
    assert set(accepted.values()) == {1}
    assert len(accepted) == len(everything) == UsageRecord.objects.count()
    assert {one.outcome for one in counted} == {Outcome.ACCEPTED, Outcome.DUPLICATE}
    assert set(Meter.objects.values_list("used", flat=True)) == {36}
    agree_with_the_records()


def test_the_first_use_of_a_service_is_agreed_once():  # PRICE-8
    account = licensed(holds=("speech-to-text",))

    counted = answers(
        together(*(reports([Record(account.pk, STT, f"{n}", NOW, 1)]) for n in range(12)))
    )

    assert {one.outcome for one in counted} == {Outcome.ACCEPTED}
    assert Meter.objects.get().item.pins.count() == 1
    agree_with_the_records()


@pytest.mark.parametrize("before", [pytest.param(None, id="none"), pytest.param(2000, id="higher")])
def test_nothing_is_counted_beyond_a_limit_that_was_lowered(before):  # LIC-11, API-2
    """Who has been told that a limit holds sees it kept, whatever was on its way before."""
    account = licensed()
    here = stands(raiser(account))
    if before is not None:
        limited(account, STT, before)
    use(account, STT, 4990)
    counted: list[Counted] = []
    used: list[int] = []

    def report() -> None:
        counted.extend(usage.count([Record(account.pk, STT, "late", NOW, 1500)], now=NOW))

    def lower() -> None:
        limits.set_limit(here=here, service=STT, over=0, at=NOW)
        used.append(Meter.objects.get().used)

    with transaction.atomic():
        Meter.objects.select_for_update().get()
        reporting = begun(report)
        wait_until(lambda: waiting() == 1)
        lowering = begun(lower)
        wait_until(lambda: waiting() == 2 or not lowering.is_alive())
    reporting.join()
    lowering.join()

    assert [one.outcome for one in counted] == [Outcome.ACCEPTED]
    assert used == [Meter.objects.get().used] == [6490]
    agree_with_the_records()


def test_who_counts_and_who_sets_limits_never_wait_in_a_circle():  # API-2, LIC-11
    """A meter that is locked was locked with its account, which who sets a limit holds."""
    accounts = [licensed(), licensed()]
    here = [stands(raiser(account)) for account in accounts]
    for account in reversed(accounts):
        limited(account, ROUTING, None)
    deeds: list[Callable[[], object]] = []
    for n in range(12):
        batch = [
            Record(account.pk, service, f"{service}-{n}", NOW, 400)
            for account in accounts[:: 1 if n % 2 else -1]
            for service in (STT, ROUTING)
        ]
        service = STT if n % 4 < 2 else ROUTING
        to = partial(limits.set_limit, here=here[n % 2], service=service, over=n % 5, at=NOW)
        deeds += [reports(batch), to]

    results = together(*deeds)

    assert [one for one in results if isinstance(one, BaseException)] == []
    agree_with_the_records()


def begun(deed: Callable[[], None]) -> Thread:
    """A thread that does it, on a connection of its own."""

    def do() -> None:
        try:
            deed()
        finally:
            connections.close_all()

    thread = Thread(target=do)
    thread.start()
    return thread


def waiting() -> int:
    """How many others wait for a lock in this database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # else it stays as first read
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        [[number]] = cursor.fetchall()
    return int(number)


def wait_until(come: Callable[[], bool], *, seconds: float = 10) -> None:
    end = monotonic() + seconds
    while not come():
        assert monotonic() < end, "It has not come to that."
        sleep(0.02)
