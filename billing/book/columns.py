"""The five files of a book: which columns each has, and what stands in them.

``docs/import.md`` describes them for people; a test keeps the two alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db.models import Model

from accounts.models import Account, Member
from billing.book import values
from billing.book.values import Read, Value
from billing.limits import LARGEST_QUANTITY, LARGEST_USE
from billing.models import Event, Subscription, UsageRecord


@dataclass(frozen=True, slots=True)
class Column:
    """One column. An empty cell is a mistake where it is ``needed``, else means ``default``."""

    name: str
    read: Read
    needed: bool = False
    default: Value = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file. ``key`` columns tell its rows apart and are kept even of a row with mistakes."""

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def file(self) -> str:
        return f"{self.name}.csv"

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


def _text_of(model: type[Model], name: str) -> Read:
    return values.text(most=int(getattr(model._meta.get_field(name), "max_length", None) or 0))


_ACCOUNT: Final = Column("account", _text_of(Account, "reference"), needed=True)
_SUBSCRIPTION: Final = Column("subscription", values.code(most=20))
_PRODUCT: Final = Column("product", values.code(most=40), needed=True)
_AT: Final = Column("at", values.instant, needed=True)

ACCOUNTS: Final = Sheet(
    "accounts",
    ("reference",),
    (
        Column("reference", _text_of(Account, "reference"), needed=True),
        Column("name", _text_of(Account, "name"), needed=True),
        Column("kind", values.one_of(*Account.Kind.values), default=Account.Kind.LIVE.value),
        Column("role", values.one_of(*Account.Role.values), default=Account.Role.CUSTOMER.value),
        Column("parent", _text_of(Account, "reference")),
        Column("payer", _text_of(Account, "reference")),
        Column("time_zone", values.time_zone, needed=True),
        Column("language", values.one_of("en", "it", "cs"), default="en"),
        Column("currency", values.currency, needed=True),
        Column("email", values.email, default=""),
        Column("street", _text_of(Account, "street"), default=""),
        Column("postcode", _text_of(Account, "postcode"), default=""),
        Column("city", _text_of(Account, "city"), default=""),
        Column("country", values.country, needed=True),
        Column("tax_id", _text_of(Account, "tax_id"), default=""),
        Column("tax_exempt", values.yes_or_no, default=0),
        Column("discount_percent", values.percent, default="0"),
        Column("pays_by", values.one_of(*Account.PaysBy.values), default=Account.PaysBy.CARD.value),
        Column("terms_days", values.between(0, 365), default=14),
        Column("agreed_terms", values.yes_or_no, default=0),
        Column("opened_at", values.instant, needed=True),
        Column("blocked_at", values.instant),
        Column("closed_at", values.instant),
    ),
)

ITEMS: Final = Sheet(
    "items",
    ("account", "product"),
    (
        _ACCOUNT,
        _SUBSCRIPTION,
        _PRODUCT,
        Column("starts_on", values.day, needed=True),
        Column(
            "interval",
            values.one_of(*Subscription.Interval.values),
            default=Subscription.Interval.MONTH.value,
        ),
        Column("anchor_day", values.between(1, 31)),
        Column("billed_through", values.day),
    ),
)

EVENTS: Final = Sheet(
    "events",
    ("account", "product", "at"),
    (
        _ACCOUNT,
        _SUBSCRIPTION,
        _PRODUCT,
        _AT,
        Column("quantity", values.whole(most=LARGEST_QUANTITY), needed=True),
        Column("holds", values.one_of(*Event.Holds.values)),
        Column("actor", _text_of(Event, "actor_name"), needed=True),
        Column("cause", _text_of(Event, "cause"), default=""),
    ),
)

MEMBERS: Final = Sheet(
    "members",
    ("account", "member"),
    (
        _ACCOUNT,
        Column("member", _text_of(Member, "reference"), needed=True),
        Column("name", _text_of(Member, "name"), needed=True),
        Column("email", values.email, default=""),
        Column("bot", values.yes_or_no, default=0),
        Column("billing_role", values.yes_or_no, default=0),
        Column("primary_admin", values.yes_or_no, default=0),
        Column("purchase_permission", values.yes_or_no, default=0),
        _AT,
        Column("status", values.one_of(*Member.Status.values), needed=True),
        Column("cause", values.text(most=200), default=""),
    ),
)

USAGE: Final = Sheet(
    "usage",
    ("account", "key"),
    (
        _ACCOUNT,
        _SUBSCRIPTION,
        _PRODUCT,
        Column("key", _text_of(UsageRecord, "key"), needed=True),
        _AT,
        Column("quantity", values.whole(most=LARGEST_USE), needed=True),
    ),
)

SHEETS: Final = (ACCOUNTS, ITEMS, EVENTS, MEMBERS, USAGE)
