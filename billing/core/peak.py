"""Peaks: the highest quantity set at any moment of a cycle, the one carried in included."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

Moment = TypeVar("Moment", date, datetime)
Quantity = TypeVar("Quantity", int, Decimal)


def peak(
    levels: Iterable[tuple[Moment, Quantity]], *, start: Moment, end: Moment
) -> Quantity | int:
    """The highest quantity in force from `start` until just before `end`; 0 where none was set.

    `levels` are (moment, quantity set then), oldest first; each holds until the next. What is set
    at `start` itself replaces what would have been carried in. PRICE-3; worked example: 9 set on
    12 February and 4 on 20 February: February's peak is 9, March's 4.
    """
    carried: Quantity | int = 0
    highest: Quantity | int | None = None
    for moment, quantity in levels:
        if moment >= end:
            break
        if moment <= start:
            carried = quantity
        elif highest is None or quantity > highest:
            highest = quantity
    return carried if highest is None else max(carried, highest)


def newly_paid(quantities: Iterable[int], *, paid: int = 0) -> list[int]:
    """The units of each quantity, in turn, that nobody has paid for yet in this cycle.

    What is paid stays paid: a dip and a return up to the number already paid cost nothing.
    PRICE-5, RSL-9; worked example: 10, 5, 15 → 10, 0, 5.
    """
    added = []
    for quantity in quantities:
        added.append(max(0, quantity - paid))
        paid = max(paid, quantity)
    return added
