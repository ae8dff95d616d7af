"""The demo's older accounts: written as a book, and taken over as any book is."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from billing.book.columns import ACCOUNTS, EVENTS, ITEMS, MEMBERS, SHEETS, Sheet
from billing.book.importing import import_book
from billing.openings import Openings
from config.demo.cast import Holding, Part

Cells = dict[str, object]


class _Silence:
    """Hears of progress and says nothing."""

    def begin(self, what: str, total: int) -> None:
        pass

    def advance(self, count: int) -> None:
        pass


def take_over(parts: list[Part], *, at: datetime) -> None:
    """Write these accounts with their past, billed by somebody else up to ``at``."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        for sheet in SHEETS:
            _write(folder, sheet, parts, at)
        import_book(folder, at=at, progress=_Silence())


def _write(folder: Path, sheet: Sheet, parts: list[Part], at: datetime) -> None:
    with (folder / sheet.file).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, sheet.names, restval="")
        writer.writeheader()
        for part in parts:
            writer.writerows(_rows(sheet, part, at))


def _rows(sheet: Sheet, part: Part, at: datetime) -> Iterator[Cells]:
    opens = part.opens
    if not isinstance(opens, date):
        raise TypeError(f"The story settles on which day {part.reference} opens.")
    if sheet is ACCOUNTS:
        yield account_row(part) | {"opened_at": opens}
    elif sheet is ITEMS:
        yield from _items(part, opens, at)
    elif sheet is EVENTS:
        yield from _events(part, opens)
    elif sheet is MEMBERS:
        yield from _members(part, opens)


def account_row(part: Part) -> Cells:
    """The columns of accounts.csv that a part of the cast gives."""
    place = part.place
    return {
        "reference": part.reference,
        "name": part.name,
        "kind": part.kind,
        "role": part.role,
        "parent": part.parent,
        "payer": part.parent if part.paid_by_parent else "",
        "time_zone": place.zone,
        "language": place.language,
        "currency": place.currency,
        "email": f"invoices@{part.reference.lower()}.example",
        "street": place.street,
        "postcode": place.postcode,
        "city": place.city,
        "country": place.country,
        "tax_id": part.tax_id,
        "tax_exempt": "yes" if part.tax_exempt else "no",
        "discount_percent": part.discount,
        "pays_by": "card" if part.terms_days is None else "transfer",
        "terms_days": 14 if part.terms_days is None else part.terms_days,
        "agreed_terms": "no" if part.terms_days is None else "yes",
    }


def _items(part: Part, opens: date, at: datetime) -> Iterator[Cells]:
    for holding in part.holdings:
        through = "" if opens == at.date() else _billed_through(part, holding, opens, at)
        for product in holding.items:
            yield {
                "account": part.reference,
                "subscription": holding.code,
                "product": product,
                "starts_on": opens,
                "interval": holding.interval,
                "anchor_day": holding.anchor_day,
                "billed_through": through,
            }


def _billed_through(part: Part, holding: Holding, opens: date, at: datetime) -> date:
    openings = Openings(
        starts_on=opens,
        interval=holding.interval,
        anchor_day=holding.anchor_day,
        zone=part.place.zone,
    )
    return openings.cycle(openings.number_at(at)).period.start


def _events(part: Part, opens: date) -> Iterator[Cells]:
    for holding in part.holdings:
        for product, quantity in holding.items.items():
            if quantity:
                yield {
                    "account": part.reference,
                    "subscription": holding.code,
                    "product": product,
                    "at": opens,
                    "quantity": quantity,
                    "actor": part.people[0],
                    "cause": "First order",
                }


def _members(part: Part, opens: date) -> Iterator[Cells]:
    for number, name in enumerate((*part.people, *part.bots, *part.crew)):
        yield {
            "account": part.reference,
            "member": f"{part.reference}-{number + 1}",
            "name": name,
            "email": _address(name, part),
            "bot": "yes" if name in part.bots else "no",
            "primary_admin": "no" if number else "yes",
            "at": opens,
            "status": "active",
        }


def _address(name: str, part: Part) -> str:
    if name in part.bots:
        return ""
    # Of many people several have the same first name.
    return email_of(name.replace(" ", ".") if name in part.crew else name, part.reference)


def email_of(name: str, reference: str) -> str:
    """An address of nobody: the domain belongs to no one."""
    spelled = unicodedata.normalize("NFKD", name.partition(" ")[0].lower())
    first = "".join(letter for letter in spelled if letter.isascii())
    return f"{first or 'someone'}@{reference.lower()}.example"
