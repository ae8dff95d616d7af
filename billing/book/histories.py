"""One account of a book, understood: itself, what it holds, its people and its use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from accounts.tax_ids import written_tax_id
from billing.book.catalogue import Catalogue
from billing.book.columns import ACCOUNTS
from billing.book.history import SubscriptionHistory, subscriptions
from billing.book.metered import MeterHistory, meters
from billing.book.mistakes import Mistake
from billing.book.people import MemberHistory, members
from billing.book.rows import AccountBook, AccountRow, moment
from billing.models.subscriptions import LICENSING

Tell = Callable[[Mistake], None]


@dataclass(slots=True)
class AccountHistory:
    """All that a book says of one account; ``details`` are columns of the accounts table."""

    book: AccountBook
    details: dict[str, Any]
    subscriptions: list[SubscriptionHistory]
    members: list[MemberHistory]
    meters: list[MeterHistory]


def understand(
    book: AccountBook, catalogue: Catalogue, *, at: datetime, tell: Tell
) -> AccountHistory:
    """What the lines of one account mean. Mistakes are told; what has some may be left out.

    ``at`` is now: nothing in a book lies later. Of an account without time zone or currency nothing
    more can be said.
    """
    if not (book.billing_zone and book.account.currency):
        return AccountHistory(book, {}, [], [], [])
    held = subscriptions(book, catalogue, at=at, tell=tell)
    return AccountHistory(
        book,
        {} if book.account.wrong else _details(book, held, at, tell),
        held,
        members(book, at=at, tell=tell),
        meters(book, held, at=at, tell=tell),
    )


def _details(
    book: AccountBook, held: Sequence[SubscriptionHistory], at: datetime, tell: Tell
) -> dict[str, Any]:
    row = book.account
    dates = _dates(book, at, tell)
    return {
        "reference": row.reference,
        "name": row.name,
        "kind": row.kind,
        "role": row.role,
        "parent_id": book.parent_id,
        "payer_id": book.payer_id,
        "time_zone": row.time_zone,
        "language": row.language,
        "currency": row.currency,
        "email": row.email,
        "street": row.street,
        "postcode": row.postcode,
        "city": row.city,
        "country": row.country,
        "tax_id": _tax_id(row, tell),
        "tax_exempt": bool(row.tax_exempt),
        "discount_percent": Decimal(row.discount_percent),
        "pays_by": row.pays_by,
        "terms_days": row.terms_days,
        "agreed_terms": bool(row.agreed_terms),
        "licensing_enabled": any(one.code == LICENSING for one in held),
        **dates,
    }


def _tax_id(row: AccountRow, tell: Tell) -> str:
    if not row.tax_id:
        return ""
    try:
        return written_tax_id(row.tax_id, country=row.country)
    except ValueError as problem:
        tell(Mistake(ACCOUNTS.file, row.line, "tax_id", str(problem)))
        return ""


def _dates(book: AccountBook, at: datetime, tell: Tell) -> dict[str, datetime | None]:
    row = book.account
    found: dict[str, datetime | None] = {}
    for column in ("opened_at", "blocked_at", "closed_at"):
        cell = getattr(row, column)
        found[column] = when = None if cell is None else moment(cell, row.time_zone)
        opened_at = found["opened_at"]
        if when is not None and when > at:
            message = "this instant has not come yet: write what has happened"
        elif when is not None and opened_at is not None and when < opened_at:
            message = f"expected opened_at ({opened_at.isoformat()}) or later"
        else:
            continue
        tell(Mistake(ACCOUNTS.file, row.line, column, message))
    return found
