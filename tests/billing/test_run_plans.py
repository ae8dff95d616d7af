"""How a page of the run is read: by its keys, so that it takes no longer in a larger book."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection

from billing import run
from billing.models import BillingRun
from tests.billing.running import clock
from tests.factories import (
    AccountFactory,
    PriceFactory,
    SellerFactory,
    SubscriptionFactory,
    TaxRateFactory,
    instant,
)

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]

NOW = instant("2026-02-01 08:00")
# What grows with the book; catalogue, rates, sellers and runs do not.
GROWS = re.compile(
    r"Seq Scan on (accounts_account|billing_(bill|event|invoice|item|line|meter|pricepin|receivable"
    r"|subscription))\b"
)


def test_no_page_scans_what_grows_with_the_book():  # decision 27
    SellerFactory()
    TaxRateFactory()
    for code, traits in (("seat", {}), ("voice", {"peak": True}), ("calls", {"metered": True})):
        PriceFactory(code=code, **traits)
    for _ in range(3):
        SubscriptionFactory(account=AccountFactory(), items={"seat": 2, "voice": 3, "calls": 0})
    plans: list[str] = []

    def explain(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("SELECT") and connection.in_atomic_block:
            with connection.connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN {sql}", params)
                plans.append("\n".join([sql, *(row[0] for row in cursor.fetchall())]))
        return execute(sql, params, many, context)

    started = run.start(at=NOW, clock=clock(NOW), source=BillingRun.Source.COMMAND)
    with connection.execute_wrapper(explain):
        run.work(started.pk, worker="test", clock=clock(NOW))

    assert len(plans) > 10
    assert [plan for plan in plans if GROWS.search(plan)] == []
