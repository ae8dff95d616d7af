"""Credits: what is given back of an invoice, never more than was billed less earlier credits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Final

from billing.core.allocation import round_together
from billing.core.money import minor_digits, to_minor_unit
from billing.core.tax import TaxAmount, Treatment, tax_on

_NOTHING: Final = Decimal(0)
_HALF: Final = Fraction(1, 2)


class CreditTooHigh(ValueError):
    """A credit of more than was billed and not credited yet."""


@dataclass(frozen=True, slots=True)
class BilledLine:
    """A line of an issued invoice: its rounded net, how it is taxed, whether it was discounted."""

    net: Decimal
    treatment: Treatment
    discounted: bool = True


@dataclass(frozen=True, slots=True)
class Part:
    """Lines that are discounted and taxed alike, by their places on the invoice.

    `off` is the share that the discount takes of each, `base` what it has left of them all, rounded
    as the invoice rounded it.
    """

    places: tuple[int, ...]
    treatment: Treatment
    off: Fraction
    base: Decimal


@dataclass(frozen=True, slots=True)
class Billed:
    """An issued invoice as a credit note sees it; `taxes` are those that stand on it."""

    nets: tuple[Decimal, ...]
    parts: tuple[Part, ...]
    taxes: tuple[TaxAmount, ...]

    @property
    def net(self) -> Decimal:
        return sum((part.base for part in self.parts), _NOTHING)

    @property
    def discount(self) -> Decimal:
        return sum(self.nets, _NOTHING) - self.net

    @property
    def tax(self) -> Decimal:
        return sum((tax.amount for tax in self.taxes), _NOTHING)

    @property
    def total(self) -> Decimal:
        return self.net + self.tax

    def of_part(self, part: Part) -> Decimal:
        """What the lines of a part come to before the discount."""
        return sum((self.nets[place] for place in part.places), _NOTHING)


@dataclass(frozen=True, slots=True)
class CreditNote:
    """What one credit note gives back; `total` is its `net` and its taxes.

    `credited` are (line of the invoice, amount before the discount), `bases` what is left of them
    after it, one for each part of the invoice.
    """

    credited: tuple[tuple[int, Decimal], ...]
    bases: tuple[Decimal, ...]
    taxes: tuple[TaxAmount, ...]

    @property
    def net(self) -> Decimal:
        return sum(self.bases, _NOTHING)

    @property
    def discount(self) -> Decimal:
        return sum((amount for _, amount in self.credited), _NOTHING) - self.net

    @property
    def tax(self) -> Decimal:
        return sum((tax.amount for tax in self.taxes), _NOTHING)

    @property
    def total(self) -> Decimal:
        return self.net + self.tax


def billed(lines: Sequence[BilledLine], discount: Decimal, currency: str) -> Billed:
    """An invoice with its taxes, the discount spread over the discounted lines by their nets.

    ValueError for a discount without a line that it could be taken off, or above those lines.
    """
    off = _share_off(lines, discount)
    places: dict[tuple[Treatment, bool], list[int]] = {}
    for place, line in enumerate(lines):
        places.setdefault((line.treatment, line.discounted), []).append(place)
    kept = {key: 1 - off if key[1] else Fraction(1) for key in places}
    exact = {
        key: sum(Fraction(lines[place].net) for place in mine) * kept[key]
        for key, mine in places.items()
    }
    net = sum((line.net for line in lines), -discount)
    rounded = round_together(tuple(exact.values()), total=net, digits=minor_digits(currency))
    parts = tuple(
        Part(tuple(mine), key[0], 1 - kept[key], base)
        for (key, mine), base in zip(places.items(), rounded, strict=True)
    )
    exactly: dict[Treatment, Fraction] = {}
    for (how, _), amount in exact.items():
        exactly[how] = exactly.get(how, Fraction(0)) + amount
    taxes = tuple(
        _tax(how, _base_of(parts, how), to_minor_unit(tax_on(amount, how.rate), currency))
        for how, amount in exactly.items()
    )
    return Billed(tuple(line.net for line in lines), parts, taxes)


def left_of_lines(invoice: Billed, earlier: Sequence[CreditNote]) -> list[Decimal]:
    """What earlier notes have left of each line, before the discount."""
    left = list(invoice.nets)
    for note in earlier:
        for place, amount in note.credited:
            left[place] -= amount
    return left


def credit_note(
    invoice: Billed,
    credited: Sequence[tuple[int, Decimal]],
    *,
    earlier: Sequence[CreditNote] = (),
    currency: str,
) -> CreditNote:
    """Give back amounts of some lines, each with its part of the discount and its tax. STAFF-2.

    Net and tax are rounded by themselves, the tax once a rate; the note that completes a part or a
    rate takes what is left of it, so all notes together are the invoice to the cent, in whatever
    order. Worked example: two lines of 68.33 at 20 % carry 27.33 of tax; the first note has 13.67
    of it, the second 13.66.

    What has been given back so far lies between nothing and what was billed: of each line, of each
    part before and after its discount, of each rate's base and tax, of net and total; and no note
    gives back less than nothing. CreditTooHigh where it would not, as it may be where lines below
    zero have lowered the rest: credit them too.
    """
    giving = _Giving(invoice, credited, earlier, currency)
    bases = giving.bases()
    note = CreditNote(
        credited=tuple(credited),
        bases=tuple(bases.get(number, _NOTHING) for number in range(len(invoice.parts))),
        taxes=tuple(giving.taxes(bases)),
    )
    _refuse_above_invoice(invoice, note, earlier)
    return note


def _share_off(lines: Sequence[BilledLine], discount: Decimal) -> Fraction:
    """The share that a discount takes of the lines that it is taken off."""
    whole = sum((line.net for line in lines if line.discounted), _NOTHING)
    if discount and not whole:
        raise ValueError(f"A discount of {discount} has no line to be taken off.")
    if not _between(discount, whole):
        raise ValueError(f"A discount lies between 0 and {whole}, got {discount}.")
    return Fraction(discount) / Fraction(whole) if whole else Fraction(0)


class _Giving:
    """A note in the making: what is left of each line before and after it, and what was given."""

    def __init__(
        self,
        invoice: Billed,
        credited: Sequence[tuple[int, Decimal]],
        earlier: Sequence[CreditNote],
        currency: str,
    ) -> None:
        self.invoice, self.currency = invoice, currency
        self.left = left_of_lines(invoice, earlier)
        for place, amount in credited:
            self.left[place] = _taken(self.left[place], amount, place)
        self.asked = _asked(invoice, credited)
        self.given = [
            sum((note.bases[number] for note in earlier), _NOTHING)
            for number in range(len(invoice.parts))
        ]
        self.taxes_given: dict[Treatment, Decimal] = dict.fromkeys(
            map(_how, invoice.taxes), _NOTHING
        )
        for tax in (tax for note in earlier for tax in note.taxes):
            self.taxes_given[_how(tax)] += tax.amount

    def bases(self) -> dict[int, Decimal]:
        """What is given back of each part, rounded together, as far as what is left allows."""
        exact = [amount for _, amount in self.asked.values()]
        net = to_minor_unit(sum(exact, Fraction(0)), self.currency)
        rounded = round_together(exact, total=net, digits=minor_digits(self.currency))
        return {
            number: self._base(number, amount, natural)
            for (number, (amount, _)), natural in zip(self.asked.items(), rounded, strict=True)
        }

    def _base(self, number: int, amount: Decimal, natural: Decimal) -> Decimal:
        part, given = self.invoice.parts[number], self.given[number]
        if self._completes(part):
            return part.base - given
        whole = self.invoice.of_part(part)
        so_far = whole - sum((self.left[place] for place in part.places), _NOTHING)
        _refuse_beyond(so_far, whole, asked=amount, of="discounted and taxed like it")
        side = -1 if whole < 0 else 1
        exact = Fraction(so_far) * (1 - part.off)
        kept = _near(side * (given + natural), side * exact, self.currency)
        # Of base and discount neither may be given back more than all, nor less than nothing.
        discount = side * (whole - part.base)
        least = max(_NOTHING, side * so_far - discount, side * given + min(side * amount, _NOTHING))
        most = min(side * part.base, side * so_far, side * given + max(side * amount, _NOTHING))
        return side * min(max(kept, least), most) - given

    def taxes(self, bases: Mapping[int, Decimal]) -> Iterator[TaxAmount]:
        """The tax of each rate that is touched, on its part of ``bases``."""
        touched: dict[Treatment, list[int]] = {}
        for number in bases:
            touched.setdefault(self.invoice.parts[number].treatment, []).append(number)
        for how, numbers in touched.items():
            base = sum((bases[number] for number in numbers), _NOTHING)
            exact = sum((self.asked[number][1] for number in numbers), Fraction(0))
            yield _tax(how, base, self._tax(how, base, tax_on(exact, how.rate)))

    def _tax(self, how: Treatment, base: Decimal, exact: Fraction) -> Decimal:
        [whole] = [tax for tax in self.invoice.taxes if _how(tax) == how]
        mine = [n for n, part in enumerate(self.invoice.parts) if part.treatment == how]
        so_far = sum((self.given[number] for number in mine), base)
        _refuse_beyond(so_far, whole.base, asked=base, of="taxed like it")
        given = self.taxes_given[how]
        if all(self._completes(self.invoice.parts[number]) for number in mine):
            return whole.amount - given
        side = -1 if whole.amount < 0 else 1
        asked = side * (given + to_minor_unit(exact, self.currency))
        kept = _near(asked, side * tax_on(so_far, how.rate), self.currency)
        return side * min(max(kept, _NOTHING), side * whole.amount) - given

    def _completes(self, part: Part) -> bool:
        return not any(self.left[place] for place in part.places)


def _asked(
    invoice: Billed, credited: Sequence[tuple[int, Decimal]]
) -> dict[int, tuple[Decimal, Fraction]]:
    """What is asked of each part, by its number: before the discount, and exactly after it.

    In the order of the invoice, in whichever the lines are named: where two parts lose alike in
    rounding, the first of them has the unit.
    """
    part_of = {place: number for number, one in enumerate(invoice.parts) for place in one.places}
    asked: dict[int, Decimal] = {}
    for place, amount in credited:
        asked[part_of[place]] = asked.get(part_of[place], _NOTHING) + amount
    return {
        number: (amount, Fraction(amount) * (1 - invoice.parts[number].off))
        for number, amount in sorted(asked.items())
    }


def _near(amount: Decimal, exact: Fraction, currency: str) -> Decimal:
    """`amount`, but less than half of the currency's main unit off what it is exactly.

    Notes are rounded one by one. In a currency without decimals many small ones would come to
    another amount than their sum, and what is left for the last one to none that EN 16931 takes.
    """
    digits = minor_digits(currency)
    units = 10**digits
    most = floor((exact + _HALF) * units)
    least = floor((exact - _HALF) * units) + 1
    return min(max(amount, Decimal(least).scaleb(-digits)), Decimal(most).scaleb(-digits))


def _refuse_beyond(so_far: Decimal, whole: Decimal, *, asked: Decimal, of: str) -> None:
    if not _between(so_far, whole):
        given = so_far - asked
        raise _too_high(asked, sorted((-given, whole - given)), of)


def _refuse_above_invoice(invoice: Billed, note: CreditNote, earlier: Sequence[CreditNote]) -> None:
    net = invoice.net - sum((one.net for one in earlier), _NOTHING)
    total = invoice.total - sum((one.total for one in earlier), _NOTHING)
    for asked, left in ((note.net, net), (note.total, total)):
        if not _between(asked, left):
            raise _too_high(asked, sorted((_NOTHING, left)), "on the whole invoice")


def _too_high(asked: Decimal, bounds: Sequence[Decimal], of: str) -> CreditTooHigh:
    least, most = bounds
    return CreditTooHigh(
        f"{asked} was asked for, but {least} to {most} of what is {of} can be given back, because "
        "lines below zero have lowered it. Credit them together."
    )


def _between(amount: Decimal, whole: Decimal) -> bool:
    """Whether this lies between nothing and the whole, on whichever side of zero that is."""
    return min(whole, _NOTHING) <= amount <= max(whole, _NOTHING)


def _taken(left: Decimal, amount: Decimal, place: int) -> Decimal:
    if not _between(amount, left):
        raise CreditTooHigh(f"Line {place} has {left} left to credit, {amount} was asked for.")
    return left - amount


def _base_of(parts: Sequence[Part], how: Treatment) -> Decimal:
    return sum((part.base for part in parts if part.treatment == how), _NOTHING)


def _how(tax: TaxAmount) -> Treatment:
    return Treatment(tax.rate, tax.category, tax.reason)


def _tax(how: Treatment, base: Decimal, amount: Decimal) -> TaxAmount:
    return TaxAmount(how.rate, base, amount, how.category, how.reason)
