"""The frame of a scenario: the zone and the days in which everything else of the file lies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import NamedTuple

from billing.core.periods import Cycles, Interval, first_instant, local_day
from billing.core.scenario_json import Fields, Node


class Moment(NamedTuple):
    """An instant (UTC) and its local day."""

    at: datetime
    day: date


@dataclass(frozen=True, slots=True)
class Frame:
    """What the whole file stands in; None where that part of the file is wrong itself."""

    zone: str | None
    cycles: Cycles | None
    until: date | None

    @property
    def start(self) -> date | None:
        return None if self.cycles is None else self.cycles.start

    @property
    def monthly(self) -> bool:
        return self.cycles is not None and self.cycles.interval is Interval.MONTH

    def moment(self, node: Node | None) -> Moment | None:
        """A date is the first instant of that local day, a date-time is itself."""
        read = None if node is None else node.moment()
        if read is None or self.zone is None:
            return None
        if isinstance(read, datetime):
            return Moment(read.astimezone(UTC), local_day(read, self.zone))
        return Moment(first_instant(read, self.zone), read)

    def moment_from_start(self, node: Node | None) -> Moment | None:
        """A moment from the first instant of `cycle.start` on."""
        moment = self.moment(node)
        if node is None or moment is None or self.start is None or self.zone is None:
            return moment
        if moment.at < first_instant(self.start, self.zone):
            node.expected(f"a moment from cycle.start, {self.start}, on")
            return None
        return moment

    def moment_within(self, node: Node | None) -> Moment | None:
        """A moment from `cycle.start` to the end of the local day of `until`."""
        moment = self.moment_from_start(node)
        if node is None or moment is None or self.until is None:
            return moment
        if moment.day > self.until:
            node.expected(f"a moment up to until, {self.until}")
            return None
        return moment

    def day(self, node: Node | None, *, may_be_null: bool = False) -> date | None:
        """The local day of a date or a date-time."""
        if node is None or (may_be_null and node.value is None):
            return None
        read = node.moment()
        if not isinstance(read, datetime):
            return read
        return None if self.zone is None else local_day(read, self.zone)


def read_frame(root: Fields) -> Frame:
    """The zone, the cycles and the last day; each mistake is noted."""
    zone = _zone(root)
    cycles = _cycles(root.get("cycle"))
    until = Frame(zone, cycles, None).day(root.get("until"))
    if cycles is not None and until is not None and until < cycles.start:
        root["until"].expected(f"a day from cycle.start, {cycles.start}, on")
        until = None
    return Frame(zone, cycles, until)


def _zone(root: Fields) -> str | None:
    account = root.get("account")
    # Unknown keys and the like are noted where the account itself is read.
    if account is None or not isinstance(account.value, dict):
        return None
    zone = account.value.get("time_zone")
    if not isinstance(zone, str):
        return None
    try:
        first_instant(date(2000, 1, 1), zone)
    except ValueError:
        return None
    return zone


def _cycles(node: Node | None) -> Cycles | None:
    if node is None:
        return None
    fields = node.fields(required=("start", "interval"), optional=("anchor_day",))
    start = fields.day("start")
    interval = fields.choice("interval", tuple(Interval))
    anchor = fields.get("anchor_day")
    anchor_day = None if anchor is None else anchor.whole(least=1, most=31)
    if anchor is not None and interval is Interval.YEAR:
        anchor.wrong("a yearly cycle is anchored on its start: leave out anchor_day")
        return None
    if start is None or interval is None or (anchor is not None and anchor_day is None):
        return None
    return Cycles(start, interval, anchor_day)
