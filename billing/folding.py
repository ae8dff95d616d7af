"""Folding one subscription: from the rows of its log to the core's bills, cycle by cycle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from billing.core import bill as core
from billing.core.bill import Change, ChangeBill, Happened, MemberChange
from billing.core.lines import Line
from billing.core.periods import Cycle
from billing.core.pins import Pin, Pins
from billing.core.state import State
from billing.openings import openings_of
from billing.prices import PriceBook
from billing.reading import MeterRow, SubscriptionRow
from billing.states import from_store, member_sequence, to_store

_INSTANT: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Charged:
    """What was charged at once at one instant of a cycle."""

    cycle: Cycle
    bill: ChangeBill


@dataclass(frozen=True, slots=True)
class Opened:
    """A cycle that opened: its lines, what is stored of it, and up to where the logs were read.

    ``meters`` are those of the cycle that ended, by product; ``members_read`` is the last entry of
    the log of members that was counted.
    """

    cycle: Cycle
    at: datetime
    lines: tuple[Line, ...]
    state: State
    meters: dict[str, MeterRow]
    members_read: int

    @property
    def stored(self) -> dict[str, Any]:
        return to_store(self.state, member_sequence=self.members_read)


class Fold:
    """A subscription that is brought from its last opening up to an instant.

    Iterate over `openings_until` first, then ask for `changes_until`. Nothing is written.
    """

    def __init__(
        self,
        row: SubscriptionRow,
        prices: PriceBook,
        *,
        members_read: Mapping[int, int] | None = None,
    ) -> None:
        """``members_read``: the last member event that an earlier bill of a cycle counted."""
        self.row = row
        self._members_read_by = members_read or {}
        self.openings = openings_of(row)
        self.number = -1 if row.opened_number is None else row.opened_number
        self.opened_at = row.opened_at
        self.state = State.nothing() if row.stored is None else _state(row)
        self.members_read = member_sequence(row.stored or {})
        self.products = [item.code for item in row.items]
        self._codes = {item.id: item.code for item in row.items}
        self._changes = self._read_changes()
        self.pins = self._read_pins(prices)
        self._members = 0
        self._read = 0

    @property
    def ends(self) -> bool:
        """Whether no cycle opens any more."""
        return self.row.ends_on is not None and self._opening_day() > self.row.ends_on

    def next_opening(self) -> tuple[int, date, datetime]:
        """Number, first day and instant of the cycle that opens next."""
        number = self.number + 1
        return number, self._opening_day(), self.openings.opens_at(number)

    def openings_until(self, at: datetime) -> Iterator[tuple[Opened, list[Charged]]]:
        """Every cycle that has opened by ``at``, oldest first, with what the one before charged."""
        while not self.ends and self.openings.opens_at(self.number + 1) <= at:
            yield self._open_next()

    def changes_until(self, at: datetime) -> list[Charged]:
        """What was charged at once in the running cycle, up to and with ``at``."""
        if self.number < 0 or self.ends:
            return []
        last = self._first_change_after(at)
        if last == self._read:
            return []
        cycle = self.openings.cycle(self.number)
        charged, _ = core.changes_so_far(
            self.state,
            cycle=cycle,
            happened=Happened(self._changes[self._read : last]),
            pins=self.pins,
            products=self.products,
            currency=self.row.currency,
        )
        return self._unbilled(cycle, charged)

    def happened_until(self, at: datetime) -> Happened:
        """What has happened in the running cycle, up to and with ``at``; ask it last."""
        last = self._first_change_after(at)
        meters = self._meters(self.openings.cycle(self.number))
        return Happened(
            self._changes[self._read : last],
            self._members_until(at),
            {code: meter.used for code, meter in meters.items()},
        )

    def next_change_after(self, at: datetime) -> datetime | None:
        """The first instant later than ``at`` at which something may be charged at once."""
        for event in self.row.events:
            charges = event.replaces or (event.becomes > event.was and not event.waits)
            if event.at > at and charges:
                return event.at
        return None

    def price_at_zero(self, item_id: int, opened: Opened) -> int | None:
        """The price that stands for an item without a quantity: an agreed one, where it is held."""
        pins = [pin for pin in self.row.pins if pin.item_id == item_id]
        if not pins or not pins[0].held:
            return None
        if len(pins) == 1:
            return pins[0].price_id
        price = Pins(self.pins).price(
            self._codes[item_id], opening=opened.cycle.period.start, at=opened.at
        )
        return None if price is None else int(price.version)

    def _opening_day(self) -> date:
        return self.openings.cycle(self.number + 1).period.start

    def _open_next(self) -> tuple[Opened, list[Charged]]:
        number, _, opens_at = self.next_opening()
        ended = self.openings.cycle(self.number) if self.number >= 0 else None
        opens = self.openings.cycle(number)
        last = self._first_change_after(opens_at)
        members = self._members_until(opens_at)
        meters = self._meters(ended)
        result = core.bill(
            self.state,
            ended=ended,
            opens=opens,
            opens_at=opens_at,
            happened=Happened(
                self._changes[self._read : last],
                members,
                {code: meter.used for code, meter in meters.items()},
            ),
            pins=self.pins,
            products=self.products,
            currency=self.row.currency,
        )
        charged = self._unbilled(ended, result.changes) if ended else []
        self.state, self.number, self.opened_at, self._read = result.state, number, opens_at, last
        lines = result.lines
        if self.row.ends_on is not None and opens.period.start >= self.row.ends_on:
            # The cycle that opens is not sold any more: only what is still owed is billed.
            lines = tuple(line for line in lines if line.period.start < self.row.ends_on)
        return Opened(opens, opens_at, lines, result.state, meters, self.members_read), charged

    def _unbilled(self, cycle: Cycle, charged: Sequence[ChangeBill]) -> list[Charged]:
        billed = self.row.billed_changes
        return [Charged(cycle, change) for change in charged if change.at not in billed]

    def _first_change_after(self, at: datetime) -> int:
        place = self._read
        while place < len(self._changes) and self._changes[place].at <= at:
            place += 1
        return place

    def _members_until(self, opens_at: datetime) -> list[MemberChange]:
        """The member changes that this opening counts; late ones as of the cycle's first day."""
        last = self._members_read_by.get(self.number + 1)
        found = []
        for row in self.row.members[self._members :]:
            if row.at > opens_at or (last is not None and row.sequence > last):
                break
            self._members += 1
            self.members_read = row.sequence
            if row.step:
                at = self._counted_at(row.at, opens_at)
                found.append(MemberChange(at, self.openings.local_day(at), row.step, row.id))
        return found

    def _counted_at(self, at: datetime, opens_at: datetime) -> datetime:
        if self.opened_at is None:
            # Who was there before the subscription began is there when it opens.
            return opens_at
        return max(at, self.opened_at + _INSTANT)

    def _meters(self, ended: Cycle | None) -> dict[str, MeterRow]:
        if ended is None or not self.row.meters:
            return {}
        start = ended.period.start
        return {
            self._codes[item_id]: meter
            for (item_id, day), meter in self.row.meters.items()
            if day == start
        }

    def _read_changes(self) -> list[Change]:
        return [
            Change(
                at=event.at,
                day=self.openings.local_day(event.at),
                product=self._codes[event.item_id],
                quantity=event.becomes,
                ref=event.id,
                waits=event.waits,
                replaces=event.replaces,
            )
            for event in self.row.events
        ]

    def _read_pins(self, prices: PriceBook) -> list[Pin]:
        return [
            Pin(
                product=self._codes[pin.item_id],
                price=prices[pin.price_id],
                from_on=pin.holds_from,
                at=pin.at,
                notice_on=self.openings.notice_on(pin.noticed_on, written_at=pin.at),
                bought=pin.bought,
            )
            for pin in self.row.pins
        ]


def _state(row: SubscriptionRow) -> State:
    try:
        return from_store(row.stored or {})
    except ValueError as problem:
        raise ValueError(
            f"The state stored with the last bill of subscription {row.code} (number {row.id}) "
            f"cannot be read: {problem} Run manage.py audit --account {row.account_id}."
        ) from problem
