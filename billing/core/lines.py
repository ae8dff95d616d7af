"""The lines of a bill: what is charged or credited, for which days, and what made it so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from billing.core.periods import Period
from billing.core.proration import Share

Ref: TypeAlias = int | str
"""What names an event: its id in the product, its path in a scenario."""

Json: TypeAlias = bool | int | str | list["Json"] | dict[str, "Json"] | None
"""A value that JSON can hold and give back unchanged; amounts are strings, never floats."""


class Kind(StrEnum):
    """What a line charges for."""

    ADVANCE = "advance"
    MEMBERS = "members"
    PRORATION = "proration"
    CREDIT = "credit"
    PEAK = "peak"
    METERED = "metered"
    ONCE = "once"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a bill, as decision 10 stores it.

    It multiplies out: `amount` = price(`units`, else `quantity`) × `months` × `share`, rounded once
    to the currency; on credit lines the amount alone is negative. `units` is there where a peak
    price counts a unit as something else than one, `months` (12) where a monthly price stands in a
    yearly cycle, `share` (days, days of the whole cycle, not reduced) where it is not the whole,
    `unit_amount` on per-unit prices. `because` names the events that set the quantity; on credit
    and proration lines, the one that made the change.
    """

    product: str
    kind: Kind
    period: Period
    quantity: int
    units: Decimal | None
    unit_amount: Decimal | None
    share: Share | None
    months: int | None
    amount: Decimal
    because: tuple[Ref, ...]
    price_version: str


def to_json(line: Line) -> list[Json]:
    """The line as a compact list that JSON holds without loss; `from_json` reads it back."""
    return [
        line.product,
        line.kind.value,
        line.period.start.isoformat(),
        line.period.end.isoformat(),
        line.quantity,
        None if line.units is None else format(line.units, "f"),
        None if line.unit_amount is None else format(line.unit_amount, "f"),
        None if line.share is None else list(line.share),
        line.months,
        format(line.amount, "f"),
        list(line.because),
        line.price_version,
    ]


def from_json(stored: object) -> Line:
    """The line that `to_json` wrote. ValueError for anything else."""
    match stored:
        case [
            str(product),
            str(kind),
            str(start),
            str(end),
            int(quantity),
            None | str() as units,
            None | str() as unit_amount,
            None | [int(), int()] as share,
            None | int() as months,
            str(amount),
            list(because),
            str(price_version),
        ]:
            return Line(
                product=product,
                kind=Kind(kind),
                period=Period(date.fromisoformat(start), date.fromisoformat(end)),
                quantity=quantity,
                units=None if units is None else Decimal(units),
                unit_amount=None if unit_amount is None else Decimal(unit_amount),
                share=None if share is None else (share[0], share[1]),
                months=months,
                amount=Decimal(amount),
                because=tuple(because),
                price_version=price_version,
            )
    raise ValueError(f"This is no stored line: {stored!r}.")
