"""Totals: the foot of an invoice, from its lines down to what is to be paid."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from billing.core.money import to_minor_unit
from billing.core.tax import TaxAmount, Treatment, share_of_percent, tax_amounts

__all__ = [
    "Document",
    "DocumentTotals",
    "Part",
    "TaxAmount",
    "Taxed",
    "Totals",
    "Treatment",
    "document_totals",
    "line_net",
    "totals",
]


@dataclass(frozen=True, slots=True)
class Part:
    """Lines that share a discount and a tax treatment, e.g. one client of a reseller's invoice."""

    subtotal: Decimal
    discount_percent: Decimal
    treatment: Treatment


@dataclass(frozen=True, slots=True)
class Totals:
    """The foot of an invoice; `total` = `subtotal` − `discount` + all taxes.

    `taxes` has one entry for each way of being taxed, also where the rate is zero, because an
    invoice names every base and why nothing is charged on it.
    """

    subtotal: Decimal
    discount: Decimal
    taxes: tuple[TaxAmount, ...]
    total: Decimal

    @property
    def charged_taxes(self) -> tuple[TaxAmount, ...]:
        """The entries with a rate above zero."""
        return tuple(tax for tax in self.taxes if tax.rate)


def totals(parts: Sequence[Part], currency: str) -> Totals:
    """Add up an invoice; no parts make an invoice of zero without taxes. ALL-5, RSL-2.

    The discount is rounded once a part, the tax once a rate, both half up in magnitude; a part
    below zero is discounted too. Worked example: 453.43 at 21 % is 95.22 of tax, 548.65 in all.
    """
    zero = to_minor_unit(0, currency)
    subtotal, discount = zero, zero
    taxed = []
    for part in parts:
        off = zero
        if part.discount_percent:
            exact = Fraction(part.subtotal) * share_of_percent(part.discount_percent)
            off = to_minor_unit(exact, currency)
        subtotal += part.subtotal
        discount += off
        taxed.append((part.subtotal - off, part.treatment))
    taxes = tax_amounts(taxed, currency)
    total = sum((tax.amount for tax in taxes), subtotal - discount)
    return Totals(subtotal, discount, taxes, total)


@dataclass(frozen=True, slots=True)
class Taxed:
    """An amount of a document with the way it is taxed."""

    amount: Decimal
    treatment: Treatment


@dataclass(frozen=True, slots=True)
class Document:
    """What a document of EN 16931 adds up.

    `lines` are nets, `allowances` and `charges` are taken off and put on the whole document,
    `prepaid` was paid before, `payable_rounding` is what the seller adds to a payable amount.
    """

    lines: tuple[Taxed, ...]
    allowances: tuple[Taxed, ...] = ()
    charges: tuple[Taxed, ...] = ()
    prepaid: Decimal = Decimal(0)
    payable_rounding: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class DocumentTotals:
    """The monetary totals of EN 16931 (BG-22) with the tax breakdown (BG-23)."""

    line_total: Decimal
    allowance_total: Decimal
    charge_total: Decimal
    tax_exclusive: Decimal
    taxes: tuple[TaxAmount, ...]
    tax_total: Decimal
    tax_inclusive: Decimal
    payable: Decimal


def line_net(
    *,
    quantity: Decimal,
    price: Decimal,
    base_quantity: Decimal = Decimal(1),
    allowances: Iterable[Decimal] = (),
    charges: Iterable[Decimal] = (),
    currency: str,
) -> Decimal:
    """The net amount of a line of EN 16931, rounded once.

    `price` is for `base_quantity` units; allowances of the line are taken off, charges put on.
    """
    exact = Fraction(quantity) * Fraction(price) / Fraction(base_quantity)
    put_on = sum(map(Fraction, charges), Fraction(0))
    taken_off = sum(map(Fraction, allowances), Fraction(0))
    return to_minor_unit(exact + put_on - taken_off, currency)


def document_totals(document: Document, currency: str) -> DocumentTotals:
    """Add up a document as EN 16931 does: tax once for each category and rate, on its base.

    Allowances and charges of the whole document belong to the base of their own category.
    """
    zero = to_minor_unit(0, currency)
    line_total = _sum(document.lines, zero)
    allowance_total = _sum(document.allowances, zero)
    charge_total = _sum(document.charges, zero)
    taken_off = ((-entry.amount, entry.treatment) for entry in document.allowances)
    put_on = ((entry.amount, entry.treatment) for entry in (*document.lines, *document.charges))
    taxes = tax_amounts((*put_on, *taken_off), currency)
    tax_total = sum((tax.amount for tax in taxes), zero)
    tax_exclusive = line_total - allowance_total + charge_total
    tax_inclusive = tax_exclusive + tax_total
    return DocumentTotals(
        line_total=line_total,
        allowance_total=allowance_total,
        charge_total=charge_total,
        tax_exclusive=tax_exclusive,
        taxes=taxes,
        tax_total=tax_total,
        tax_inclusive=tax_inclusive,
        payable=tax_inclusive - document.prepaid + document.payable_rounding,
    )


def _sum(entries: Iterable[Taxed], zero: Decimal) -> Decimal:
    return sum((entry.amount for entry in entries), zero)
