"""Credits and splits: nothing is given back twice, no cent is lost."""

from decimal import Decimal
from fractions import Fraction

import pytest

from billing.core.allocation import allocate, round_together
from billing.core.balance import apply_credit, capped_credit, refundable, unused_credit
from billing.core.credit import (
    Billed,
    BilledLine,
    CreditNote,
    CreditTooHigh,
    Part,
    billed,
    credit_note,
)
from billing.core.tax import Category, TaxAmount, Treatment

TWENTY = Treatment(Decimal(20), Category.STANDARD)
TEN = Treatment(Decimal(10), Category.STANDARD)
LINE = BilledLine(Decimal("68.33"), TWENTY)


def test_the_last_note_takes_the_cent_that_is_left() -> None:  # STAFF-2
    invoice = billed([LINE, LINE], Decimal(0), "EUR")

    first = credit_note(invoice, [(0, Decimal("68.33"))], currency="EUR")
    last = credit_note(invoice, [(1, Decimal("68.33"))], earlier=[first], currency="EUR")

    assert (first.tax, last.tax) == (Decimal("13.67"), Decimal("13.66"))
    assert first.total + last.total == invoice.total == Decimal("163.99")


def test_a_note_takes_its_part_of_the_discount() -> None:
    lines = [
        BilledLine(Decimal("179.00"), TEN, discounted=False),
        BilledLine(Decimal("399.00"), TWENTY),
    ]
    invoice = billed(lines, Decimal("250.00"), "EUR")

    part = credit_note(invoice, [(0, Decimal("9.00")), (1, Decimal("100.00"))], currency="EUR")

    assert part.discount == Decimal("62.66")
    assert part.net == Decimal("46.34")
    assert [(tax.base, tax.amount) for tax in part.taxes] == [
        (Decimal("9.00"), Decimal("0.90")),
        (Decimal("37.34"), Decimal("7.47")),
    ]


def test_many_small_notes_never_give_back_more_tax_than_was_billed() -> None:
    invoice = billed([BilledLine(Decimal("0.15"), TWENTY)], Decimal(0), "EUR")
    notes: list[CreditNote] = []

    for _ in range(5):
        notes.append(credit_note(invoice, [(0, Decimal("0.03"))], earlier=notes, currency="EUR"))

    assert [note.tax for note in notes] == [Decimal(cents) / 100 for cents in (1, 1, 1, 0, 0)]


@pytest.mark.parametrize("amount", ["68.34", "-0.01"])
def test_more_than_was_billed_is_refused(amount: str) -> None:
    invoice = billed([LINE], Decimal(0), "EUR")

    with pytest.raises(CreditTooHigh, match=r"68\.33 left"):
        credit_note(invoice, [(0, Decimal(amount))], currency="EUR")


def test_a_line_below_zero_lowers_what_is_given_back_with_it() -> None:
    invoice = billed([LINE, BilledLine(Decimal("-10.00"), TWENTY)], Decimal(0), "EUR")

    note = credit_note(invoice, [(0, Decimal("20.00")), (1, Decimal("-10.00"))], currency="EUR")

    assert (note.net, note.tax) == (Decimal("10.00"), Decimal("2.00"))


def test_a_line_below_zero_alone_would_take_and_not_give() -> None:  # STAFF-2
    invoice = billed([LINE, BilledLine(Decimal("-10.00"), TWENTY)], Decimal(0), "EUR")

    with pytest.raises(CreditTooHigh, match=r"but 0.00 to 58\.33 .* Credit them together"):
        credit_note(invoice, [(1, Decimal("-10.00"))], currency="EUR")


def test_a_second_note_takes_back_nothing_of_the_first() -> None:  # STAFF-2
    invoice = billed([LINE, BilledLine(Decimal("-10.00"), TWENTY)], Decimal(0), "EUR")
    first = credit_note(invoice, [(0, Decimal("20.00"))], currency="EUR")

    with pytest.raises(CreditTooHigh, match=r"0 to 38\.33 .* whole invoice"):
        credit_note(invoice, [(1, Decimal("-5.00"))], earlier=[first], currency="EUR")


@pytest.mark.parametrize(
    ("lines", "credited"),
    [
        pytest.param([("-331.94", TWENTY), ("338.71", TWENTY)], "100.00", id="one rate"),
        pytest.param([("-40.00", TWENTY), ("60.00", TEN)], "50.00", id="the net of both rates"),
        pytest.param([("-40.00", TWENTY), ("60.00", TEN)], "18.00", id="the total of both rates"),
    ],
)
def test_no_more_is_given_back_than_the_whole_invoice_came_to(  # STAFF-2
    lines: list[tuple[str, Treatment]], credited: str
) -> None:
    invoice = billed([BilledLine(Decimal(net), how) for net, how in lines], Decimal(0), "EUR")

    with pytest.raises(CreditTooHigh, match="below zero"):
        credit_note(invoice, [(1, Decimal(credited))], currency="EUR")


