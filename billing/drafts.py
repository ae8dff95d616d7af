"""Drafts: what a run will issue, before it has keys, numbers and an instant of issue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, TypeAlias

from billing.open_amounts import OpenAmount

_NOTHING: Final = Decimal(0)

Json: TypeAlias = dict[str, Any]
"""A value that JSON can hold; amounts are strings."""


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A `Line` that is not written yet: its columns under their own names."""

    item_id: int
    product_code: str
    names: Mapping[str, str]
    kind: str
    starts_on: date
    ends_on: date
    quantity: int
    units: Decimal | None
    unit_amount: Decimal | None
    tiers: Json | None
    share_days: int | None
    cycle_days: int | None
    months: int | None
    amount: Decimal
    price_id: int
    event_ids: list[int]
    last_sequence: int | None
    counted: int | None

    def to_json(self) -> Json:
        return {
            "item": self.item_id,
            "product": self.product_code,
            "names": dict(self.names),
            "kind": str(self.kind),
            "from": self.starts_on.isoformat(),
            "to": self.ends_on.isoformat(),
            "quantity": self.quantity,
            "units": _text(self.units),
            "unit_amount": _text(self.unit_amount),
            "tiers": self.tiers,
            "share": [self.share_days, self.cycle_days] if self.share_days is not None else None,
            "months": self.months,
            "amount": _text(self.amount),
            "price": self.price_id,
            "events": self.event_ids,
            "last_sequence": self.last_sequence,
            "counted": self.counted,
        }


@dataclass(frozen=True, slots=True)
class DraftBill:
    """A `Bill` that is not written yet, with its lines in order.

    ``state`` is what is true right after the opening of a cycle; changes have none.
    """

    subscription_id: int
    reason: str
    number: int
    starts_on: date
    ends_on: date
    at: datetime
    subtotal: Decimal
    discount_percent: Decimal
    discount: Decimal
    state: Json | None
    lines: tuple[DraftLine, ...]

    def to_json(self) -> Json:
        return {
            "subscription": self.subscription_id,
            "reason": str(self.reason),
            "number": self.number,
            "from": self.starts_on.isoformat(),
            "to": self.ends_on.isoformat(),
            "at": self.at.isoformat(),
            "subtotal": _text(self.subtotal),
            "discount_percent": _text(self.discount_percent),
            "discount": _text(self.discount),
            "lines": [line.to_json() for line in self.lines],
        }


@dataclass(frozen=True, slots=True)
class DraftDocument:
    """An `Invoice` that is not issued yet. Amounts are signed as charges.

    ``terms_days`` count from the day of issue, which is not known yet. ``open`` is what the payer's
    credit balance leaves to pay, of a credit note what the documents after it leave of it.
    """

    payer_id: int
    kind: str
    reason: str
    cycle_date: date
    part: int
    currency: str
    language: str
    pays_by: str
    terms_days: int
    customer: Json
    seller_id: int
    subtotal: Decimal
    discount: Decimal
    taxes: list[Json]
    tax: Decimal
    total: Decimal
    open: Decimal
    bills: tuple[DraftBill, ...]

    @property
    def credit_used(self) -> Decimal:
        """What is taken from the payer's credit balance; zero for a credit note."""
        return max(self.total, _NOTHING) - max(self.open, _NOTHING)

    def to_json(self) -> Json:
        """The document as a dry run shows it; once issued it reads the same (`issued.as_json`)."""
        return {
            "payer": self.payer_id,
            "kind": str(self.kind),
            "reason": str(self.reason),
            "cycle_date": self.cycle_date.isoformat(),
            "part": self.part,
            "currency": self.currency,
            "language": self.language,
            "pays_by": str(self.pays_by),
            "customer": self.customer,
            "seller": self.seller_id,
            "subtotal": _text(self.subtotal),
            "discount": _text(self.discount),
            "taxes": self.taxes,
            "tax": _text(self.tax),
            "total": _text(self.total),
            "credit_used": _text(self.credit_used),
            "bills": [bill.to_json() for bill in self.bills],
        }


@dataclass(frozen=True, slots=True)
class Advance:
    """Where a subscription stands once its drafts are written.

    ``opening`` is the bill that becomes `Subscription.opening`, None where no cycle opened.
    ``items`` are (item id, quantity, price id) of the items that an opening changed.
    """

    subscription_id: int
    next_number: int
    next_opening: date
    next_bill_at: datetime | None
    opening: DraftBill | None
    items: tuple[tuple[int, int, int | None], ...]


@dataclass(frozen=True, slots=True)
class PayerDraft:
    """All that is due of one payer: documents oldest first, and bills that need no document."""

    payer_id: int
    documents: tuple[DraftDocument, ...]
    bare_bills: tuple[DraftBill, ...]
    advances: tuple[Advance, ...]


@dataclass(frozen=True, slots=True)
class PayerProblem:
    """A payer that cannot be billed: what is so and what to do next, and the technical trace."""

    payer_id: int
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class DraftPage:
    """The drafts of a page of payers, by id; a payer with nothing due is in neither list.

    ``used`` are the credits issued earlier that the documents use, brought to what is left of them.
    """

    payers: tuple[PayerDraft, ...]
    problems: tuple[PayerProblem, ...]
    used: tuple[OpenAmount, ...] = ()


def _text(value: Decimal | None) -> str | None:
    """The shortest plain form, so that a stored amount reads as the computed one."""
    if value is None:
        return None
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
