"""Credits: what is given back of an invoice, never more than was billed less earlier credits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from billing.core.allocation import round_together
from billing.core.money import minor_digits, to_minor_unit
from billing.core.proration import prorate
from billing.core.tax import TaxAmount, Treatment, tax_on

_NOTHING: Final = Decimal(0)


class CreditTooHigh(ValueError):
    """A credit of more than was billed and not credited yet."""


@dataclass(frozen=True, slots=True)
class BilledLine:
    """A line of an issued invoice: its rounded net, how it is taxed, whether it was discounted."""

    net: Decimal
    treatment: Treatment
    discounted: bool = True


@dataclass(frozen=True, slots=True)
class Billed:
    """An issued invoice as a credit note sees it; `taxes` are those that stand on it."""

    lines: tuple[BilledLine, ...]
    discount: Decimal
    taxes: tuple[TaxAmount, ...]

    @property
    def net(self) -> Decimal:
        return sum((line.net for line in self.lines), -self.discount)

    @property
    def tax(self) -> Decimal:
        return sum((tax.amount for tax in self.taxes), _NOTHING)

    @property
    def total(self) -> Decimal:
        return self.net + self.tax


@dataclass(frozen=True, slots=True)
class CreditNote:
    """What one credit note gives back; `net` is after `discount`, `total` = `net` + its taxes.

    `credited` are (line of the invoice, amount before the discount).
    """

    credited: tuple[tuple[int, Decimal], ...]
    discount: Decimal
    net: Decimal
    taxes: tuple[TaxAmount, ...]

    @property
    def tax(self) -> Decimal:
        return sum((tax.amount for tax in self.taxes), _NOTHING)

    @property
    def total(self) -> Decimal:
        return self.net + self.tax


def billed(lines: Sequence[BilledLine], discount: Decimal, currency: str) -> Billed:
    """An invoice with its taxes, the discount spread over the discounted lines by their nets.

    ValueError for a discount without a line that it could be taken off.
    """
    draft = Billed(tuple(lines), discount, ())
    exact = _exact_bases(draft, [(place, line.net) for place, line in enumerate(lines)])
    return Billed(draft.lines, discount, _taxes(exact, draft.net, currency))


def credit_note(
    invoice: Billed,
    credited: Sequence[tuple[int, Decimal]],
    *,
    earlier: Sequence[CreditNote] = (),
    currency: str,
) -> CreditNote:
    """Give back amounts of some lines, each with its part of the discount and its tax. STAFF-2.

    Net and tax are rounded by themselves, the tax once a rate; the net is the sum of the bases.
    Each rate gives back no more base, discount and tax than is left of it, and the note that
    completes it takes what is left, so all notes together are the invoice to the cent. Worked
    example: two lines of 68.33 at 20 % carry 27.33 of tax; the first note has 13.67 of it, the
    second 13.66. CreditTooHigh for more of a line than is left of it, and for more than is left of
    its rate or of the invoice where lines below zero have lowered that.
    """
    left = _left_of_lines(invoice, earlier)
    parts = _parts_left(invoice, left, earlier)
    for place, amount in credited:
        left[place] = _taken(left[place], amount, place)
        parts[invoice.lines[place].treatment].take(amount)
    open_still = {line.treatment for line, rest in zip(invoice.lines, left, strict=True) if rest}
    for how in parts.keys() - open_still:
        parts[how].completed = True
    exact = _exact_bases(invoice, credited)
    capped = {how: parts[how].capped(base, currency) for how, base in exact.items()}
    net = to_minor_unit(sum(capped.values(), Fraction(0)), currency)
    taxes = tuple(
        _with_amount(tax, parts[_treatment(tax)].tax(tax.amount))
        for tax in _taxes(capped, net, currency)
    )
    discount = sum((amount for _, amount in credited), _NOTHING) - net
    note = CreditNote(tuple(credited), discount, net, taxes)
    _refuse_above_invoice(invoice, note, earlier)
    return note


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


def _exact_bases(
    invoice: Billed, credited: Sequence[tuple[int, Decimal]]
) -> dict[Treatment, Fraction]:
    """What is left of the amounts after their part of the discount, by how they are taxed."""
    whole = sum((line.net for line in invoice.lines if line.discounted), _NOTHING)
    if invoice.discount and not whole:
        raise ValueError(f"A discount of {invoice.discount} has no line to be taken off.")
    if not min(whole, _NOTHING) <= invoice.discount <= max(whole, _NOTHING):
        raise ValueError(f"A discount lies between 0 and {whole}, got {invoice.discount}.")
    kept = 1 - Fraction(invoice.discount) / Fraction(whole) if whole else Fraction(1)
    bases: dict[Treatment, Fraction] = {}
    for place, amount in credited:
        line = invoice.lines[place]
        base = Fraction(amount) * (kept if line.discounted else 1)
        bases[line.treatment] = bases.get(line.treatment, Fraction(0)) + base
    return bases


def _taxes(
    exact: Mapping[Treatment, Fraction], net: Decimal, currency: str
) -> tuple[TaxAmount, ...]:
    bases = round_together(tuple(exact.values()), total=net, digits=minor_digits(currency))
    return tuple(
        TaxAmount(
            rate=how.rate,
            base=base,
            amount=to_minor_unit(tax_on(exact[how], how.rate), currency),
            category=how.category,
            reason=how.reason,
        )
        for how, base in zip(exact, bases, strict=True)
    )


def _left_of_lines(invoice: Billed, earlier: Sequence[CreditNote]) -> list[Decimal]:
    left = [line.net for line in invoice.lines]
    for note in earlier:
        for place, amount in note.credited:
            left[place] -= amount
    return left


def _left_of_taxes(invoice: Billed, earlier: Sequence[CreditNote]) -> dict[Treatment, TaxAmount]:
    left = {_treatment(tax): tax for tax in invoice.taxes}
    for note in earlier:
        for tax in note.taxes:
            before = left[_treatment(tax)]
            left[_treatment(tax)] = TaxAmount(
                rate=tax.rate,
                base=before.base - tax.base,
                amount=before.amount - tax.amount,
                category=tax.category,
                reason=tax.reason,
            )
    return left


@dataclass(slots=True)
class _Part:
    """What is taxed alike: what was left of it before a note, and what the note takes of it.

    `lines` is left before the discount, `exact` after it, `base` and `amount` (of tax) as rounded
    on the invoice and on the notes so far. `in_favour` says on which side of zero it all lies: what
    is left may be nothing, and then does not tell.
    """

    lines: Decimal
    exact: Fraction
    base: Decimal
    amount: Decimal
    in_favour: bool = False
    tax_in_favour: bool = False
    taken: Decimal = _NOTHING
    above: Decimal = _NOTHING
    below: Decimal = _NOTHING
    completed: bool = False

    def take(self, amount: Decimal) -> None:
        self.taken += amount
        self.above += max(amount, _NOTHING)
        self.below += min(amount, _NOTHING)

    def capped(self, exact: Fraction, currency: str) -> Fraction:
        """The base of a note, as far as what is left of base and discount allows.

        Earlier notes were rounded, so what is left may be some cents off what is asked for.
        """
        if self.completed:
            return Fraction(self.base)
        asked = ((self.taken, self.lines), (exact, self.exact))
        if any(_beyond(part, left, in_favour=self.in_favour) for part, left in asked):
            raise CreditTooHigh(
                f"{self.taken} was asked for, but lines below zero leave {self.lines} of what is "
                "taxed like it. Credit them too."
            )
        if self.in_favour:
            return -self._mirrored()._at_most(-exact)
        return self._at_most(exact)

    def _mirrored(self) -> _Part:
        return _Part(
            -self.lines,
            -self.exact,
            -self.base,
            -self.amount,
            False,
            False,
            -self.taken,
            -self.below,
            -self.above,
        )

    def _at_most(self, exact: Fraction) -> Fraction:
        # What stays must not be less than nothing, neither of the base nor of the discount.
        least, most = self.taken - (self.lines - self.base), self.base
        if not self.below:
            least, most = max(least, _NOTHING), min(most, self.above)
        elif not self.above:
            least, most = max(least, self.below), min(most, _NOTHING)
        return min(max(exact, Fraction(least)), Fraction(most))

    def tax(self, amount: Decimal) -> Decimal:
        """The tax of a note, as far as what is left of it allows."""
        if self.completed:
            return self.amount
        return max(amount, self.amount) if self.tax_in_favour else min(amount, self.amount)


def _parts_left(
    invoice: Billed, left: Sequence[Decimal], earlier: Sequence[CreditNote]
) -> dict[Treatment, _Part]:
    exact = _exact_bases(invoice, list(enumerate(left)))
    lines: dict[Treatment, Decimal] = {}
    whole: dict[Treatment, Decimal] = {}
    for line, amount in zip(invoice.lines, left, strict=True):
        lines[line.treatment] = lines.get(line.treatment, _NOTHING) + amount
        whole[line.treatment] = whole.get(line.treatment, _NOTHING) + line.net
    taxes = _left_of_taxes(invoice, earlier)
    # A discount may have left nothing of the base: then the lines tell the side.
    in_favour = {(how := _treatment(tax)): (tax.base or whole[how]) < 0 for tax in invoice.taxes}
    # Of a small base the tax may be nothing: it does not lie on the base's side then.
    in_favour_of_tax = {_treatment(tax): tax.amount < 0 for tax in invoice.taxes}
    return {
        how: _Part(
            lines[how], exact[how], tax.base, tax.amount, in_favour[how], in_favour_of_tax[how]
        )
        for how, tax in taxes.items()
    }


def _refuse_above_invoice(invoice: Billed, note: CreditNote, earlier: Sequence[CreditNote]) -> None:
    net = invoice.net - sum((one.net for one in earlier), _NOTHING)
    total = invoice.total - sum((one.total for one in earlier), _NOTHING)
    if _beyond(note.net, net, in_favour=invoice.net < 0) or _beyond(
        note.total, total, in_favour=invoice.total < 0
    ):
        raise CreditTooHigh(
            f"A credit of {note.total} was asked for, but lines below zero leave {total} of the "
            "invoice. Credit them too."
        )


def _beyond(amount: Decimal | Fraction, left: Decimal | Fraction, *, in_favour: bool) -> bool:
    """Whether this is further from zero than what is left, on the side that the whole lies on."""
    return amount < left if in_favour else amount > left


def _taken(left: Decimal, amount: Decimal, place: int) -> Decimal:
    if not min(left, _NOTHING) <= amount <= max(left, _NOTHING):
        raise CreditTooHigh(f"Line {place} has {left} left to credit, {amount} was asked for.")
    return left - amount


def _treatment(tax: TaxAmount) -> Treatment:
    return Treatment(tax.rate, tax.category, tax.reason)


def _with_amount(tax: TaxAmount, amount: Decimal) -> TaxAmount:
    return TaxAmount(tax.rate, tax.base, amount, tax.category, tax.reason)
