"""Laws of credit notes: lines of any sign, several rates, any order; nothing above the invoice."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from billing.core.credit import (
    Billed,
    BilledLine,
    CreditNote,
    CreditTooHigh,
    Part,
    billed,
    credit_note,
    left_of_lines,
)
from billing.core.money import minor_digits, to_minor_unit
from billing.core.tax import Category, Reason, TaxAmount, Treatment, tax_on

RATES = ("5", "10", "21")
TREATMENTS = (
    *(Treatment(Decimal(rate), Category.STANDARD) for rate in RATES),
    Treatment(Decimal(0), Category.EXEMPT, Reason.EXEMPT),
)
PERCENTS = ("0", "10", "12.5", "33.333", "100")
CURRENCIES = st.sampled_from(["JPY", "EUR", "KWD"])
NOTHING = Decimal(0)


def total(amounts: list[Decimal]) -> Decimal:
    return sum(amounts, NOTHING)


def unit_of(currency: str) -> Decimal:
    return Decimal(1).scaleb(-minor_digits(currency))


def nets(least: int) -> st.SearchStrategy[int]:
    return st.one_of(st.integers(least, 12), st.integers(100 * least, 9_999)).filter(bool)


@st.composite
def invoices(draw: st.DrawFn, currency: str, *, least: int, all_discounted: bool = False) -> Billed:
    """One discount over lines at several rates, as other systems bill."""
    unit = unit_of(currency)
    discounted = st.just(True) if all_discounted else st.booleans()
    lines = [
        BilledLine(draw(nets(least)) * unit, draw(st.sampled_from(TREATMENTS)), draw(discounted))
        for _ in range(draw(st.integers(1, 5)))
    ]
    whole = int(total([line.net for line in lines if line.discounted]) / unit)
    return billed(lines, draw(st.integers(min(whole, 0), max(whole, 0))) * unit, currency)


@st.composite
def our_invoices(draw: st.DrawFn, currency: str, *, least: int) -> Billed:
    """A percentage off each bill, rounded once a bill, and one rate on all, as Seatledger bills."""
    amounts: list[Decimal] = []
    parts: list[Part] = []
    how = draw(st.sampled_from(TREATMENTS))
    for _ in range(draw(st.integers(1, 3))):
        mine = [draw(nets(least)) * unit_of(currency) for _ in range(draw(st.integers(1, 3)))]
        off = Fraction(draw(st.sampled_from(PERCENTS))) / 100
        discount = to_minor_unit(Fraction(total(mine)) * off, currency)
        places = tuple(range(len(amounts), len(amounts) + len(mine)))
        parts.append(Part(places, how, off, sum(mine, -discount)))
        amounts += mine
    base = total([part.base for part in parts])
    tax = to_minor_unit(tax_on(base, how.rate), currency)
    taxes = (TaxAmount(how.rate, base, tax, how.category, how.reason),)
    return Billed(tuple(amounts), tuple(parts), taxes)


def any_invoice(currency: str, *, least: int = -99) -> st.SearchStrategy[Billed]:
    return st.one_of(invoices(currency, least=least), our_invoices(currency, least=least))


def notes_of(data: st.DataObject, invoice: Billed, currency: str) -> list[CreditNote]:
    """Some notes in any order, the refused ones left out, and one that completes the invoice."""
    unit = unit_of(currency)
    notes: list[CreditNote] = []
    for _ in range(data.draw(st.integers(0, 8))):
        left = left_of_lines(invoice, notes)
        credited = []
        for place in data.draw(st.sets(st.integers(0, len(left) - 1), min_size=1, max_size=3)):
            units = int(left[place] / unit)
            taken = data.draw(st.integers(min(units, 0), max(units, 0))) * unit
            credited.append((place, taken))
        try:
            notes.append(credit_note(invoice, credited, earlier=notes, currency=currency))
        except CreditTooHigh:
            assert min(invoice.nets) < 0 < max(invoice.nets)
    rest = list(enumerate(left_of_lines(invoice, notes)))
    if any(amount for _, amount in rest):
        notes.append(credit_note(invoice, rest, earlier=notes, currency=currency))
    return notes


def between(amount: Decimal, whole: Decimal) -> bool:
    """Whether it lies between nothing and the whole, on whichever side of zero that is."""
    return min(whole, NOTHING) <= amount <= max(whole, NOTHING)


def of_rate(notes: list[CreditNote], tax: TaxAmount) -> list[TaxAmount]:
    how = (tax.rate, tax.category)
    return [one for note in notes for one in note.taxes if (one.rate, one.category) == how]


@given(st.data(), CURRENCIES)
def test_notes_are_their_bases_and_all_together_the_invoice(  # STAFF-2
    data: st.DataObject, currency: str
) -> None:
    invoice = data.draw(any_invoice(currency))

    notes = notes_of(data, invoice, currency)

    for note in notes:
        assert note.net == total([tax.base for tax in note.taxes])
        assert note.net + note.discount == total([amount for _, amount in note.credited])
        assert note.total == note.net + total([tax.amount for tax in note.taxes])
    assert not any(left_of_lines(invoice, notes))
    assert total([note.total for note in notes]) == invoice.total
    assert total([note.net for note in notes]) == invoice.net
    assert total([note.discount for note in notes]) == invoice.discount
    for number, part in enumerate(invoice.parts):
        assert total([note.bases[number] for note in notes]) == part.base
    for tax in invoice.taxes:
        assert total([one.base for one in of_rate(notes, tax)]) == tax.base
        assert total([one.amount for one in of_rate(notes, tax)]) == tax.amount


@given(st.data(), CURRENCIES)
def test_no_notes_go_above_their_invoice_nor_below_nothing(  # STAFF-2
    data: st.DataObject, currency: str
) -> None:
    invoice = data.draw(any_invoice(currency))

    notes = notes_of(data, invoice, currency)

    for number, note in enumerate(notes):
        so_far = notes[: number + 1]
        assert between(total([one.net for one in so_far]), invoice.net)
        assert between(total([one.total for one in so_far]), invoice.total)
        assert between(note.net, invoice.net)
        assert between(note.total, invoice.total)
        for left, net in zip(left_of_lines(invoice, so_far), invoice.nets, strict=True):
            assert between(left, net)
        for tax in invoice.taxes:
            assert between(total([one.base for one in of_rate(so_far, tax)]), tax.base)
            assert between(total([one.amount for one in of_rate(so_far, tax)]), tax.amount)


@given(st.data(), CURRENCIES)
def test_of_each_part_neither_base_nor_discount_goes_above_it(  # STAFF-2
    data: st.DataObject, currency: str
) -> None:
    invoice = data.draw(any_invoice(currency))

    notes = notes_of(data, invoice, currency)

    for number, part in enumerate(invoice.parts):
        discount = invoice.of_part(part) - part.base
        base_so_far, taken_so_far = NOTHING, NOTHING
        for note in notes:
            taken = total([amount for place, amount in note.credited if place in part.places])
            base = note.bases[number]
            assert between(base, taken)
            base_so_far, taken_so_far = base_so_far + base, taken_so_far + taken
            assert between(base_so_far, part.base)
            assert between(taken_so_far - base_so_far, discount)


@given(st.data(), CURRENCIES)
def test_what_was_given_back_so_far_is_what_it_exactly_comes_to(  # STAFF-2
    data: st.DataObject, currency: str
) -> None:
    """Less than one of the main unit off, however many small notes: EN 16931 takes no more."""
    invoice = data.draw(our_invoices(currency, least=-99))

    notes = notes_of(data, invoice, currency)

    [tax] = invoice.taxes
    for note in notes:
        [mine] = note.taxes
        assert abs(Fraction(mine.amount) - tax_on(mine.base, tax.rate)) < 1
    for number, part in enumerate(invoice.parts):
        given_back, exact = NOTHING, Fraction(0)
        for note in notes:
            given_back += note.bases[number]
            exact += sum(
                Fraction(amount) * (1 - part.off)
                for place, amount in note.credited
                if place in part.places
            )
            assert abs(Fraction(given_back) - exact) < 1


@given(st.data(), CURRENCIES)
def test_the_order_of_lines_in_a_note_does_not_matter(  # STAFF-2
    data: st.DataObject, currency: str
) -> None:
    invoice = data.draw(any_invoice(currency, least=1))
    credited = [
        (place, data.draw(st.integers(0, int(net / unit_of(currency)))) * unit_of(currency))
        for place, net in enumerate(invoice.nets)
    ]

    one = credit_note(invoice, credited, currency=currency)
    other = credit_note(invoice, credited[::-1], currency=currency)

    assert (one.net, one.tax, one.total) == (other.net, other.tax, other.total)


@given(st.data(), CURRENCIES)
def test_notes_of_lines_above_zero_are_never_refused(  # STAFF-2
    data: st.DataObject, currency: str
) -> None:
    invoice = data.draw(any_invoice(currency, least=1))

    for note in notes_of(data, invoice, currency):
        assert min(note.net, note.discount, note.tax) >= 0
        assert all(tax.base >= 0 for tax in note.taxes)


@given(st.data(), CURRENCIES)
def test_the_whole_is_given_back_at_once_as_it_was_billed(  # STAFF-2
    data: st.DataObject, currency: str
) -> None:
    invoice = data.draw(any_invoice(currency))

    note = credit_note(invoice, list(enumerate(invoice.nets)), currency=currency)

    assert (note.net, note.discount, note.total) == (invoice.net, invoice.discount, invoice.total)
    assert [(tax.base, tax.amount) for tax in note.taxes] == [
        (tax.base, tax.amount) for tax in invoice.taxes
    ]
