"""Parts of a cycle: the exact price of some of its days, over the days of the whole cycle."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from billing.core.periods import Cycle, Period

Share: TypeAlias = tuple[int, int]
"""Days charged and days of the whole cycle, not reduced: 8 of 28 stays (8, 28)."""


def share_of(part: Period, whole: Period) -> Share:
    """How much of `whole` is charged for `part`. ValueError when the whole has no day. PRICE-9."""
    if not whole.days:
        raise ValueError(f"A share needs a whole of one day or more, got {whole.start} only.")
    return part.days, whole.days


def share_from(cycle: Cycle, day: date) -> Share:
    """What is left of `cycle` from `day` on, the day included, over its whole. PRICE-9.

    Worked example: from 10 February in 31 January to 28 February 18 days of 28 are left.
    """
    return cycle.period.days_from(day), cycle.whole.days


def prorate(
    amount: Fraction | Decimal | int, part: Fraction | int, whole: Fraction | int
) -> Fraction:
    """`part` out of `whole` of this amount, exactly: nothing is rounded on the way.

    Rounding is left to the caller, who knows the currency. ValueError when `whole` is not above
    zero. PRICE-9.
    """
    if whole <= 0:
        raise ValueError(f"A share needs a whole above zero, got {whole}.")
    exact = amount if isinstance(amount, Fraction) else Fraction(amount)
    return exact * Fraction(part, whole)
