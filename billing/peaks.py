"""The peak of the running cycle, day by day: what is billed at its end, and who set it. LIC-5."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from billing.core.bill import Peak, peaks_so_far
from billing.core.peak import peak
from billing.core.periods import Period
from billing.core.pins import Pins
from billing.core.pricing import Basis
from billing.core.state import ItemState
from billing.folding import Fold
from billing.models import Event
from billing.reading import EventRow, ItemRow
from billing.whole import Whole
from billing.why import Change, change_of

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PeakDay:
    """A local day of the cycle: its highest number, None while it is to come, and who set what."""

    on: date
    number: int | None
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class PeakCycle:
    """The running cycle of one product that bills its peak.

    ``carried`` was in force at its opening, ``number`` is in force now. ``peak`` is what would be
    billed if the cycle ended now, with the local day that reached it first. What was `changed` in
    the cycle stands day by day in `days`.
    """

    code: str
    period: Period
    carried: int
    number: int
    peak: Peak
    _moments: tuple[tuple[datetime, int, int], ...]
    _starts: tuple[datetime, ...]
    _today: date

    @property
    def event_ids(self) -> list[int]:
        """The events by which it was changed in the cycle, oldest first."""
        return [event_id for _, _, event_id in self._moments]

    def days(self, changes: Iterable[Change] = ()) -> list[PeakDay]:
        """Every day of the cycle; ``changes`` are those of ``event_ids`` that a reader may see."""
        known = {change.id: change for change in changes}
        return [self._day(place, known) for place in range(self.period.days)]

    def _day(self, place: int, known: dict[int, Change]) -> PeakDay:
        day, starts, ends = self.period.start + place * _DAY, *self._starts[place : place + 2]
        if day > self._today:
            return PeakDay(day, None, ())
        levels = [
            (self._starts[0], self.carried),
            *((at, number) for at, number, _ in self._moments),
        ]
        within = (event_id for at, _, event_id in self._moments if starts <= at < ends)
        changes = tuple(known[event_id] for event_id in within if event_id in known)
        return PeakDay(day, peak(levels, start=starts, end=ends), changes)


def peaks(whole: Whole, *, at: datetime, also: Collection[str] = ()) -> dict[str, PeakCycle]:
    """What of the account bills its peak, by product code: its running cycles. No query.

    ``also`` are products (by code) that were never held and are to have an empty cycle.
    """
    found: dict[str, PeakCycle] = {}
    for row in whole.rows.values():
        if row.next_bill_at is not None:
            new = [code for code in also if whole.products[code].subscription_code == row.code]
            found |= {one.code: one for one in _of(Fold(row, whole.page.prices), new, at)}
    return found


def changes_behind(cycles: Iterable[PeakCycle]) -> list[Change]:
    """Who changed these in their running cycles, when, and from what. One query."""
    ids = [event_id for one in cycles for event_id in one.event_ids]
    rows = Event.objects.filter(pk__in=ids).select_related("actor").order_by("at", "pk")
    return [change_of(event) for event in rows]


def _of(fold: Fold, new: Collection[str], at: datetime) -> Iterator[PeakCycle]:
    # What was just done may be dated an instant later than it was asked for (decision 3).
    at = max([at, *(event.at for event in fold.row.events)])
    for _ in fold.openings_until(at):
        pass  # what is due already is billed as it stands
    if fold.number < 0 or fold.ends or fold.opened_at is None:
        return
    cycle, opened = fold.openings.cycle(fold.number), fold.opened_at
    pins = Pins(fold.pins)
    highest = peaks_so_far(
        fold.state,
        cycle=cycle,
        happened=fold.happened_until(at),
        pins=fold.pins,
        products=fold.products,
        currency=fold.row.currency,
    )
    days = range(cycle.period.days + 1)
    empty = PeakCycle(
        code="",
        period=cycle.period,
        carried=0,
        number=0,
        peak=Peak(0, cycle.period.start, None, None),
        _moments=(),
        _starts=tuple(fold.openings.first_instant(cycle.period.start + day * _DAY) for day in days),
        _today=fold.openings.local_day(at),
    )
    for item in fold.row.items:
        price = pins.price(item.code, opening=cycle.period.start, at=at)
        if price is not None and price.basis is Basis.PEAK:
            carried = fold.state.items.get(item.code, ItemState()).quantity
            moments = _moments(item, fold.row.events, since=opened)
            yield replace(
                empty,
                code=item.code,
                carried=carried,
                number=moments[-1][1] if moments else carried,
                peak=highest[item.code],
                _moments=moments,
            )
        elif price is None and item.code in new:
            yield replace(empty, code=item.code)
    held = {item.code for item in fold.row.items}
    yield from (replace(empty, code=code) for code in new if code not in held)


def _moments(
    item: ItemRow, events: Sequence[EventRow], *, since: datetime
) -> tuple[tuple[datetime, int, int], ...]:
    """What the item was set to after the opening, and by which event; what waits is not."""
    return tuple(
        (event.at, event.becomes, event.id)
        for event in events
        if event.item_id == item.id and event.at > since and not event.waits
    )
