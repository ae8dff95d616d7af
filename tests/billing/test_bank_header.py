"""Where the header of a bank's file stands, and what is asked where that is in doubt."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest

from billing import bank_file, bank_header
from billing.bank_file import FileMistakes, UnknownColumns
from billing.bank_header import Found

ABOVE = 'Výpis z účtu;CZ65 0800\nOd;1.3.2026\nMajitel "Alfa";;\n\n'
HEAD = "Datum;Objem;Měna;ID pohybu;Zpráva"
ROWS = "14.03.2026;1.234,56;EUR;B-1;SL-2026-000042\n15.03.2026;5,00;EUR;B-2;\n"


def find(text: str, *said: str) -> Found:
    known = {tuple(titles.split(";")) for titles in said}
    return bank_header.find(text.encode(), said=lambda rows: known & set(rows))


def test_lines_above_the_header_are_left_out():
    """A name, days, a letter that is no CSV, and a blank line."""
    text = f"{ABOVE}{HEAD}\n{ROWS}"

    found = find(text)
    lines = bank_file.read(text.encode(), above=found.above).lines

    assert (found.above, found.doubtful) == (4, ())
    assert [(one.number, one.amount) for one in lines] == [(6, Decimal("1234.56")), (7, Decimal(5))]


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_columns_are_divided_as_the_header_has_them(delimiter):
    """Whatever the lines above it are written with."""
    head = HEAD.replace(";", delimiter)
    text = f"Account of Alfa, Beta; and others\n{head}\n"

    found = find(text)

    assert bank_file.header_of(text.encode(), above=found.above) == tuple(HEAD.split(";"))


def test_the_first_line_is_the_header_of_most_files():
    for text in (f"{HEAD}\n{ROWS}", f"\ufeff{HEAD}\r\n{ROWS}", f"Kdy;Kolik;Pohyb\n{ROWS}"):
        assert find(text).above == 0


def test_a_mistake_names_its_line_in_the_file():
    text = f"{ABOVE}{HEAD}\n14.03.2026;x;EUR;B-1;\n"

    with pytest.raises(FileMistakes) as wrong:
        bank_file.read(text.encode(), above=find(text).above)

    assert wrong.value.mistakes == [
        "Line 6: amount: expected a number like 1.234,56 or 1234,56, got 'x'."
    ]


def test_what_was_said_of_a_header_finds_it_again():
    text = f"Účet;Majitel;Měna\nCZ65;Alfa;EUR\n\nKdy;Kolik;Pohyb;Kdo\n{ROWS}"

    assert find(text, "Kdy;Kolik;Pohyb;Kdo").above == 3


def test_without_a_name_that_is_known_it_is_the_first_of_the_widest_lines_there_are_most_of():
    text = f"Účet;Majitel;Měna\nCZ65;Alfa;EUR\n\nKdy;Kolik;Pohyb;Kdo;Co\n{ROWS}"

    found = find(text)

    assert found.above == 3
    assert [row.line for row in found.rows] == [1, 2, 4, 5, 6]
    with pytest.raises(UnknownColumns, match="nothing was taken in"):
        bank_file.read(text.encode(), above=found.above)


def test_two_headers_of_other_words_are_in_doubt_and_equal_ones_are_not():
    """A statement of two accounts has its header twice; an overview above it is another table."""
    overview = f"Datum;Betrag;Referenz\n1.3.2026;5,00;Anfang\n{HEAD}\n{ROWS}"

    with pytest.raises(UnknownColumns) as doubt:
        find(overview).refuse_doubt()

    assert doubt.value.mistakes == ["Each of the lines 1, 3 may be the header. Say which is."]
    find(f"{HEAD}\n{ROWS}{HEAD}\n").refuse_doubt()


def test_what_has_no_table_is_asked_about_by_nobody():
    for text in ("", "\ufeff", "a;b\n1;2\n", "\n\n"):
        assert find(text) == Found(0, (), ())


def test_the_largest_file_is_looked_through_in_a_moment():
    text = "above\n" * 60 + f"{HEAD}\n" + "14.03.2026;1,00;EUR;B;x\n" * 190_000
    began = time.process_time()

    assert find(text).above == 0

    assert time.process_time() - began < 2
