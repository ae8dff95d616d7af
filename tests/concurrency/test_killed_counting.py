"""Killed while it counts: of each batch all is counted or nothing, and it can be sent again."""

from __future__ import annotations

import random
import time
from collections import Counter
from functools import partial

import pytest

from billing.models import Meter, UsageRecord
from licensing import usage
from licensing.usage import Outcome, Record
from tests.concurrency.processes import Process, killed_at_the_end, wait_until
from tests.licensing.usage_book import NOW, QA, STT, licensed, limited

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True, databases=["default", "readonly"]),
]

BATCH = 500
# Somebody who reports batches of use of two services, until killed.
COUNTS = """
import sys
from datetime import datetime

import django

django.setup()
from licensing import usage
from licensing.metered import Service
from licensing.usage import Record

account_id, name, now = int(sys.argv[1]), sys.argv[2], datetime.fromisoformat(sys.argv[3])
services = (Service.SPEECH_TO_TEXT, Service.AI_QA)
for batch in range(10_000):
    usage.count(
        [
            Record(account_id, services[n % 2], f"{name}-{batch}-{n}", now, 1)
            for n in range(500)
        ],
        now=now,
    )
"""


def batches() -> Counter[str]:
    """How many records of each batch were counted."""
    keys = UsageRecord.objects.values_list("key", flat=True)
    return Counter(key.rpartition("-")[0] for key in keys)


def counted_beyond(number: int) -> bool:
    return UsageRecord.objects.count() > number


def test_of_a_batch_that_was_killed_all_or_nothing_is_counted(process_environment, kills):
    # API-2, JOBS-5
    account = licensed()
    limited(account, QA, None)
    for number in range(kills):
        before = UsageRecord.objects.count()
        process = Process(
            *("-c", COUNTS, str(account.pk), f"run{number}", NOW.isoformat()),
            environment=process_environment,
        )
        with killed_at_the_end(process):
            wait_until(partial(counted_beyond, before))
            time.sleep(random.uniform(0, 0.3))

    # A process of the database that a killed client has left may still be ending its statement.
    wait_until(lambda: set(batches().values()) == {BATCH})
    used = {meter.used: meter.last_sequence for meter in Meter.objects.all()}
    assert used == {sum(batches().values()) // 2: sum(batches().values()) // 2}
    last = max(batches(), key=lambda name: int(name.rpartition("-")[2]))
    again = usage.count(
        [Record(account.pk, (STT, QA)[n % 2], f"{last}-{n}", NOW, 1) for n in range(BATCH)],
        now=NOW,
    )
    assert {one.outcome for one in again} == {Outcome.DUPLICATE}
