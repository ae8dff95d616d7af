"""Rounding: the one place where an exact amount becomes money that can be paid."""

from __future__ import annotations

from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import Final

from billing.core.currencies import MINOR_DIGITS

# Wide enough that moving the point or dropping decimals never meets a second, hidden rounding.
_EXACT: Final = Context(prec=MAX_PREC, Emin=MIN_EMIN, Emax=MAX_EMAX, rounding=ROUND_HALF_UP)
_MOST_DIGITS: Final = 28
_QUANTA: Final = tuple(Decimal((0, (1,), -digits)) for digits in range(_MOST_DIGITS + 1))


def round_half_up(value: Fraction | Decimal | int, digits: int) -> Decimal:
    """Round to `digits` decimals (0 to 28), half up in magnitude: 0.125 → 0.13, −0.125 → −0.13.

    The result has exactly `digits` decimals and is never a negative zero. TypeError for a float,
    ValueError for a Decimal that is not finite. PRICE-9.
    """
    if not 0 <= digits <= _MOST_DIGITS:
        raise ValueError(f"Money has 0 to {_MOST_DIGITS} decimals, got {digits}.")
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError(f"An amount is a finite number, got {value}.")
        rounded = value.quantize(_QUANTA[digits], context=_EXACT)
        return rounded if rounded else abs(rounded)  # −0.004 must not be printed as -0.00
    if not isinstance(value, Fraction | int):
        raise TypeError(f"An amount is a Fraction, a Decimal or an int, got {value!r}.")
    numerator, denominator = value.numerator, value.denominator
    units = (2 * abs(numerator) * 10**digits + denominator) // (2 * denominator)
    return Decimal(-units if numerator < 0 else units).scaleb(-digits, context=_EXACT)


def minor_digits(currency: str) -> int:
    """How many decimals `currency` has by ISO 4217: JPY 0, EUR 2, KWD 3. ValueError if unknown."""
    try:
        return MINOR_DIGITS[currency]
    except KeyError:
        raise ValueError(
            f"{currency!r} is no currency of ISO 4217. Write its three capital letters, e.g. EUR."
        ) from None


def to_minor_unit(value: Fraction | Decimal | int, currency: str) -> Decimal:
    """`value` rounded to what can be paid in `currency`, with exactly its decimals. PRICE-9."""
    return round_half_up(value, minor_digits(currency))
