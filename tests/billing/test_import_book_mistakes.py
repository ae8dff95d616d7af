"""Every mistake in a book is told with its file, line, column and what would be right."""

from pathlib import Path

import pytest

from accounts.models import Account
from tests.billing.books import Book, mistakes_of, small_catalogue
from tests.lasting import lasting

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db


@lasting(autouse=True)
def _catalogue():
    small_catalogue()


def spoiled(sheet, place, **cells):
    return Book().set(sheet, place, **cells)


def doubled(sheet, like, **cells):
    return Book().add(sheet, like, **cells)


CELLS = {
    "empty reference": (
        spoiled("accounts", 0, reference=""),
        "accounts.csv line 2, reference: expected a value",
    ),
    "long name": (
        spoiled("accounts", 0, name="x" * 201),
        "accounts.csv line 2, name: expected at most 200 characters, got 201",
    ),
    "control character": (
        spoiled("accounts", 0, name="A\x00B"),
        "accounts.csv line 2, name: expected plain text on one line",
    ),
    "kind": (
        spoiled("accounts", 0, kind="life"),
        "accounts.csv line 2, kind: expected one of live, sandbox, got 'life'; did you mean live?",
    ),
    "time zone": (
        spoiled("accounts", 0, time_zone="Europe/Prag"),
        "accounts.csv line 2, time_zone: expected a time zone such as Europe/Prague, "
        "got 'Europe/Prag'; did you mean Europe/Prague?",
    ),
    "currency": (
        spoiled("accounts", 0, currency="EURO"),
        "accounts.csv line 2, currency: expected three letters of ISO 4217 such as EUR",
    ),
    "country": (
        spoiled("accounts", 0, country="UK"),
        "accounts.csv line 2, country: expected two letters of ISO 3166 such as CZ, got 'UK'",
    ),
    "tax id": (
        spoiled("accounts", 0, tax_id="CZ12345"),
        "accounts.csv line 2, tax_id: 'CZ12345' cannot be a tax ID of CZ",
    ),
    "e-mail": (
        spoiled("accounts", 0, email="jana@"),
        "accounts.csv line 2, email: expected an address such as jana@example.com, got 'jana@'",
    ),
    "percent": (
        spoiled("accounts", 0, discount_percent="120"),
        "accounts.csv line 2, discount_percent: expected a percentage from 0 to 100",
    ),
    "yes or no": (
        spoiled("accounts", 0, tax_exempt="1"),
        "accounts.csv line 2, tax_exempt: expected yes or no, got '1'",
    ),
    "terms": (
        spoiled("accounts", 0, terms_days="400"),
        "accounts.csv line 2, terms_days: expected a whole number from 0 to 365, got '400'",
    ),
    "future opening": (
        spoiled("accounts", 0, opened_at="2030-01-01"),
        "accounts.csv line 2, opened_at: this instant has not come yet",
    ),
    "closed before opened": (
        spoiled("accounts", 0, closed_at="2025-11-30"),
        "accounts.csv line 2, closed_at: expected opened_at (2025-11-30T23:00:00+00:00) or later",
    ),
    "date": (
        spoiled("items", 2, starts_on="2026-02-30"),
        "items.csv line 4, starts_on: expected a date such as 2026-02-28, got '2026-02-30'",
    ),
    "date in another notation": (
        spoiled("items", 2, starts_on="1.1.2026"),
        "items.csv line 4, starts_on: expected a date such as 2026-02-28, got '1.1.2026'",
    ),
    "day before 1970": (
        spoiled("items", 2, starts_on="0026-01-01"),
        "items.csv line 4, starts_on: expected a day from 1970-01-01 to 2199-12-31",
    ),
    "interval": (
        spoiled("items", 2, interval="monthly"),
        "items.csv line 4, interval: expected one of month, year, got 'monthly'; did you mean",
    ),
    "anchor": (
        spoiled("items", 2, anchor_day="32"),
        "items.csv line 4, anchor_day: expected a whole number from 1 to 31, got '32'",
    ),
    "naive instant": (
        spoiled("events", 1, at="2026-02-10T14:00:00"),
        "events.csv line 3, at: '2026-02-10T14:00:00' has no offset from UTC",
    ),
    "no instant": (
        spoiled("events", 1, at="yesterday"),
        "events.csv line 3, at: expected an instant such as 2026-02-10T14:00:00+01:00, or a date",
    ),
    "quantity": (
        spoiled("events", 1, quantity="2.5"),
        "events.csv line 3, quantity: expected a whole number of 0 or more, got '2.5'",
    ),
    "negative quantity": (
        spoiled("events", 1, quantity="-1"),
        "events.csv line 3, quantity: expected a whole number of 0 or more, got '-1'",
    ),
    "too large a quantity": (
        spoiled("events", 1, quantity="1000000000"),
        "events.csv line 3, quantity: expected at most 999,999,999, got '1000000000'",
    ),
    "too much use": (
        spoiled("usage", 0, quantity="1000000000001"),
        "usage.csv line 2, quantity: expected at most 1,000,000,000,000, got '1000000000001'",
    ),
    "status": (
        spoiled("members", 0, status="activ"),
        "members.csv line 2, status: expected one of invited, awaiting_approval, active, suspended",
    ),
    "no usage": (
        spoiled("usage", 0, quantity=""),
        "usage.csv line 2, quantity: expected a value, the cell is empty",
    ),
}

