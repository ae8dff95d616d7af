"""What runs have left behind: to be compared, and checked by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connections, models

from accounts.models import Letter
from billing.auditing import audit
from billing.issued import as_json
from billing.models import (
    Bill,
    Invoice,
    Item,
    LedgerEntry,
    PaymentAttempt,
    Receivable,
    RunFailure,
    SandboxCharge,
    Subscription,
)


@dataclass(frozen=True)
class Outcome:
    """All that was issued and moved, but for keys, numbers and the instant of issue."""

    documents: list[dict[str, Any]]
    states: list[tuple[Any, ...]]
    subscriptions: list[tuple[Any, ...]]
    items: list[tuple[Any, ...]]
    receivables: list[tuple[Any, ...]]
    attempts: list[tuple[Any, ...]]
    ledger: list[tuple[Any, ...]]
    letters: int


def outcome() -> Outcome:
    in_order = Invoice.objects.order_by("payer", "cycle_date", "reason", "part")
    ids = list(in_order.values_list("pk", flat=True))
    about = ("payer_id", "invoice__cycle_date", "invoice__reason", "invoice__part")
    return Outcome(
        documents=[as_json(one) for one in ids],
        states=_rows(Bill, "subscription_id", "at", "reason", "number", "state"),
        subscriptions=_rows(
            Subscription,
            *("pk", "next_number", "next_opening", "next_bill_at"),
            *("opening__subscription_id", "opening__starts_on"),
        ),
        items=_rows(Item, "pk", "quantity", "price_id", "last_sequence"),
        receivables=_rows(Receivable, *about, "open", "state"),
        attempts=_rows(PaymentAttempt, *about, "number", "amount", "state"),
        ledger=_rows(LedgerEntry, *about, "kind", "amount"),
        letters=Letter.objects.count(),
    )


def check() -> None:
    """All is as computed from the logs, no number is missing, nobody has failed."""
    assert not RunFailure.objects.exists()
    assert list(map(str, audit())) == []
    numbers: dict[tuple[str, int], list[int]] = {}
    for series, year, sequence in Invoice.objects.values_list("series", "year", "sequence"):
        numbers.setdefault((series, year), []).append(sequence)
    for found in numbers.values():
        assert sorted(found) == list(range(1, len(found) + 1))
    assert _sums(LedgerEntry, "amount") == _sums(Receivable, "open")


def check_charges() -> None:
    """The bank has charged each attempt once, and we know of each charge."""
    charged = SandboxCharge.objects.filter(outcome="charged")
    settled = PaymentAttempt.objects.filter(state="charged")
    assert Counter(charged.values_list("key", flat=True)) == Counter(one.key for one in settled)
    assert not PaymentAttempt.objects.exclude(state__in=["charged", "declined"]).exists()
    assert _sums(PaymentAttempt.objects.filter(state="charged"), "amount") == _sums(
        LedgerEntry.objects.filter(kind="payment"), "amount", sign=-1
    )


def _rows(model: type[models.Model], *fields: str) -> list[tuple[Any, ...]]:
    return sorted(model._default_manager.values_list(*fields), key=repr)


def _sums(source: Any, field: str, *, sign: int = 1) -> dict[int, Decimal]:
    rows = source if isinstance(source, models.QuerySet) else source.objects.all()
    sums: dict[int, Decimal] = {}
    for payer_id, amount in rows.values_list("payer_id", field):
        sums[payer_id] = sums.get(payer_id, Decimal(0)) + sign * amount
    return {payer_id: total for payer_id, total in sums.items() if total}


# Only a database without a connection can be copied; what puts rows back between tests keeps one.
_END_THOSE_OF = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s"


@contextmanager
def copy_of_the_database() -> Iterator[str]:
    """The name of an identical copy of the test database; dropped afterwards."""
    connection = connections["default"]
    original = connection.settings_dict["NAME"]
    copy = f"{original}_undisturbed"
    connections.close_all()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)')
        cursor.execute(_END_THOSE_OF, [original])
        cursor.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{original}" STRATEGY wal_log')
    try:
        yield copy
    finally:
        connections.close_all()
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)')


@contextmanager
def reading(database: str) -> Iterator[None]:
    """For as long as this lasts, the default connection is to another database."""
    connection = connections["default"]
    original = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = database
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = original
