"""Fifty who report use at once: never above the limit, each key once, a kill loses nothing."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from billing.models import Meter, UsageRecord
from licensing import usage
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
)

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
