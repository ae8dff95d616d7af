"""Openings: at which instants the cycles of one subscription open."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final, Protocol

from billing.core.periods import Cycle, Cycles, Interval, first_instant, local_day
from billing.core.pins import NOTICE

_DAY: Final = timedelta(days=1)
_NEVER: Final = datetime.max.replace(tzinfo=UTC)


class Recurring(Protocol):
    """What has cycles: a subscription, or what was read of one."""

    starts_on: date
    interval: str
    anchor_day: int | None
    time_zone: str


class Ending(Protocol):
    """What may end on a local day of its zone."""

    ends_on: date | None
    time_zone: str


def openings_of(row: Recurring) -> Openings:
    """When the cycles of this subscription open."""
    return Openings(
        starts_on=row.starts_on,
        interval=row.interval,
        anchor_day=row.anchor_day,
        zone=row.time_zone,
    )


def has_ended(row: Ending, *, at: datetime) -> bool:
    """Whether a subscription has ended by now; another one of its code may take its place then."""
    return row.ends_on is not None and row.ends_on <= local_day(at, row.time_zone)


class Openings:
    """The cycles of a subscription on the calendar of its billing zone. Decision 2."""

    __slots__ = ("_cycles", "_known", "_last", "_since", "_until", "_zone")

    def __init__(
        self, *, starts_on: date, interval: str, anchor_day: int | None, zone: str
    ) -> None:
        self._cycles = Cycles(starts_on, Interval(interval), anchor_day)
        self._zone = zone
        # One log asks for the same few cycles again and again.
        self._known: dict[int, tuple[Cycle, datetime]] = {}
        # The cycle that was asked for last, which most often is asked for next, and when it runs.
        self._last = 0
        self._since = self._until = _NEVER

    @property
    def cycles(self) -> Cycles:
        return self._cycles

    def cycle(self, number: int) -> Cycle:
        return self._opening(number)[0]

    def opens_at(self, number: int) -> datetime:
        """The instant (UTC) at which cycle ``number`` opens."""
        return self._opening(number)[1]

    def _opening(self, number: int) -> tuple[Cycle, datetime]:
        known = self._known.get(number)
        if known is None:
            cycle = self._cycles.nth(number)
            known = self._known[number] = cycle, instant_of(cycle.period.start, self._zone)
        return known

    def local_day(self, at: datetime) -> date:
        return local_day(at, self._zone)

    def first_instant(self, day: date) -> datetime:
        """The first instant (UTC) of this day in the billing zone."""
        return instant_of(day, self._zone)

    def number_at(self, at: datetime) -> int:
        """The number of the cycle that runs at this instant; −1 before the first one opens."""
        if not self._since <= at < self._until:
            if at < self.opens_at(0):
                return -1
            self._last = self._number_at(at)
            self._since, self._until = self.opens_at(self._last), self.opens_at(self._last + 1)
        return self._last

    def _number_at(self, at: datetime) -> int:
        # Where clocks go back over midnight, the day before the opening comes a second time.
        number = self._cycles.holding(max(local_day(at, self._zone), self._cycles.start)).number
        return number + 1 if self.opens_at(number + 1) <= at else number

    def notice_on(self, noticed_on: date | None, *, written_at: datetime) -> date | None:
        """The day of a notice, moved so that no opening before its writing is touched.

        A notice that is entered weeks after it was sent holds from the next opening on: the
        openings that were billed meanwhile stay as they are (RSL-5).
        """
        if noticed_on is None:
            return None
        written_on = self.local_day(written_at)
        if self.first_instant(written_on) < written_at:
            written_on += _DAY
        return max(noticed_on, written_on - NOTICE)

    def opens_between(self, after: datetime, until: datetime) -> bool:
        """Whether a cycle opens later than ``after`` and no later than ``until``."""
        return self.opens_at(self.number_at(after) + 1) <= until

    def is_opening(self, at: datetime) -> bool:
        number = self.number_at(at)
        return number >= 0 and self.opens_at(number) == at


@lru_cache(maxsize=4096)
def instant_of(day: date, zone: str) -> datetime:
    """The first instant (UTC) of a local day; a page of a run asks for the same few again."""
    return first_instant(day, zone)
