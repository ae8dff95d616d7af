"""Balances: what of a line or a payment can go back, and what a credit balance covers."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from billing.core.money import to_minor_unit
from billing.core.proration import prorate
from billing.core.tax import tax_on

_NOTHING: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class LineCredit:
    """The credit of one line's unused days: `total` = `net` − `discount` + `tax`."""

    net: Decimal
    discount: Decimal
    tax: Decimal
    total: Decimal


def unused_credit(
    net: Decimal,
    *,
    unused: Fraction,
    rate: Decimal | None,
    currency: str,
    discount: Decimal = _NOTHING,
    credited_before: Decimal = _NOTHING,
) -> LineCredit:
    """What a line of `net` gives back when the share `unused` of it is not used any more.

    `discount` was taken off the line, `credited_before` (before discount) was given back already;
    nothing is given back below zero. Net, discount and tax are each rounded once. Worked example:
    31.00 with 5.00 off, 2.00 credited, 16 of 31 days at 20 %: 14.00 − 2.26 + 2.35 = 14.09.
    """
    exact = max(Fraction(0), Fraction(net) * unused - Fraction(credited_before))
    off = prorate(discount, exact, Fraction(net)) if net > 0 else Fraction(0)
    rounded = to_minor_unit(exact, currency)
    rounded_off = to_minor_unit(off, currency)
    tax = to_minor_unit(tax_on(exact - off, rate), currency)
    return LineCredit(rounded, rounded_off, tax, rounded - rounded_off + tax)


def refundable(
    paid: Decimal,
    *,
    line_total: Fraction,
    invoice_total: Fraction,
    used: Fraction,
    credit: Decimal,
    currency: str,
) -> Decimal:
    """How much of a line's `credit` can go back as money; the rest stays as credit on account.

    Of what was `paid` on the invoice the line has the share `line_total` / `invoice_total` (both
    with tax), and the days used eat up the share `used` of its total; each is rounded once.
    """
    if invoice_total <= 0:
        return to_minor_unit(0, currency)
    share_paid = to_minor_unit(prorate(paid, line_total, invoice_total), currency)
    eaten = to_minor_unit(line_total * used, currency)
    return min(max(to_minor_unit(0, currency), share_paid - eaten), credit)


def capped_credit(potential: Decimal, *, billed: Decimal, credited_before: Decimal) -> Decimal:
    """`potential`, but never below zero and never more than billed less earlier credits."""
    return max(_NOTHING, min(potential, billed - credited_before))


@dataclass(frozen=True, slots=True)
class Applied:
    """A credit balance used on an invoice: what it covers, what is to be paid, what is left."""

    applied: Decimal
    to_pay: Decimal
    left: Decimal


def apply_credit(total: Decimal, balance: Decimal) -> Applied:
    """Use a credit balance on an invoice of `total`: as much as both allow, never below zero."""
    applied = max(_NOTHING, min(total, balance))
    return Applied(applied, total - applied, balance - applied)