def test_a_line_is_given_back_with_the_one_below_zero() -> None:  # STAFF-2
    lines = [BilledLine(Decimal("-331.94"), TWENTY), BilledLine(Decimal("338.71"), TWENTY)]
    invoice = billed(lines, Decimal(0), "EUR")

    note = credit_note(invoice, [(0, Decimal("-331.94")), (1, Decimal("338.71"))], currency="EUR")

    assert (note.net, note.discount, note.total) == (Decimal("6.77"), Decimal(0), invoice.total)
    assert [tax.base for tax in note.taxes] == [Decimal("6.77")]


def test_many_small_notes_never_give_back_more_discount_than_was_given() -> None:
    invoice = billed([BilledLine(Decimal("0.10"), TWENTY)], Decimal("0.06"), "EUR")
    notes: list[CreditNote] = []

    for _ in range(10):
        notes.append(credit_note(invoice, [(0, Decimal("0.01"))], earlier=notes, currency="EUR"))

    assert [note.discount for note in notes] == [Decimal("0.01")] * 6 + [Decimal("0.00")] * 4
    assert [note.net for note in notes] == [Decimal("0.00")] * 6 + [Decimal("0.01")] * 4


def test_the_order_in_which_lines_are_named_changes_no_cent() -> None:  # STAFF-2
    # Two bills with 50 % off: of 0.05 the discount has left 0.02, of 0.02 it has left 0.01.
    half = Fraction(1, 2)
    parts = (
        Part((0,), TWENTY, half, Decimal("0.02")),
        Part((1,), TWENTY, half, Decimal("0.01")),
    )
    tax = TaxAmount(TWENTY.rate, Decimal("0.03"), Decimal("0.01"), TWENTY.category)
    invoice = Billed((Decimal("0.05"), Decimal("0.02")), parts, (tax,))
    lines = [(0, Decimal("0.05")), (1, Decimal("0.01"))]

    notes = [credit_note(invoice, order, currency="EUR") for order in (lines, lines[::-1])]

    assert [note.bases for note in notes] == [(Decimal("0.02"), Decimal("0.00"))] * 2


def test_a_note_takes_nothing_of_a_rate_that_it_does_not_credit() -> None:
    lines = [BilledLine(Decimal("0.03"), TWENTY) for _ in range(3)]
    invoice = billed([*lines, BilledLine(Decimal("5.00"), TEN)], Decimal(0), "EUR")
    notes = [credit_note(invoice, [(3, Decimal("5.00"))], currency="EUR")]

    for place in range(3):
        notes.append(
            credit_note(invoice, [(place, Decimal("0.03"))], earlier=notes, currency="EUR")
        )

    assert [[tax.rate for tax in note.taxes] for note in notes] == [[10], [20], [20], [20]]


@pytest.mark.parametrize("discount", ["5.01", "-0.01"])
def test_a_discount_is_no_more_than_its_lines(discount: str) -> None:
    with pytest.raises(ValueError, match=r"between 0 and 5\.00"):
        billed([BilledLine(Decimal("5.00"), TEN)], Decimal(discount), "EUR")


def test_a_discount_needs_a_line() -> None:
    with pytest.raises(ValueError, match="no line"):
        billed([BilledLine(Decimal(5), TEN, discounted=False)], Decimal(1), "EUR")


def test_the_unused_days_of_a_line_are_given_back_with_their_tax() -> None:
    credit = unused_credit(
        Decimal("31.00"),
        unused=Fraction(16, 31),
        rate=Decimal(20),
        currency="EUR",
        discount=Decimal("5.00"),
        credited_before=Decimal("2.00"),
    )

    assert (credit.net, credit.discount, credit.tax) == tuple(
        map(Decimal, ("14.00", "2.26", "2.35"))
    )
    assert credit.total == Decimal("14.09")


def test_what_was_credited_before_is_not_credited_again() -> None:
    credit = unused_credit(
        Decimal("31.00"),
        unused=Fraction(16, 31),
        rate=Decimal(20),
        currency="EUR",
        credited_before=Decimal("31.00"),
    )

    assert credit.total == 0


@pytest.mark.parametrize(
    ("paid", "refund"), [("74.40", "19.20"), ("55.80", "9.90"), ("20.00", "0.00"), ("0", "0.00")]
)
def test_only_what_was_paid_and_not_used_goes_back_as_money(paid: str, refund: str) -> None:
    back = refundable(
        Decimal(paid),
        line_total=Fraction("37.2"),
        invoice_total=Fraction("74.4"),
        used=Fraction(15, 31),
        credit=Decimal("19.20"),
        currency="EUR",
    )

    assert back == Decimal(refund)


def test_an_invoice_of_nothing_refunds_nothing() -> None:
    back = refundable(
        Decimal(5),
        line_total=Fraction(0),
        invoice_total=Fraction(0),
        used=Fraction(0),
        credit=Decimal(5),
        currency="EUR",
    )

    assert back == 0


