"""Days: half-open periods, the cycles of a subscription, and where a local day begins."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_MONTHS_IN_YEAR: Final = 12
_SHORTEST_MONTH: Final = 28
_LONGEST_MONTH: Final = 31
# Files beside the zones that say nothing, or something else on each machine.
NOT_PLACES: Final = frozenset({"Factory", "localtime", "posixrules"})
_SECOND: Final = timedelta(seconds=1)
# The smallest step of time: what holds just before or just after an instant.
INSTANT: Final = timedelta(microseconds=1)


class Interval(StrEnum):
    """How long one cycle lasts. PRICE-2."""

    MONTH = "month"
    YEAR = "year"

    @property
    def months(self) -> int:
        return 1 if self is Interval.MONTH else _MONTHS_IN_YEAR


@dataclass(frozen=True, slots=True)
class Period:
    """A run of days. `end` is the first day that is no longer in it; ValueError if before `start`.

    A period may be empty: nothing lies between a day and itself.
    """

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"A period cannot end ({self.end}) before it starts ({self.start}).")

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    @property
    def days(self) -> int:
        return self.end.toordinal() - self.start.toordinal()

    def days_from(self, day: date) -> int:
        """How many days are left from `day` on, it included. ValueError for a day outside."""
        if not self.start <= day <= self.end:
            raise ValueError(f"{day} lies outside {self.start} to {self.end}.")
        return self.end.toordinal() - day.toordinal()


@dataclass(frozen=True, slots=True)
class Anchors:
    """The dates on which cycles open: every `months` months, on the `day` of the month wished for.

    Number 0 lies in the month of `first` (before or after it, by the wish). Each date is computed
    from the wish and its number, never from the date before, so a wish for the 31st returns to the
    31st after every short month. ValueError for a day outside 1 to 31 or less than one month.
    PRICE-9.
    """

    first: date
    day: int
    months: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.day <= _LONGEST_MONTH:
            raise ValueError(f"An anchor day is 1 to {_LONGEST_MONTH}, got {self.day}.")
        if self.months < 1:
            raise ValueError(f"A cycle lasts one month or more, got {self.months}.")

    def nth(self, number: int) -> date:
        """The anchor date of this number; numbers below zero lie before the first."""
        month = self.first.year * _MONTHS_IN_YEAR + self.first.month - 1 + number * self.months
        year, month = divmod(month, _MONTHS_IN_YEAR)
        # Most wishes fit every month; the calendar is asked only about the others.
        if self.day <= _SHORTEST_MONTH:
            return date(year, month + 1, self.day)
        return date(year, month + 1, min(self.day, monthrange(year, month + 1)[1]))

    def number_at(self, day: date) -> int:
        """The number of the last anchor date on or before `day`."""
        months = (day.year - self.first.year) * _MONTHS_IN_YEAR + day.month - self.first.month
        number = months // self.months
        return number if self.nth(number) <= day else number - 1

    def on_or_before(self, day: date) -> date:
        return self.nth(self.number_at(day))

    def on_or_after(self, day: date) -> date:
        return self.nth(self.number_at(day - timedelta(days=1)) + 1)

    def after(self, day: date) -> date:
        return self.nth(self.number_at(day) + 1)

    def within(self, period: Period) -> Iterator[date]:
        """The anchor dates that lie in `period`, oldest first."""
        anchor = self.on_or_after(period.start)
        while anchor in period:
            yield anchor
            anchor = self.after(anchor)


@dataclass(frozen=True, slots=True)
class Cycle:
    """One billing period: `period` is what is billed, `whole` is what every share is divided by.

    The two differ only in a first part cycle.
    """

    number: int
    period: Period
    whole: Period


@dataclass(frozen=True, slots=True)
class Cycles:
    """All cycles of a subscription that starts on `start`, numbered from 0. PRICE-9.

    A monthly one opens on every `anchor_day` (by default the day of the start); short months use
    their last day and the wish is kept. When the start is no anchor date, cycle 0 is a part of the
    whole one that begins at the anchor date before. A yearly one is anchored on its start
    (29 February: 28 February in common years); ValueError for an anchor day there.
    """

    start: date
    interval: Interval
    anchor_day: int | None = None

    def __post_init__(self) -> None:
        if self.anchor_day is not None:
            if self.interval is Interval.YEAR:
                raise ValueError("A yearly cycle is anchored on its start: leave out anchor_day.")
            if not 1 <= self.anchor_day <= _LONGEST_MONTH:
                raise ValueError(f"An anchor day is 1 to {_LONGEST_MONTH}, got {self.anchor_day}.")

    @property
    def anchors(self) -> Anchors:
        """The anchor dates; number 0 lies in the month of the start."""
        return Anchors(self.start, self.anchor_day or self.start.day, self.interval.months)

    def nth(self, number: int) -> Cycle:
        """The cycle of this number, from 0. ValueError for a number below zero."""
        if number < 0:
            raise ValueError(f"Cycles are numbered from 0, got {number}.")
        return self._cycle(self.anchors, number)

    def holding(self, day: date) -> Cycle:
        """The cycle that `day` belongs to. ValueError for a day before the start."""
        if day < self.start:
            raise ValueError(f"{day} lies before the first cycle, which starts on {self.start}.")
        anchors = self.anchors
        return self._cycle(anchors, anchors.number_at(day) - anchors.number_at(self.start))

    def _cycle(self, anchors: Anchors, number: int) -> Cycle:
        anchor = anchors.number_at(self.start) + number
        whole = Period(anchors.nth(anchor), anchors.nth(anchor + 1))
        if number == 0 and whole.start != self.start:
            return Cycle(number, Period(self.start, whole.end), whole)
        return Cycle(number, whole, whole)


def _zone(name: str) -> ZoneInfo:
    try:
        if name not in NOT_PLACES:
            return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        pass
    raise ValueError(f"{name!r} is no time zone. Write an IANA name such as Europe/Prague.")


def local_day(instant: datetime, zone: str) -> date:
    """The date on the calendar of `zone` at this instant. ValueError without an offset."""
    if instant.tzinfo is None:
        raise ValueError(f"An instant needs an offset from UTC, got {instant.isoformat()}.")
    return instant.astimezone(_zone(zone)).date()


def first_instant(day: date, zone: str) -> datetime:
    """The first instant (UTC) at which `day` has begun in `zone`.

    Midnight where there is one; the first of two where clocks go back over it; the end of the gap
    where they skip it. A day that a zone left out (Apia, 30 December 2011) has begun when the next
    one has. Decision 2.
    """
    zone_info = _zone(zone)
    midnight = datetime.combine(day, time.min, zone_info)
    instant = midnight.astimezone(UTC)
    if instant.astimezone(zone_info).replace(tzinfo=None) == midnight.replace(tzinfo=None):
        return instant
    return _end_of_gap(day, zone_info, midnight)


def _end_of_gap(day: date, zone: ZoneInfo, midnight: datetime) -> datetime:
    """The instant of the transition that skips this midnight.

    The two readings of a skipped time, by the offset after and before the transition, lie on both
    sides of it. The gap need not start at midnight, so neither reading is the answer by itself.
    """
    before = midnight.replace(fold=1).astimezone(UTC)
    begun = midnight.astimezone(UTC)
    while begun - before > _SECOND:
        middle = before + (begun - before) // 2
        middle = middle.replace(microsecond=0)
        if middle.astimezone(zone).date() >= day:
            begun = middle
        else:
            before = middle
    return begun
