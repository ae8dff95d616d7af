"""Books of accounts for tests: a small correct one, to be spoiled line by line."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path

from billing.book.columns import SHEETS
from billing.book.importing import Imported, import_book
from billing.book.mistakes import BookRefused
from tests.factories import PriceFactory, ProductFactory, TierFactory

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
HEADERS = {sheet.name: ",".join(sheet.names) for sheet in SHEETS}
LINES = {
    "accounts": [
        {
            "reference": "A-1",
            "name": "First",
            "time_zone": "Europe/Prague",
            "currency": "EUR",
            "country": "CZ",
            "opened_at": "2025-12-01",
        },
        {
            "reference": "R-1",
            "name": "Reseller",
            "role": "reseller",
            "time_zone": "Europe/Prague",
            "currency": "EUR",
            "country": "CZ",
            "opened_at": "2025-12-01",
        },
        {
            "reference": "C-1",
            "name": "Client",
            "role": "client",
            "parent": "R-1",
            "payer": "R-1",
            "time_zone": "Europe/Rome",
            "currency": "EUR",
            "country": "IT",
            "opened_at": "2025-12-01",
        },
    ],
    "items": [
        {
            "account": "A-1",
            "product": "seat",
            "starts_on": "2026-01-01",
            "billed_through": "2026-03-01",
        },
        {
            "account": "A-1",
            "product": "contacts",
            "starts_on": "2026-01-01",
            "billed_through": "2026-03-01",
        },
        {"account": "A-1", "product": "minutes", "starts_on": "2026-01-01", "anchor_day": "1"},
        {"account": "C-1", "product": "team", "starts_on": "2026-01-10"},
    ],
    "events": [
        {
            "account": "A-1",
            "product": "seat",
            "at": "2026-01-01",
            "quantity": "3",
            "actor": "Jana",
        },
        {
            "account": "A-1",
            "product": "seat",
            "at": "2026-02-10T14:00:00+01:00",
            "quantity": "5",
            "actor": "Jana",
        },
        {
            "account": "A-1",
            "product": "contacts",
            "at": "2026-01-01",
            "quantity": "1000",
            "actor": "Jana",
        },
    ],
    "members": [
        {
            "account": "A-1",
            "member": "jana",
            "name": "Jana",
            "primary_admin": "yes",
            "at": "2026-01-01",
            "status": "active",
        },
        {
            "account": "C-1",
            "member": "bob",
            "name": "Bob",
            "at": "2026-01-10",
            "status": "active",
        },
        {
            "account": "C-1",
            "member": "bob",
            "name": "Bob",
            "at": "2026-02-20T09:00:00+01:00",
            "status": "suspended",
        },
    ],
    "usage": [
        {
            "account": "A-1",
            "product": "minutes",
            "key": "u-1",
            "at": "2026-02-03T10:00:00Z",
            "quantity": "12",
        },
    ],
}


class Silence:
    """Hears of progress and says nothing."""

    def begin(self, what: str, total: int) -> None:
        pass

    def advance(self, count: int) -> None:
        pass


class Book:
    """The lines of a book as they will be written; line 2 of a file is its line 0 here."""

    def __init__(self) -> None:
        self.lines = {name: [dict(line) for line in lines] for name, lines in LINES.items()}
        self.text: dict[str, bytes | None] = {}

    def set(self, sheet: str, place: int, **cells: str) -> Book:
        self.lines[sheet][place].update(cells)
        return self

    def add(self, sheet: str, like: int, **cells: str) -> Book:
        self.lines[sheet].append({**self.lines[sheet][like], **cells})
        return self

    def write(self, folder: Path) -> Path:
        for sheet in SHEETS:
            out = StringIO()
            writer = csv.DictWriter(out, sheet.names, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(self.lines[sheet.name])
            text = self.text.get(sheet.name, out.getvalue().encode())
            if text is not None:
                (folder / sheet.file).write_bytes(text)
        return folder


def small_catalogue() -> None:
    """What the small book holds: seats, contacts up to 2,500, metered minutes, billable members."""
    since = date(2026, 1, 1)
    PriceFactory(code="seat", valid_from=since)
    PriceFactory(code="seat", currency="USD", valid_from=since)
    contacts = PriceFactory(code="contacts", volume=True, valid_from=since)
    TierFactory(price=contacts, up_to=1000, unit=0, flat=49)
    TierFactory(price=contacts, up_to=2500, unit=0, flat=98)
    for code, traits in (("minutes", {"metered": True}), ("voice", {"peak": True})):
        product = ProductFactory(code=code, subscription_code="licensing")
        PriceFactory(product=product, valid_from=since, **traits)
    PriceFactory(code="team", members=True, valid_from=since)


def take_over(folder: Path, *, at: datetime = NOW, check_only: bool = False) -> Imported:
    return import_book(folder, at=at, progress=Silence(), check_only=check_only)


def mistakes_of(folder: Path, *, at: datetime = NOW) -> list[str]:
    """What an import says is wrong; empty when it was taken over."""
    try:
        take_over(folder, at=at)
    except BookRefused as refused:
        return [str(mistake) for mistake in refused.mistakes]
    return []
