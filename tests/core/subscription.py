"""One small subscription, told cycle by cycle, for tests of the fold."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from billing.core import state as states
from billing.core.bill import Bill, Change, ChangeBill, Happened, MemberChange, Pin, bill
from billing.core.bill import changes_so_far as fold_so_far
from billing.core.lines import Line, Ref
from billing.core.periods import Cycles, Interval, first_instant
from billing.core.pricing import Basis, Model, Price, Timing
from billing.core.state import State

ZONE = "Europe/Prague"
JANUARY = date(2026, 1, 31)
MONTHLY = Cycles(JANUARY, Interval.MONTH)


def price(amount: str = "19.00", **choices: Any) -> Price:
    """A price per unit and month in advance, unless something else is chosen."""
    chosen = {
        "version": "v1",
        "model": Model.PER_UNIT,
        "timing": Timing.ADVANCE,
        "basis": Basis.SET,
        "amount": None if choices.get("tiers") else Decimal(amount),
    }
    return Price(**(chosen | choices))


def at(day: date, hour: int = 12) -> datetime:
    """An hour of a local day; hour 0 is its first instant."""
    return first_instant(day, ZONE) + timedelta(hours=hour)


def sets(day: date, product: str, quantity: int, ref: Ref = "event", **more: Any) -> Change:
    hour = more.pop("hour", 12)
    return Change(at(day, hour), day, product, quantity, ref, **more)


def joins(day: date, ref: Ref = "joined", hour: int = 12) -> MemberChange:
    return MemberChange(at(day, hour), day, 1, ref)


def leaves(day: date, ref: Ref = "left", hour: int = 12) -> MemberChange:
    return MemberChange(at(day, hour), day, -1, ref)


@dataclass
class Subscription:
    """A monthly subscription from 31 January 2026 in Prague, in EUR."""

    pins: list[Pin]
    cycles: Cycles = MONTHLY
    currency: str = "EUR"
    state: State = field(default_factory=State.nothing)
    opened: int = 0

    @classmethod
    def of(cls, **prices: Price) -> Subscription:
        return cls([Pin(product, price, date.min) for product, price in prices.items()])

    @property
    def products(self) -> list[str]:
        return list(dict.fromkeys(pin.product for pin in self.pins))

    def opens(
        self,
        *changes: Change,
        members: Iterable[MemberChange] = (),
        used: dict[str, int] | None = None,
    ) -> Bill:
        """The next opening after these changes; the state goes through JSON, as it is stored."""
        opens = self.cycles.nth(self.opened)
        made = bill(
            self.state,
            ended=self.cycles.nth(self.opened - 1) if self.opened else None,
            opens=opens,
            opens_at=first_instant(opens.period.start, ZONE),
            happened=Happened(changes, tuple(members), used or {}),
            pins=self.pins,
            products=self.products,
            currency=self.currency,
        )
        self.state = states.from_json(json.loads(json.dumps(states.to_json(made.state))))
        self.opened += 1
        return made

    def so_far(self, *changes: Change) -> tuple[tuple[ChangeBill, ...], State]:
        return fold_so_far(
            self.state,
            cycle=self.cycles.nth(self.opened - 1),
            happened=Happened(changes),
            pins=self.pins,
            products=self.products,
            currency=self.currency,
        )


def told(lines: Iterable[Line]) -> list[tuple[str, int, str]]:
    """Kind, quantity and amount of each line: what most tests are about."""
    return [(line.kind.value, line.quantity, f"{line.amount:f}") for line in lines]
