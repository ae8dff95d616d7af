"""Files of a book that cannot be read are told, and what spreadsheets write is read."""

from pathlib import Path

import pytest

from accounts.models import Account
from billing.book.columns import SHEETS
from billing.models import Event
from tests.billing.books import Book, mistakes_of, small_catalogue
from tests.lasting import lasting

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db


@lasting(autouse=True)
def _catalogue():
    small_catalogue()


HEADERS = {
    "unknown": (
        b"acount,member,name,at,status\n",
        "unknown column 'acount'; did you mean account?",
    ),
    "missing": (b"account,name,at,status\n", "column member is missing; expected account,member"),
    "twice": (b"account,member,name,at,status,at\n", "column at stands here 2 times: leave one"),
    "semicolons": (b"account;member;name\n", "the columns are parted by semicolons"),
    "nothing": (b"", "expected the header account,member,name"),
    "utf-16": ("account,member".encode("utf-16"), "the file is UTF-16: save it as UTF-8"),
}


@pytest.mark.parametrize(("text", "expected"), HEADERS.values(), ids=HEADERS)
def test_a_header_that_cannot_be_read_is_told(tmp_path, text, expected):
    book = Book()
    book.text["members"] = text

    assert any(
        mistake.startswith(f"members.csv line 1: {expected}")
        for mistake in mistakes_of(book.write(tmp_path))
    )


LINES = {
    "latin-1": (b"A-1,eva,Novotn\xe1,2026-01-01,active\n", "byte 0xE1 is not UTF-8: save"),
    "too few cells": (b"A-1,eva,Eva,2026-01-01\n", "expected 5 cells, got 4"),
    "too many cells": (b"A-1,eva,Eva,2026-01-01,active,x\n", "expected 5 cells, got 6"),
    "stray quote": (b'A-1,eva,"Eva"s,2026-01-01,active\n', "cannot be read as CSV:"),
    "open quote": (b'A-1,eva,"Eva,2026-01-01,active\n', "cannot be read as CSV:"),
    "endless cell": (b"A-1,eva," + b"x" * 10_001 + b",2026-01-01,active\n", "cannot be read as"),
}


@pytest.mark.parametrize(("line", "expected"), LINES.values(), ids=LINES)
def test_a_line_that_cannot_be_read_is_told_with_its_number(tmp_path, line, expected):
    book = Book()
    book.text["members"] = (
        b"account,member,name,at,status\nA-1,jana,Jana,2026-01-01,active\n\n" + line
    )

    found = mistakes_of(book.write(tmp_path))

    assert found[0].startswith(f"members.csv line 4: {expected}")


def test_what_excel_writes_is_read(tmp_path):
    book = Book()
    book.text["members"] = (
        "\ufeffaccount,member,name,at,status\r\n"
        'A-1,jana,"Nováková, ""Jana""",2026-01-01,active\r\n\r\n'
    ).encode()

    assert mistakes_of(book.write(tmp_path)) == []
    assert Account.objects.get(reference="A-1").members.get().name == 'Nováková, "Jana"'


def test_a_mistake_on_the_last_page_takes_back_the_first(tmp_path):
    book = Book()
    for number in range(1100):
        book.add("accounts", 0, reference=f"N-{number}", name=f"Number {number}")
    book.set("accounts", -1, tax_id="CZ1")

    found = mistakes_of(book.write(tmp_path))

    assert len(found) == 1
    assert found[0].startswith("accounts.csv line 1104, tax_id")
    assert not Account.objects.exists()
    assert not Event.objects.exists()


def test_the_header_of_every_file_is_documented():
    text = (Path(__file__).resolve().parents[2] / "docs" / "import.md").read_text(encoding="utf-8")
    sections = text.split("\n## ")

    for sheet in SHEETS:
        section = next(one for one in sections if one.startswith(f"`{sheet.file}`"))
        documented = [line.split("`")[1] for line in section.splitlines() if line.startswith("| `")]
        assert documented == list(sheet.names)
