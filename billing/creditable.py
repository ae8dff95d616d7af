"""What of an issued invoice can still be given back: its stored lines as the core reads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

from billing.core.credit import Billed, CreditNote, Part, left_of_lines
from billing.core.display import format_money
from billing.core.money import to_minor_unit
from billing.core.tax import TaxAmount, Treatment, share_of_percent
from billing.models import Bill, Invoice, Line
from billing.refusals import ChangeRefused


@dataclass(frozen=True)
class Creditable:
    """An issued invoice with its lines in the order of the document, and its notes so far."""

    invoice: Invoice
    bills: tuple[Bill, ...]
    lines: tuple[Line, ...]
    billed: Billed
    notes: tuple[CreditNote, ...]

    @cached_property
    def left(self) -> Mapping[int, Decimal]:
        """What is left of each line (by its id), before the discount."""
        left = left_of_lines(self.billed, self.notes)
        return {line.pk: rest for line, rest in zip(self.lines, left, strict=True)}

    @property
    def total_left(self) -> Decimal:
        """What is left of the invoice, with tax."""
        return self.billed.total - sum((note.total for note in self.notes), Decimal(0))

    @cached_property
    def places(self) -> Mapping[int, int]:
        """Where each line (by its id) stands on the document."""
        return {line.pk: place for place, line in enumerate(self.lines)}


def creditable(invoice: Invoice) -> Creditable:
    """What can still be given back of this invoice. Six queries, however many lines and notes.

    `ChangeRefused` for a document that gives already, and for one that does not say how its lines
    are taxed.
    """
    if invoice.kind != Invoice.Kind.INVOICE:
        raise ChangeRefused(f"{invoice} gives money already: there is nothing to give back of it.")
    if len(invoice.taxes) != 1:
        raise ChangeRefused(
            f"{invoice} does not say how each of its lines is taxed. Raise its credit note by hand."
        )
    currency = invoice.total.currency.code
    using = invoice._state.db or "default"
    bills = tuple(Bill.objects.using(using).filter(invoice=invoice).order_by("pk"))
    lines = _lines(bills, using)
    billed = _billed(invoice, bills, lines, currency)
    places = {line.pk: place for place, line in enumerate(lines)}
    return Creditable(invoice, bills, lines, billed, _notes(invoice, bills, places, currency))


def _lines(bills: Sequence[Bill], using: str) -> tuple[Line, ...]:
    rows = Line.objects.using(using).filter(bill__in=[bill.pk for bill in bills])
    return tuple(rows.select_related("bill").order_by("bill_id", "position"))


def _billed(
    invoice: Invoice, bills: Iterable[Bill], lines: Sequence[Line], currency: str
) -> Billed:
    tax = _tax(invoice.taxes[0], currency, sign=1)
    treatment = Treatment(tax.rate, tax.category, tax.reason)
    places: dict[int, list[int]] = {}
    for place, line in enumerate(lines):
        places.setdefault(line.bill_id, []).append(place)
    return Billed(
        nets=tuple(to_minor_unit(line.amount, currency) for line in lines),
        parts=tuple(
            Part(
                places=tuple(places.get(bill.pk, ())),
                treatment=treatment,
                off=share_of_percent(bill.discount_percent),
                base=to_minor_unit(bill.subtotal - bill.discount, currency),
            )
            for bill in bills
        ),
        taxes=(tax,),
    )


def _notes(
    invoice: Invoice, bills: Sequence[Bill], places: Mapping[int, int], currency: str
) -> tuple[CreditNote, ...]:
    """The credit notes of the invoice, oldest first, amounts given back above zero."""
    notes = invoice.corrections.prefetch_related("bills__lines__reverses").order_by("pk")
    return tuple(_note(note, bills, places, currency) for note in notes)


def _note(
    note: Invoice, bills: Sequence[Bill], places: Mapping[int, int], currency: str
) -> CreditNote:
    credited: list[tuple[int, Decimal]] = []
    bases = {bill.pk: to_minor_unit(0, currency) for bill in bills}
    for bill in note.bills.all():
        for line in bill.lines.all():
            if line.reverses is None:
                raise ValueError(f"A line of {note} does not say which line it gives back.")
            credited.append((places[line.reverses_id], to_minor_unit(-line.amount, currency)))
            original = line.reverses.bill_id
        bases[original] += to_minor_unit(bill.discount - bill.subtotal, currency)
    taxes = tuple(_tax(tax, currency, sign=-1) for tax in note.taxes)
    return CreditNote(tuple(credited), tuple(bases.values()), taxes)


def _tax(tax: Mapping[str, Any], currency: str, *, sign: int) -> TaxAmount:
    return TaxAmount(
        rate=None if tax["rate"] is None else Decimal(tax["rate"]),
        base=to_minor_unit(sign * Decimal(tax["base"]), currency),
        amount=to_minor_unit(sign * Decimal(tax["amount"]), currency),
        category=tax["category"],
        reason=tax.get("reason") or "",
    )


def part_of(line: Line, *, share: Fraction, currency: str) -> Decimal:
    """A share of a line's amount, rounded once: a quarter of 38.71 is 9.68."""
    return to_minor_unit(Fraction(line.amount) * share, currency)


def beyond(amount: Decimal, *, line: Line, left: Decimal, currency: str) -> str:
    """Why this is not given back of a line of which so much is ``left``; nothing where it can be.

    A line below zero gives back amounts below zero (STAFF-2).
    """
    if min(left, Decimal(0)) <= amount <= max(left, Decimal(0)):
        return ""
    name = line.names["en"]
    if not left:
        return f"Nothing is left to give back of {name}. Choose another line."
    rest, asked = (
        format_money(to_minor_unit(one, currency), currency, "en") for one in (left, amount)
    )
    if (amount < 0) != (left < 0):
        side = "above" if left > 0 else "below"
        return f"Write an amount {side} 0: {rest} are left to give back of {name}."
    return (
        f"{rest} are left to give back of {name}, and {asked} was asked for. "
        "Write no more than what is left."
    )