@pytest.mark.parametrize(
    ("potential", "before", "credit"),
    [("100", "50", "100"), ("100", "150", "50"), ("100", "200", "0"), ("-50", "0", "0")],
)
def test_a_credit_is_capped_by_what_is_left(potential: str, before: str, credit: str) -> None:
    capped = capped_credit(Decimal(potential), billed=Decimal(200), credited_before=Decimal(before))

    assert capped == Decimal(credit)


@pytest.mark.parametrize(
    ("total", "balance", "applied"),
    [("10.72", "6.43", "6.43"), ("5.00", "6.43", "5.00"), ("-5.00", "6.43", "0"), ("5", "-1", "0")],
)
def test_a_balance_covers_what_it_can(total: str, balance: str, applied: str) -> None:
    used = apply_credit(Decimal(total), Decimal(balance))

    assert used.applied == Decimal(applied)
    assert used.to_pay == Decimal(total) - used.applied
    assert used.left == Decimal(balance) - used.applied


def test_no_cent_of_a_split_is_lost() -> None:
    assert allocate(Decimal("10.00"), [1, 1, 1], digits=2) == tuple(
        map(Decimal, ("3.34", "3.33", "3.33"))
    )
    assert allocate(Decimal("-0.05"), [7, 3, 0], digits=2) == tuple(
        map(Decimal, ("-0.03", "-0.02", "0.00"))
    )


@pytest.mark.parametrize(
    ("amount", "ratios"), [("1", []), ("1", [0, 0]), ("1", [2, -1]), ("0.001", [1])]
)
def test_an_impossible_split_is_refused(amount: str, ratios: list[int]) -> None:
    with pytest.raises(ValueError, match=r"Ratios|cannot be split"):
        allocate(Decimal(amount), ratios, digits=2)


@pytest.mark.parametrize("total", ["0.98", "1.03", "3.00"])
def test_parts_are_not_rounded_to_what_is_not_their_sum(total: str) -> None:
    parts = (Fraction(1, 3), Fraction(1, 3), Fraction(1, 3))

    with pytest.raises(ValueError, match="cannot be rounded together"):
        round_together(parts, total=Decimal(total), digits=2)


def test_parts_rounded_together_add_up() -> None:
    thirds = (Fraction(1, 3), Fraction(1, 3), Fraction(1, 3))

    assert round_together(thirds, total=Decimal("1.00"), digits=2) == tuple(
        map(Decimal, ("0.34", "0.33", "0.33"))
    )


def in_yen(*nets: tuple[str, Treatment]) -> Billed:
    lines = [BilledLine(Decimal(net), taxed, discounted=False) for net, taxed in nets]
    return billed(lines, Decimal(0), "JPY")


def test_nothing_is_left_of_a_rate_in_favour_that_was_given_back_whole() -> None:  # STAFF-2
    invoice = in_yen(("-1", TWENTY), ("1", TEN), ("-6", TEN))
    first = credit_note(invoice, [(2, Decimal(-5))], currency="JPY")

    with pytest.raises(CreditTooHigh):
        credit_note(invoice, [(2, Decimal(-1))], earlier=[first], currency="JPY")

    rest = [(0, Decimal(-1)), (1, Decimal(1)), (2, Decimal(-1))]
    last = credit_note(invoice, rest, earlier=[first], currency="JPY")
    assert (first.net, last.net) == (Decimal(-5), Decimal(-1))
    assert first.total + last.total == invoice.total


def test_nothing_is_given_back_of_a_rate_that_was_in_favour() -> None:  # STAFF-2
    """-7 and 5 at 10 % came to -2: of the 5 alone nothing was ever paid."""
    invoice = in_yen(("-7", TEN), ("5", TEN), ("100", TWENTY))

    with pytest.raises(CreditTooHigh, match="-2 to 0"):
        credit_note(invoice, [(1, Decimal(5))], currency="JPY")


def test_no_tax_is_given_back_of_a_rate_that_came_to_none() -> None:  # STAFF-2
    invoice = in_yen(("9", TEN), ("-5", TEN), ("100", TWENTY))

    note = credit_note(invoice, [(0, Decimal(4))], currency="JPY")

    assert (invoice.taxes[0].amount, note.net, note.tax) == (Decimal(0), Decimal(4), Decimal(0))


def test_many_small_notes_in_yen_come_to_their_sum() -> None:  # STAFF-2
    """One by one 4.9 of tax would be nothing ten times, and 5 too much on the last."""
    invoice = in_yen(("70", Treatment(Decimal(7), Category.STANDARD)))
    notes: list[CreditNote] = []

    for _ in range(10):
        notes.append(credit_note(invoice, [(0, Decimal(7))], earlier=notes, currency="JPY"))

    assert [int(note.tax) for note in notes] == [0, 1, 0, 1, 0, 1, 0, 1, 0, 1]
