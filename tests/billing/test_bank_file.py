"""A bank's CSV file: what is read of it, and what is said of each mistake."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from billing import bank_file
from billing.bank_file import FileMistakes, ReadFile
from tests.house.source import ROOT

HEAD = "date,amount,currency,reference,payer,text"


def read(text: str, currency: str = "") -> ReadFile:
    return bank_file.read(text.encode(), currency=currency)


def mistakes(text: str | bytes, currency: str = "") -> list[str]:
    with pytest.raises(FileMistakes) as found:
        bank_file.read(text if isinstance(text, bytes) else text.encode(), currency=currency)
    return found.value.mistakes


def test_columns_by_comma():
    (line,) = read(f'{HEAD}\n2026-03-14,"1,234.56",EUR,B-1,Nováková,SL-2026-000042').lines

    assert (line.number, line.booked_on, line.amount) == (2, date(2026, 3, 14), Decimal("1234.56"))
    assert (line.currency, line.reference, line.payer) == ("EUR", "B-1", "Nováková")
    assert line.text == "SL-2026-000042"


@pytest.mark.parametrize("cell", ["1.234,56", "1234,56", "1 234,56", "+1\u00a0234,56"])
def test_a_czech_file_with_semicolons_and_decimal_commas(cell):
    text = f"\ufeffDatum;Objem;Měna;ID pohybu;Název protiúčtu\r\n14.03.2026;{cell};eur;77;Alfa\r\n"

    (line,) = read(text).lines

    assert (line.amount, line.currency, line.reference) == (Decimal("1234.56"), "EUR", "77")


def test_money_that_went_out_is_counted_and_left_out():
    found = read(f"{HEAD}\n2026-03-14,-5.00,EUR,B-1,,\n\n2026-03-14,5.00,EUR,B-2,,")

    assert (len(found.lines), found.outgoing, found.lines[0].number) == (1, 1, 4)


def test_one_currency_for_all_lines():
    (line,) = read("date,amount,reference\n14/03/2026,5,B-1", currency="CZK").lines

    assert (line.currency, line.amount) == ("CZK", Decimal(5))


def test_every_mistake_with_its_line():
    found = mistakes(
        f"{HEAD}\n14.3.26,1,EUR,A,,\n2026-03-14,1.234,56,EUR,B,\n2026-03-14,x,EUR,C,,\n"
        "2026-03-14,1,EURO,D,,\n2026-03-14,1,EUR,,,\n2026-03-14,1,EUR\n2026-03-14,1.005,EUR,E,,\n"
        f"2026-03-14,1,EUR,{'F' * 141},,\n2026-03-14,{'9' * 13},EUR,G,,\n2026-03-14,1,QQQ,H,,"
    )

    for number, said in enumerate(
        ("date: expected", "currency: expected", "amount: expected a number", "three letters",
         "reference: it is empty", "3 columns", "EUR has 2 decimals", "longer than 140",
         "expected less than", "QQQ"), 2,
    ):  # fmt: skip
        assert found[number - 2].startswith(f"Line {number}: ")
        assert said in found[number - 2]


def test_every_mistake_of_one_line():
    found = mistakes(f"{HEAD}\n2026-03-14,1,EUR,A,,\n2026-13-30,x,EUR,,{'P' * 201},\n31.2.,y,Z,B,,")

    assert [said.split(":")[1].strip() for said in found] == [
        *("date", "amount", "payer", "reference"),
        *("date", "currency"),
    ]
    assert [said.split(":")[0] for said in found] == ["Line 3"] * 4 + ["Line 4"] * 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "columns are missing"),
        ("date,amount,currency\n", "reference"),
        ("date,datum,amount,currency,reference\n", "two columns are the date"),
        ("date;amount;currency;reference\n2026-03-14;10.50;EUR;A", "like 1.234,56"),
        (f'{HEAD}\n"2026', "Line 2"),
        (b"\xff\xfe", "not UTF-8"),
        (b"date\0", "zero byte"),
        (b"x" * (bank_file.LARGEST + 1), "larger than 5 MB"),
        (f"{HEAD}\n" + "2026-03-14,1,EUR,A,,\n" * (bank_file.MOST_LINES + 1), "more than 20000"),
    ],
)
def test_a_file_that_cannot_be_understood(text, said):
    assert said in mistakes(text)[0]


def test_the_sample_of_the_documentation_is_read():
    found = bank_file.read((ROOT / "docs/sample-bank.csv").read_bytes())

    assert (len(found.lines), found.outgoing) == (4, 1)


@pytest.mark.parametrize(("cell", "amount"), [("1500,000", "1500"), ("1,500", "1.5"), ("7", "7")])
def test_three_decimals_are_read_where_they_can_be_told_from_groups(cell, amount):  # PRICE-9
    text = f"date;amount;reference\n2026-03-14;{cell};B"

    assert read(text, "KWD").lines[0].amount == Decimal(amount)


@pytest.mark.parametrize(
    ("text", "like"),
    [
        ("date;amount;reference\n2026-03-14;1.500;B", "1500,000, or 1,500"),
        ('date,amount,reference\n2026-03-14,"1,500",B', "1500.000, or 1.500"),
    ],
)
def test_a_group_that_may_be_three_decimals_is_not_guessed(text, like):
    """1.500 of a bank with decimal points is a dinar and a half, of another one 1500."""
    (mistake,) = mistakes(text, "KWD")

    assert like in mistake
    assert read(text, "JPY").lines[0].amount == read(text, "EUR").lines[0].amount == Decimal(1500)


def test_a_line_ends_where_the_file_says_so_alone():
    (line,) = read("date,amount,reference,text\r\n2026-03-14,1,B,a\x0bb\u2028c\r\n", "EUR").lines

    assert line.text == "a\x0bb\u2028c"
