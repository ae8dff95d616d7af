"""The rows of a book as values with names, and the pages of accounts that are worked on at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from billing.book.columns import EVENTS, ITEMS, MEMBERS, USAGE, Sheet
from billing.book.scratch import Scratch
from billing.book.values import EPOCH
from billing.core.periods import first_instant

PAGE: Final = 1000

At = int | str
"""Microseconds since 1970, or a date: the first instant of that day in the billing zone."""


@dataclass(slots=True)
class AccountRow:
    """A line of accounts.csv; of a wrong line single values may be None."""

    line: int
    wrong: int
    reference: str
    name: str
    kind: str
    role: str
    parent: str | None
    payer: str | None
    time_zone: str
    language: str
    currency: str
    email: str
    street: str
    postcode: str
    city: str
    country: str
    tax_id: str
    tax_exempt: int
    discount_percent: str
    pays_by: str
    terms_days: int
    agreed_terms: int
    opened_at: At
    blocked_at: At | None
    closed_at: At | None


@dataclass(slots=True)
class ItemRow:
    """A line of items.csv."""

    line: int
    wrong: int
    account: str
    subscription: str | None
    product: str
    starts_on: str
    interval: str
    anchor_day: int | None
    billed_through: str | None


@dataclass(slots=True)
class EventRow:
    """A line of events.csv."""

    line: int
    wrong: int
    account: str
    subscription: str | None
    product: str
    at: At
    quantity: int
    holds: str | None
    actor: str
    cause: str


@dataclass(slots=True)
class MemberRow:
    """A line of members.csv: one status of one member."""

    line: int
    wrong: int
    account: str
    member: str
    name: str
    email: str
    bot: int
    billing_role: int
    primary_admin: int
    purchase_permission: int
    at: At
    status: str
    cause: str


@dataclass(slots=True)
class UsageRow:
    """A line of usage.csv."""

    line: int
    wrong: int
    account: str
    subscription: str | None
    product: str
    key: str
    at: At
    quantity: int


@dataclass(slots=True)
class AccountBook:
    """One account with all its lines, and what is known of its payer.

    ``billing_zone`` is empty where the payer's line is wrong there.
    """

    account: AccountRow
    id: int | None
    stands: bool
    parent_id: int | None
    payer_id: int | None
    billing_zone: str
    items: list[ItemRow] = field(default_factory=list)
    events: list[EventRow] = field(default_factory=list)
    members: list[MemberRow] = field(default_factory=list)
    usage: list[UsageRow] = field(default_factory=list)


_ACCOUNTS: Final = """
SELECT accounts.*, own.id, own.stands, parent.id,
       CASE WHEN accounts.payer IS NULL OR accounts.payer = accounts.reference
            THEN own.id ELSE payer.id END,
       CASE WHEN accounts.payer IS NULL OR accounts.payer = accounts.reference
            THEN accounts.time_zone ELSE payer.time_zone END
FROM accounts
JOIN known AS own ON own.reference = accounts.reference
LEFT JOIN known AS parent ON parent.reference = accounts.parent
LEFT JOIN known AS payer ON payer.reference = accounts.payer
WHERE {where} AND own.line = accounts.line
ORDER BY accounts.rowid
"""
_PAGE: Final = "accounts.rowid BETWEEN {first} AND {last} AND accounts.{kept}"
_WIDTH: Final = len(AccountRow.__slots__)


def pages(scratch: Scratch) -> Iterator[list[AccountBook]]:
    """All accounts, a thousand at a time: parents before children, then in the order of the file.

    SQLite looks for children of every new row as long as any row waits for its parent, which takes
    forever; so no row ever does.
    """
    last = scratch.one("SELECT max(rowid) FROM accounts") or 0
    for kept in ("parent IS NULL", "parent IS NOT NULL"):
        for first in range(1, last + 1, PAGE):
            page = _page(scratch, _PAGE.format(first=first, last=first + PAGE - 1, kept=kept))
            if page:
                yield page


def _page(scratch: Scratch, where: str) -> list[AccountBook]:
    items = _of_accounts(scratch, ITEMS, ItemRow, where)
    events = _of_accounts(scratch, EVENTS, EventRow, where)
    members = _of_accounts(scratch, MEMBERS, MemberRow, where)
    usage = _of_accounts(scratch, USAGE, UsageRow, where)
    found = []
    for row in scratch.rows(_ACCOUNTS.format(where=where)):
        account = AccountRow(*row[:_WIDTH])
        own, stands, parent, payer, zone = row[_WIDTH:]
        found.append(
            AccountBook(
                account,
                own,
                bool(stands),
                parent,
                payer,
                zone or "",
                items[account.reference],
                events[account.reference],
                members[account.reference],
                usage[account.reference],
            )
        )
    return found


def _of_accounts(
    scratch: Scratch, sheet: Sheet, row_type: type[Any], where: str
) -> defaultdict[str, list[Any]]:
    """The rows of one file by account, in the order of their lines."""
    by_account: defaultdict[str, list[Any]] = defaultdict(list)
    for row in scratch.rows(
        f"SELECT {sheet.name}.* FROM accounts JOIN {sheet.name} "
        f"ON {sheet.name}.account = accounts.reference "
        f"WHERE {where} ORDER BY {sheet.name}.line"
    ):
        found = row_type(*row)
        by_account[found.account].append(found)
    return by_account


def moment(at: At, zone: str) -> datetime:
    """The instant that a cell means."""
    if isinstance(at, int):
        return EPOCH + timedelta(microseconds=at)
    return _opening(at, zone)


@lru_cache(maxsize=10_000)
def _opening(day: str, zone: str) -> datetime:
    return first_instant(date.fromisoformat(day), zone)