TOGETHER = {
    "account twice": (
        doubled("accounts", 0, name="Again"),
        "accounts.csv line 5, reference: the same reference as on line 2: leave one of them",
    ),
    "item twice": (
        doubled("items", 2),
        "items.csv line 6, product: the same account and product as on line 4",
    ),
    "key twice": (
        doubled("usage", 0),
        "usage.csv line 3, key: the same account and key as on line 2",
    ),
    "unknown parent": (
        spoiled("accounts", 2, parent="R-9", payer=""),
        "accounts.csv line 4, parent: expected an account of this file or one that stands, "
        "got 'R-9'",
    ),
    "parent of a customer": (
        spoiled("accounts", 0, parent="R-1"),
        "accounts.csv line 2, parent: expected none of an account with role customer, got 'R-1'",
    ),
    "client without reseller": (
        spoiled("accounts", 2, parent="", payer=""),
        "accounts.csv line 4, parent: expected the reseller of this client, the cell is empty",
    ),
    "client of a customer": (
        spoiled("accounts", 2, parent="A-1", payer=""),
        "accounts.csv line 4, parent: expected a reseller for this client, 'A-1' has role customer",
    ),
    "payer": (
        spoiled("accounts", 2, payer="A-1"),
        "accounts.csv line 4, payer: expected 'C-1' itself or its parent 'R-1', got 'A-1'",
    ),
    "currency of a paid-for child": (
        spoiled("accounts", 2, currency="USD"),
        "accounts.csv line 4, currency: expected EUR, the currency of its parent 'R-1', got USD",
    ),
    "kind of a child": (
        spoiled("accounts", 2, kind="sandbox"),
        "accounts.csv line 4, kind: expected live, the kind of its parent 'R-1', got sandbox",
    ),
    "item of nobody": (
        spoiled("items", 3, account="X-1"),
        "items.csv line 5, account: expected a reference of accounts.csv, got 'X-1'",
    ),
    "unknown product": (
        doubled("items", 0, product="seats"),
        "items.csv line 6, product: expected a product of the catalogue, got 'seats'; "
        "did you mean seat?",
    ),
    "wrong subscription": (
        spoiled("events", 1, subscription="licensing"),
        "events.csv line 3, subscription: the catalogue holds seat in the subscription 'plan', "
        "got 'licensing'",
    ),
    "event without item": (
        doubled("events", 0, product="voice"),
        "events.csv line 5, product: account 'A-1' holds no 'voice': write that item into",
    ),
    "subscription begins twice": (
        spoiled("items", 1, starts_on="2026-02-01"),
        "items.csv line 3, starts_on: expected 2026-01-01 as on line 2, which is of the same "
        "subscription 'plan', got 2026-02-01",
    ),
    "anchor of a year": (
        spoiled("items", 2, interval="year"),
        "items.csv line 4, anchor_day: a yearly subscription is anchored on its start",
    ),
    "begins in the future": (
        spoiled("items", 2, starts_on="2026-04-01"),
        "items.csv line 4, starts_on: 2026-04-01 has not begun yet",
    ),
    "billed through no cycle date": (
        spoiled("items", 2, billed_through="2026-02-14"),
        "items.csv line 4, billed_through: no cycle opens on 2026-02-14: "
        "expected 2026-02-01 or 2026-03-01",
    ),
    "billed through the future": (
        spoiled("items", 2, billed_through="2026-04-01"),
        "items.csv line 4, billed_through: 2026-04-01 has not begun yet",
    ),
    "billed before the start": (
        spoiled("items", 2, billed_through="2025-12-01"),
        "items.csv line 4, billed_through: expected 2026-01-01 or a later opening, got 2025-12-01",
    ),
    "event before the start": (
        spoiled("events", 0, at="2025-12-31"),
        "events.csv line 2, at: the subscription starts on 2026-01-01: expected that or later",
    ),
    "event in the future": (
        spoiled("events", 1, at="2026-03-16"),
        "events.csv line 3, at: this instant has not come yet",
    ),
    "two events at once": (
        doubled("events", 1, at="2026-02-10T13:00:00Z", quantity="7"),
        "events.csv line 5, at: the same product and instant as on line 3",
    ),
    "beyond the last tier": (
        spoiled("events", 2, quantity="2501"),
        "events.csv line 4, quantity: ",
    ),
    "no price in this currency": (
        spoiled("accounts", 0, currency="USD"),
        "events.csv line 4, product: ",
    ),
    "chosen number of what is counted": (
        doubled("events", 0, account="C-1", product="team", at="2026-01-10"),
        "events.csv line 5, quantity: ",
    ),
    "member by another name": (
        spoiled("members", 2, name="Bobby"),
        "members.csv line 4, name: expected 'Bob' as on line 3, which is of the same member, "
        "got 'Bobby'",
    ),
    "two statuses at once": (
        spoiled("members", 2, at="2026-01-10"),
        "members.csv line 4, at: the same member and instant as on line 3",
    ),
    "status in the future": (
        spoiled("members", 2, at="2026-03-16"),
        "members.csv line 4, at: this instant has not come yet",
    ),
    "two primary admins": (
        doubled("members", 0, member="eva", name="Eva"),
        "members.csv line 5, primary_admin: line 2 names the primary account admin: expected no",
    ),
    "primary admin is a bot": (
        spoiled("members", 0, bot="yes"),
        "members.csv line 2, primary_admin: expected no: a bot cannot be the primary account admin",
    ),
    "primary admin suspended": (
        spoiled("members", 0, status="suspended"),
        "members.csv line 2, status: expected active in the end for the primary account admin",
    ),
    "use of what is not metered": (
        doubled("usage", 0, product="seat", key="u-2"),
        "usage.csv line 3, product: seat is not metered",
    ),
    "more use together than can be charged": (
        doubled("usage", 0, key="u-2", quantity="10000000000"),
        "usage.csv line 3, quantity: 10,000,000,012 of Minutes used in a cycle would cost more",
    ),
    "use before the start": (
        spoiled("usage", 0, at="2025-12-31"),
        "usage.csv line 2, at: the subscription starts on 2026-01-01",
    ),
    "use in the future": (
        spoiled("usage", 0, at="2026-03-15T13:00:01+01:00"),
        "usage.csv line 2, at: this instant has not come yet",
    ),
}


