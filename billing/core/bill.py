"""The bill: a pure reading of a state, of what happened since, and of prices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from billing.core.charges import BeyondLastTier, charge
from billing.core.cycle import ChangeBill, RunningCycle
from billing.core.happened import Change, Happened, MemberChange, Use
from billing.core.held import Peak
from billing.core.lines import Kind, Line, Ref
from billing.core.periods import INSTANT, Cycle
from billing.core.pins import Pin, Pins
from billing.core.pricing import Basis, Price, Timing
from billing.core.state import ItemState, State, Waiting

__all__ = [
    "BeyondLastTier",
    "Bill",
    "Change",
    "ChangeBill",
    "Happened",
    "MemberChange",
    "Peak",
    "Pin",
    "Use",
    "bill",
    "changes_so_far",
    "peaks_so_far",
    "replace",
]


@dataclass(frozen=True, slots=True)
class Bill:
    """What an opening bills and hands on.

    `lines` are the opening's own: arrears of the cycle that ended, what was put off in it, then
    what the new cycle costs in advance. `changes` were charged at once within the ended cycle, one
    for each instant. `state` is true right after the opening.
    """

    lines: tuple[Line, ...]
    changes: tuple[ChangeBill, ...]
    state: State


def bill(
    state: State,
    *,
    ended: Cycle | None,
    opens: Cycle,
    opens_at: datetime,
    happened: Happened,
    pins: Sequence[Pin],
    products: Sequence[str],
    currency: str,
) -> Bill:
    """Close the cycle `ended` and open the next one, at the instant `opens_at`. PRICE, decision 5.

    `state` is that of the opening of `ended`; before the first opening `ended` is None and the
    state is nothing. `happened` is all that happened since, up to and with the first instant of
    `opens`. `products` is the whole catalogue in its order. The same values give the same bill.

    Raises ValueError for something that happened after the opening, before the first one, or of an
    unknown product, and BeyondLastTier (a ValueError) for a quantity without a price.

    Worked example: 3 seats at 19.00 from 31 January, 5 from 10 February on: charged at once is
    2 × 19.00 × 18/28 = 24.43, and the opening of 28 February charges 5 × 19.00 = 95.00.
    """
    book = Pins(pins)
    before, at_opening = _split(happened, opens_at)
    charged: tuple[ChangeBill, ...] = ()
    lines: list[Line] = []
    carried = state
    if ended is not None:
        running = RunningCycle(state, cycle=ended, pins=book, products=products, currency=currency)
        running.live(before.changes, before.members)
        carried, charged = running.state(), running.charged
        lines = running.arrears(happened.used, at=opens_at - INSTANT)
    elif before.changes or before.members:
        raise ValueError(f"Nothing can happen before the first opening at {opens_at}.")
    opening = _Opening(
        carried, cycle=opens, at=opens_at, pins=book, currency=currency, happened=at_opening
    )
    advance = opening.advance(products)
    return Bill((*lines, *carried.put_off, *advance), charged, opening.state())


def changes_so_far(
    state: State,
    *,
    cycle: Cycle,
    happened: Happened,
    pins: Sequence[Pin],
    products: Sequence[str],
    currency: str,
) -> tuple[tuple[ChangeBill, ...], State]:
    """What was charged at once in the running `cycle`, and what is true after all that happened.

    `state` is that of the opening of `cycle`. In the state that comes back the quantities are those
    in force, `waiting` are the Scheduled changes, and `put_off` is what the next opening will
    charge so far. It is a reading: the next bill starts from the state of the opening.
    """
    running = RunningCycle(
        state, cycle=cycle, pins=Pins(pins), products=products, currency=currency
    )
    running.live(happened.changes, happened.members)
    return running.charged, running.state()


def peaks_so_far(
    state: State,
    *,
    cycle: Cycle,
    happened: Happened,
    pins: Sequence[Pin],
    products: Sequence[str],
    currency: str,
) -> dict[str, Peak]:
    """What each product's peak would be billed by if the running `cycle` ended now. LIC-5.

    `state` is that of the opening of `cycle`. What nothing was ever set of has none.
    """
    running = RunningCycle(
        state, cycle=cycle, pins=Pins(pins), products=products, currency=currency
    )
    running.live(happened.changes, ())
    return {product: running.peak(product) for product in products}


def replace(
    *, old: Sequence[str], new: Mapping[str, int], at: datetime, day: date, ref: Ref
) -> tuple[Change, ...]:
    """The changes that replace the products `old` by `new` quantities, as one deed. Decision 7.

    The fold credits the old pro rata at their pinned prices and charges the new pro rata, both at
    once and in one bill, whatever their own rules say. A product on both sides is charged or
    credited for its difference only. ValueError when nothing is replaced.
    """
    if not old:
        raise ValueError("A replacement needs products to replace. Use a plain change instead.")
    wanted = {product: 0 for product in old} | dict(new)
    return tuple(
        Change(at=at, day=day, product=product, quantity=quantity, ref=ref, replaces=True)
        for product, quantity in wanted.items()
    )


def _split(happened: Happened, opens_at: datetime) -> tuple[Happened, Happened]:
    """What happened before the opening, and what at its first instant."""
    for at in (happening.at for log in (happened.changes, happened.members) for happening in log):
        if at > opens_at:
            raise ValueError(f"Something happened at {at}, later than the opening at {opens_at}.")
    before = Happened(
        [change for change in happened.changes if change.at < opens_at],
        [member for member in happened.members if member.at < opens_at],
    )
    at_opening = Happened(
        [change for change in happened.changes if change.at == opens_at],
        [member for member in happened.members if member.at == opens_at],
    )
    return before, at_opening


class _Opening:
    """The first instant of a cycle. Rule 3 of docs/scenario.md."""

    def __init__(
        self,
        carried: State,
        *,
        cycle: Cycle,
        at: datetime,
        pins: Pins,
        currency: str,
        happened: Happened,
    ) -> None:
        self._carried = carried
        self._cycle = cycle
        self._at = at
        self._pins = pins
        self._currency = currency
        self._changes = {change.product: change for change in happened.changes}
        self._members = carried.members + sum(member.step for member in happened.members)
        self._items: dict[str, ItemState] = {}

    def advance(self, products: Sequence[str]) -> list[Line]:
        """The lines of the new cycle in the order of the catalogue; the items are then open."""
        lost = (self._carried.items.keys() | self._changes.keys()).difference(products)
        if lost:
            raise ValueError(f"The catalogue has no {', '.join(sorted(lost))}. Pass all products.")
        lines = [self._open(product) for product in products]
        return [line for line in lines if line is not None]

    def state(self) -> State:
        return State(items=self._items, members=self._members)

    def _open(self, product: str) -> Line | None:
        price = self._pins.price(product, opening=self._cycle.period.start, at=self._at)
        item = self._item(product, price)
        if price is None:
            if item.quantity:
                raise ValueError(f"{product} has no price in force at {self._at}. Pin one first.")
            return None
        if price.basis is Basis.MEMBERS:
            self._items[product] = ItemState(
                item.quantity, item.because, item.waiting, self._members, price.version
            )
            return self._line(Kind.MEMBERS, product, price, self._members, None)
        if item.quantity or item.waiting:
            self._items[product] = item
        if price.timing is Timing.ARREARS:
            return None
        kind = Kind.ONCE if price.timing is Timing.ONCE else Kind.ADVANCE
        return self._line(kind, product, price, item.quantity, item.because)

    def _item(self, product: str, price: Price | None) -> ItemState:
        """The item as the opening leaves it: a waiting quantity first, then a change."""
        before = self._carried.items.get(product, _NOTHING_HELD)
        quantity, because = before.quantity, before.because
        if price is not None and price.timing is Timing.ONCE:
            quantity = 0
        if before.waiting is not None and before.waiting.quantity != quantity:
            quantity, because = before.waiting.quantity, before.waiting.because
        waiting = None
        change = self._changes.get(product)
        if change is not None and change.quantity != quantity:
            if change.waits:
                waiting = Waiting(change.quantity, change.ref)
            else:
                quantity, because = change.quantity, change.ref
        version = None if price is None else price.version
        return ItemState(quantity, because, waiting, quantity, version)

    def _line(
        self, kind: Kind, product: str, price: Price, quantity: int, because: Ref | None
    ) -> Line | None:
        return charge(
            kind=kind,
            product=product,
            price=price,
            quantity=quantity,
            cycle=self._cycle,
            currency=self._currency,
            because=() if because is None else (because,),
        )


_NOTHING_HELD: Final = ItemState()
