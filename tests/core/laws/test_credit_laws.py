"""Laws of credit notes: lines of any sign, several rates, any order; nothing above the invoice."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from billing.core.credit import Billed, BilledLine, CreditNote, CreditTooHigh, billed, credit_note
from billing.core.money import minor_digits
from billing.core.tax import Category, Reason, Treatment

RATES = ("5", "10", "21")
TREATMENTS = (
    *(Treatment(Decimal(rate), Category.STANDARD) for rate in RATES),
    Treatment(Decimal(0), Category.EXEMPT, Reason.EXEMPT),
)
CURRENCIES = st.sampled_from(["JPY", "EUR", "KWD"])
NOTHING = Decimal(0)


def total(amounts: list[Decimal]) -> Decimal:
    return sum(amounts, NOTHING)


@st.composite
def invoices(draw: st.DrawFn, currency: str, *, least: int, all_discounted: bool) -> Billed:
    unit = Decimal(1).scaleb(-minor_digits(currency))
    nets = st.one_of(st.integers(least, 12), st.integers(100 * least, 9_999)).filter(bool)
    discounted = st.just(True) if all_discounted else st.booleans()
    lines = [
        BilledLine(draw(nets) * unit, draw(st.sampled_from(TREATMENTS)), draw(discounted))
        for _ in range(draw(st.integers(1, 5)))
    ]
    whole = int(total([line.net for line in lines if line.discounted]) / unit)
    return billed(lines, draw(st.integers(min(whole, 0), max(whole, 0))) * unit, currency)


def notes_of(data: st.DataObject, invoice: Billed, currency: str) -> list[CreditNote]:
    """Some notes in any order, the refused ones left out, and one that completes the invoice."""
    unit = Decimal(1).scaleb(-minor_digits(currency))
    left = [line.net for line in invoice.lines]
    notes: list[CreditNote] = []
    for _ in range(data.draw(st.integers(0, 8))):
        credited = []
        for place in data.draw(st.sets(st.integers(0, len(left) - 1), min_size=1, max_size=2)):
            units = int(left[place] / unit)
            taken = data.draw(st.integers(min(units, 0), max(units, 0))) * unit
            credited.append((place, taken))
        try:
            notes.append(credit_note(invoice, credited, earlier=notes, currency=currency))
        except CreditTooHigh:
            assert (
                min(line.net for line in invoice.lines)
                < 0
                < max(line.net for line in invoice.lines)
            )
            continue
        for place, taken in credited:
            left[place] -= taken
    if any(left):
        rest = list(enumerate(left))
        notes.append(credit_note(invoice, rest, earlier=notes, currency=currency))
    return notes


def within(amount: Decimal, whole: Decimal) -> bool:
    """Whether this is no further from zero than the whole, on its side of it."""
    return amount <= whole if whole >= 0 else amount >= whole


@given(st.data(), CURRENCIES)
def test_notes_are_their_bases_and_all_together_the_invoice(  # STAFF-2
    data: st.DataObject, currency: str
) -> None:
    invoice = data.draw(invoices(currency, least=-99, all_discounted=False))

    notes = notes_of(data, invoice, currency)

    for note in notes:
        assert note.net == total([tax.base for tax in note.taxes])
        assert note.net + note.discount == total([amount for _, amount in note.credited])
    assert total([note.total for note in notes]) == invoice.total
    assert total([note.discount for note in notes]) == invoice.discount
    for tax in invoice.taxes:
        mine = [one for note in notes for one in note.taxes if one.rate == tax.rate]
        assert total([one.base for one in mine]) == tax.base
        assert total([one.amount for one in mine]) == tax.amount


@given(st.data(), CURRENCIES)
def test_no_notes_go_above_their_invoice(data: st.DataObject, currency: str) -> None:  # STAFF-2
    invoice = data.draw(invoices(currency, least=-99, all_discounted=False))

    notes = notes_of(data, invoice, currency)

    for number in range(len(notes)):
        so_far = notes[: number + 1]
        assert within(total([note.net for note in so_far]), invoice.net)
        assert within(total([note.total for note in so_far]), invoice.total)
        for tax in invoice.taxes:
            mine = [one for note in so_far for one in note.taxes if one.rate == tax.rate]
            assert within(total([one.base for one in mine]), tax.base)
            assert within(total([one.amount for one in mine]), tax.amount)


@given(st.data(), CURRENCIES)
def test_a_discount_never_goes_against_what_is_credited(  # STAFF-2
    data: st.DataObject, currency: str
) -> None:
    invoice = data.draw(invoices(currency, least=-99, all_discounted=True))

    for note in notes_of(data, invoice, currency):
        credited = [amount for _, amount in note.credited]
        if min(credited) >= 0:
            assert 0 <= note.discount <= total(credited)
        if max(credited) <= 0:
            assert total(credited) <= note.discount <= 0


@given(st.data(), CURRENCIES)
def test_notes_of_lines_above_zero_are_never_refused(  # STAFF-2
    data: st.DataObject, currency: str
) -> None:
    invoice = data.draw(invoices(currency, least=1, all_discounted=False))

    for note in notes_of(data, invoice, currency):
        assert min(note.net, note.discount, note.tax) >= 0
        assert all(tax.base >= 0 for tax in note.taxes)