@pytest.mark.parametrize(("book", "expected"), CELLS.values(), ids=CELLS)
def test_a_cell_that_cannot_be_read_is_told(tmp_path, book, expected):
    found = mistakes_of(book.write(tmp_path))

    assert found[0].startswith(expected)
    assert not Account.objects.exists()


@pytest.mark.parametrize(("book", "expected"), TOGETHER.values(), ids=TOGETHER)
def test_lines_that_do_not_fit_together_are_told(tmp_path, book, expected):
    found = mistakes_of(book.write(tmp_path))

    assert any(mistake.startswith(expected) for mistake in found), found
    assert not Account.objects.exists()


def test_parents_that_go_round_are_told(tmp_path):
    book = Book()
    book.set("accounts", 1, role="client", parent="C-1").set("accounts", 2, payer="")

    found = mistakes_of(book.write(tmp_path))

    assert any("parents go round in a circle: R-1 → C-1 → R-1" in mistake for mistake in found)


def test_all_mistakes_are_told_at_once_in_the_order_of_files_and_lines(tmp_path):
    book = Book().set("accounts", 2, currency="XXX").set("accounts", 0, country="", language="de")
    book.set("events", 1, quantity="many").set("members", 0, bot="perhaps")

    found = mistakes_of(book.write(tmp_path))

    assert [mistake.partition(": ")[0] for mistake in found] == [
        "accounts.csv line 2, language",
        "accounts.csv line 2, country",
        "accounts.csv line 4, currency",
        "events.csv line 3, quantity",
        "members.csv line 2, bot",
    ]


def test_a_missing_file_is_told_with_the_header_it_needs(tmp_path):
    book = Book()
    book.text["usage"] = None

    assert mistakes_of(book.write(tmp_path)) == [
        "usage.csv: the file is missing: write it with its header alone if it has no rows: "
        "account,subscription,product,key,at,quantity"
    ]
