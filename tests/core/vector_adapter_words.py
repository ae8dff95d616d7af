"""The words that all vectors share: dates, interval ends, numbers, conventions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

from billing.core.periods import Period
from billing.core.pricing import Timing

TIMINGS = {"in_advance": Timing.ADVANCE, "in_arrears": Timing.ARREARS}
ONE_DAY = timedelta(days=1)


def day(text: str) -> date:
    return date.fromisoformat(text)


def day_or_none(text: str | None) -> date | None:
    return None if text is None else day(text)


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def period(start: str, end: str, *, ends: str) -> Period:
    """A half-open period; an inclusive end is the last day that is in it."""
    shift = {"exclusive": timedelta(), "inclusive": ONE_DAY}[ends]
    return Period(day(start), day(end) + shift)


def last_or_end(of: Period, *, ends: str) -> str:
    """The end of a period as its source writes it."""
    shift = {"exclusive": timedelta(), "inclusive": ONE_DAY}[ends]
    return (of.end - shift).isoformat()


def number(text: str | int) -> Fraction:
    return Fraction(text)


def only(inputs: Mapping[str, Any], **known: str) -> None:
    """Refuse a convention that the core does not follow rather than answer another question."""
    for key, value in known.items():
        if inputs.get(key, value) != value:
            raise ValueError(f"{key} {inputs[key]!r}: the core knows {value!r} only")
