"""Credit first: what is open of new documents once earlier credits are used."""

from decimal import Decimal

from billing.open_amounts import OpenAmount, use_credit


def amount(invoice_id: int, open_: str, *, payer: int = 1, currency: str = "EUR") -> OpenAmount:
    return OpenAmount(payer, invoice_id, currency, Decimal(open_))


def test_the_oldest_credit_is_used_first():
    oldest, newer = amount(1, "-30.00"), amount(2, "-50.00")
    invoice = amount(3, "40.00")

    used = use_credit(before=[oldest, newer], new=[invoice])

    assert used == [amount(1, "0.00"), amount(2, "-40.00")]
    assert invoice.open == 0


def test_what_credit_does_not_cover_stays_open():
    invoice = amount(2, "100.00")

    use_credit(before=[amount(1, "-30.00")], new=[invoice])

    assert invoice.open == Decimal("70.00")


def test_a_new_credit_note_pays_for_the_invoice_after_it_but_not_before_it():
    first, note, second = amount(1, "10.00"), amount(2, "-15.00"), amount(3, "12.00")

    used = use_credit(before=[], new=[first, note, second])

    assert used == []
    assert [one.open for one in (first, note, second)] == [
        Decimal("10.00"),
        Decimal("-3.00"),
        Decimal("0.00"),
    ]


def test_a_credit_helps_neither_another_payer_nor_another_currency():
    credit = amount(1, "-30.00")
    strangers = [amount(2, "10.00", payer=2), amount(3, "10.00", currency="USD")]

    used = use_credit(before=[credit], new=strangers)

    assert used == []
    assert [one.open for one in strangers] == [Decimal("10.00"), Decimal("10.00")]


def test_a_used_up_credit_is_no_negative_zero():
    credit = amount(1, "-30.00")

    use_credit(before=[credit], new=[amount(2, "30.00")])

    assert str(credit.open) == "0.00"
