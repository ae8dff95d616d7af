"""Cells: how the text of one becomes a value, or says what would be right."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from difflib import get_close_matches
from functools import cache
from typing import Final
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accounts.countries import COUNTRIES
from billing.book.mistakes import WrongValue
from billing.core.currencies import MINOR_DIGITS
from billing.core.periods import NOT_PLACES

Value = str | int | None
Read = Callable[[str], Value]

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)
LONGEST_EMAIL: Final = 254
_FIRST_DAY: Final = date(1970, 1, 1)
_LAST_DAY: Final = date(2199, 12, 31)
_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_WHOLE: Final = re.compile(r"[0-9]{1,16}")
_PERCENT: Final = re.compile(r"[0-9]{1,3}(\.[0-9]{1,3})?")
_CODE: Final = re.compile(r"[-a-zA-Z0-9_]+")


def text(*, most: int) -> Read:
    """Any text of one line, at most so many characters."""

    def read(cell: str) -> str:
        if _UNPRINTABLE.search(cell):
            raise WrongValue(f"expected plain text on one line, got {cell!r}")
        if len(cell) > most:
            raise WrongValue(f"expected at most {most} characters, got {len(cell)}")
        return cell

    return read


def code(*, most: int) -> Read:
    """Letters, digits, hyphens and underscores."""

    def read(cell: str) -> str:
        if not _CODE.fullmatch(cell) or len(cell) > most:
            raise WrongValue(
                f"expected at most {most} letters, digits, hyphens or underscores, got {cell!r}"
            )
        return cell

    return read


def one_of(*words: str) -> Read:
    """One of a few words."""
    known = frozenset(words)

    def read(cell: str) -> str:
        if cell not in known:
            expected = f"expected one of {', '.join(words)}"
            raise WrongValue(f"{expected}, got {cell!r}{meant(cell, known)}")
        return cell

    return read


def whole(*, most: int) -> Read:
    """A whole number of zero or more, and no larger than what can be billed."""

    def read(cell: str) -> int:
        if not _WHOLE.fullmatch(cell):
            raise WrongValue(f"expected a whole number of 0 or more, got {cell!r}")
        if (number := int(cell)) > most:
            raise WrongValue(f"expected at most {most:,}, got {cell!r}")
        return number

    return read


def between(least: int, most: int) -> Read:
    """A whole number within bounds."""

    def read(cell: str) -> int:
        if not _WHOLE.fullmatch(cell) or not least <= (number := int(cell)) <= most:
            raise WrongValue(f"expected a whole number from {least} to {most}, got {cell!r}")
        return number

    return read


def percent(cell: str) -> str:
    """A percentage from 0 to 100 with up to three decimals, as plain text."""
    if not _PERCENT.fullmatch(cell) or Decimal(cell) > 100:
        raise WrongValue(f"expected a percentage from 0 to 100 such as 12.5, got {cell!r}")
    return str(Decimal(cell))


def yes_or_no(cell: str) -> int:
    if cell not in {"yes", "no"}:
        raise WrongValue(f"expected yes or no, got {cell!r}")
    return int(cell == "yes")


def day(cell: str) -> str:
    """A date of the calendar, YYYY-MM-DD."""
    try:
        found = date.fromisoformat(cell) if _DAY.fullmatch(cell) else None
    except ValueError:
        found = None
    if found is None:
        raise WrongValue(f"expected a date such as 2026-02-28, got {cell!r}")
    _within_reason(found, cell)
    return cell


def instant(cell: str) -> Value:
    """Microseconds since 1970 of a date and time with an offset; a date stays as it is."""
    if _DAY.fullmatch(cell):
        return day(cell)
    try:
        found = datetime.fromisoformat(cell)
    except ValueError:
        raise WrongValue(
            f"expected an instant such as 2026-02-10T14:00:00+01:00, or a date, got {cell!r}"
        ) from None
    if found.tzinfo is None:
        raise WrongValue(
            f"{cell!r} has no offset from UTC: expected 2026-02-10T14:00:00+01:00 or …Z"
        )
    _within_reason(found.date(), cell)
    return (found - EPOCH) // MICROSECOND


def _within_reason(found: date, cell: str) -> None:
    if not _FIRST_DAY <= found <= _LAST_DAY:
        raise WrongValue(f"expected a day from {_FIRST_DAY} to {_LAST_DAY}, got {cell!r}")


def email(cell: str) -> str:
    try:
        validate_email(cell)
    except ValidationError:
        raise WrongValue(f"expected an address such as jana@example.com, got {cell!r}") from None
    if len(cell) > LONGEST_EMAIL:
        raise WrongValue(f"expected at most {LONGEST_EMAIL} characters, got {len(cell)}")
    return cell


def country(cell: str) -> str:
    if cell not in COUNTRIES:
        raise WrongValue(f"expected two letters of ISO 3166 such as CZ, got {cell!r}")
    return cell


def currency(cell: str) -> str:
    if cell not in MINOR_DIGITS:
        raise WrongValue(f"expected three letters of ISO 4217 such as EUR, got {cell!r}")
    return cell


def time_zone(cell: str) -> str:
    if cell not in _zones():
        raise WrongValue(
            f"expected a time zone such as Europe/Prague, got {cell!r}{meant(cell, _zones())}"
        )
    return cell


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones() - NOT_PLACES)


def meant(cell: str, known: frozenset[str]) -> str:
    """A suggestion to end a message with, empty when nothing is near."""
    near = get_close_matches(cell, known, n=1)
    return f"; did you mean {near[0]}?" if near else ""
