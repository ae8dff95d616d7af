"""Taxes: which rate an account pays and why, and the tax on what is taxed alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import Final

from billing.core.money import to_minor_unit

_PERCENT: Final = 100
_NO_TAX: Final = Decimal(0)


class Category(StrEnum):
    """The codes of EN 16931 for how something is taxed."""

    STANDARD = "S"
    ZERO = "Z"
    REVERSE_CHARGE = "AE"
    EXEMPT = "E"


class Reason(StrEnum):
    """Why no tax is charged; what an invoice must say in words."""

    NONE = ""
    ZERO_RATE = "zero_rate"
    REVERSE_CHARGE = "reverse_charge"
    EXEMPT = "exempt"


@dataclass(frozen=True, slots=True)
class Treatment:
    """How an amount is taxed: `rate` in percent (None: outside the scope of tax), and why."""

    rate: Decimal | None
    category: str
    reason: str = Reason.NONE


@dataclass(frozen=True, slots=True)
class TaxAmount:
    """The tax on everything that is taxed alike: `amount` = `base` × `rate` %, rounded once."""

    rate: Decimal | None
    base: Decimal
    amount: Decimal
    category: str
    reason: str = Reason.NONE


def treatment(
    *,
    seller_country: str,
    customer_country: str,
    rate: Decimal | None,
    tax_id_counts: bool,
    exempt: bool,
) -> Treatment:
    """How a customer is taxed. ALL-5.

    `rate` is the seller's rate for the customer's country in percent, None where there is none;
    `tax_id_counts` says that the customer has a tax ID that was found valid, or whose check was
    unavailable. ValueError for a rate below zero.
    """
    if rate is not None and rate < 0:
        raise ValueError(f"A tax rate is zero or more percent, got {rate}.")
    if exempt:
        return Treatment(_NO_TAX, Category.EXEMPT, Reason.EXEMPT)
    if tax_id_counts and customer_country != seller_country:
        return Treatment(_NO_TAX, Category.REVERSE_CHARGE, Reason.REVERSE_CHARGE)
    if not rate:
        return Treatment(_NO_TAX, Category.ZERO, Reason.ZERO_RATE)
    return Treatment(rate, Category.STANDARD)


def tax_on(base: Fraction | Decimal, rate: Decimal | None) -> Fraction:
    """The exact tax on `base` at `rate` percent; nothing where there is no rate."""
    return Fraction(base) * share_of_percent(rate) if rate else Fraction(0)


@lru_cache(maxsize=256)
def share_of_percent(rate: Decimal) -> Fraction:
    """A rate in percent as a share of one: 21 is 21/100. Kept, because runs ask it each time."""
    return Fraction(rate) / _PERCENT


def with_tax(net: Fraction | Decimal, rate: Decimal | None) -> Fraction:
    """`net` and the exact tax on it."""
    return Fraction(net) + tax_on(net, rate)


def tax_amounts(taxed: Iterable[tuple[Decimal, Treatment]], currency: str) -> tuple[TaxAmount, ...]:
    """The tax of each rate, rounded once on the sum of its amounts, in order of appearance. ALL-5.

    Worked example: 1.24 and 1.24 at 10 % are 0.248 → 0.25, not 0.12 + 0.12.
    """
    bases: dict[Treatment, Decimal] = {}
    for amount, how in taxed:
        bases[how] = bases.get(how, _NO_TAX) + amount
    return tuple(
        TaxAmount(
            rate=how.rate,
            base=to_minor_unit(base, currency),
            amount=to_minor_unit(tax_on(base, how.rate), currency),
            category=how.category,
            reason=how.reason,
        )
        for how, base in bases.items()
    )
