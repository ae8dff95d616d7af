"""Numbers of documents: per series and year without gaps, drawn last, under the series' lock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import connection

from billing.core.periods import local_day
from billing.models import Invoice, NumberSeries

Clock = Callable[[], datetime]

INVOICES: Final = "SL"
CREDIT_NOTES: Final = "CN"


@dataclass(frozen=True, slots=True)
class Drawn:
    """An instant of issue, and the first of the numbers taken in each series."""

    issued_at: datetime
    issued_on: date
    first: Mapping[str, int]

    @property
    def year(self) -> int:
        return self.issued_on.year


def series_of(kind: str) -> str:
    """The series in which a document of this kind is numbered."""
    return CREDIT_NOTES if kind == Invoice.Kind.CREDIT_NOTE else INVOICES


def number(*, series: str, year: int, sequence: int) -> str:
    """How a number is written: SL-2026-000042."""
    return f"{series}-{year}-{sequence:06d}"


def draw(*, wanted: Mapping[str, int], zone: str, clock: Clock) -> Drawn:
    """Take so many numbers of each series, for documents issued now in the seller's ``zone``.

    Call it in the transaction that writes the documents, after every other lock: the series stay
    locked until it ends, and a rollback gives the numbers back. The instant of issue is read under
    the lock, so that of two documents the one with the higher number is never the older one.
    Decisions 15 and 16.
    """
    codes = sorted(code for code, count in wanted.items() if count)
    issued_at = clock()
    issued_on = local_day(issued_at, zone)
    locked_year = None
    # A second turn only where the year ended while another page held the lock.
    while codes and locked_year != issued_on.year:
        locked_year = issued_on.year
        _lock(codes, locked_year)
        issued_at = clock()
        issued_on = local_day(issued_at, zone)
    first = {code: _take(code, issued_on.year, wanted[code]) for code in codes}
    return Drawn(issued_at, issued_on, first)


def _lock(codes: list[str], year: int) -> None:
    """Lock these series in the order of their ids, made first where the year is new."""
    series = NumberSeries.objects.filter(code__in=codes, year=year)
    if series.count() < len(codes):
        NumberSeries.objects.bulk_create(
            [NumberSeries(code=code, year=year) for code in codes], ignore_conflicts=True
        )
    list(series.select_for_update().order_by("pk"))


def _take(code: str, year: int, count: int) -> int:
    """The first of ``count`` numbers."""
    table = connection.ops.quote_name(NumberSeries._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET last = last + %s WHERE code = %s AND year = %s RETURNING last",
            [count, code, year],
        )
        (last,) = cursor.fetchone()
    return int(last) - count + 1
