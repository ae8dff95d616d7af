"""Splits: an amount shared out by ratios so that no cent is lost."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import floor

from billing.core.money import round_half_up


def allocate(
    amount: Decimal | int, ratios: Sequence[Fraction | Decimal | int], *, digits: int
) -> tuple[Decimal, ...]:
    """Split `amount` by `ratios` into shares of `digits` decimals that add up to it exactly.

    Largest remainder: every share is cut down, then the units left go one by one to the shares that
    lost most, the first of equals first. Worked example: 10 by 1 : 1 : 1 → 4, 3, 3.
    ValueError when there is no ratio above zero, one below zero, or the amount has more decimals
    than the shares may have.
    """
    weights = [Fraction(ratio) for ratio in ratios]
    whole = sum(weights, Fraction(0))
    if whole <= 0 or min(weights) < 0:
        raise ValueError(f"Ratios are zero or more, one of them above zero, got {ratios}.")
    units = Fraction(amount) * 10**digits
    if units.denominator != 1:
        raise ValueError(f"{amount} cannot be split into shares of {digits} decimals.")
    return _parts([units * weight / whole for weight in weights], int(units), digits)


def round_together(
    exact: Sequence[Fraction], *, total: Decimal, digits: int
) -> tuple[Decimal, ...]:
    """Round exact amounts so that they add up to `total`, each less than one unit from its own.

    For a total that has been rounded by itself: what each part of it is worth must still add up.
    ValueError for a total that the amounts cannot be rounded to.
    """
    scale = 10**digits
    return _parts([amount * scale for amount in exact], int(Fraction(total) * scale), digits)


def _parts(exact: Sequence[Fraction], units: int, digits: int) -> tuple[Decimal, ...]:
    """Cut `exact` units down to whole ones and hand out the rest, largest loss first."""
    shares = [floor(share) for share in exact]
    cut = sum(share != whole for share, whole in zip(exact, shares, strict=True))
    rest = units - sum(shares)
    if not 0 <= rest <= cut:
        raise ValueError(f"{units} units cannot be rounded together from {sum(exact)}.")
    by_loss = sorted(range(len(exact)), key=lambda place: shares[place] - exact[place])
    for place in by_loss[:rest]:
        shares[place] += 1
    return tuple(round_half_up(Fraction(share, 10**digits), digits) for share in shares)
