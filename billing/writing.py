"""Writing a page of drafts in bulk: bills and lines, then numbers, then the documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from operator import attrgetter
from typing import Any, Final

from accounts import mail
from accounts.bulk import insert_rows
from accounts.keys import reserve
from accounts.models import Account, Letter
from billing import ledger
from billing.drafts import Advance, DraftBill, DraftDocument, DraftPage, PayerDraft
from billing.models import (
    Bill,
    Deposit,
    Invoice,
    Item,
    Line,
    PaymentAttempt,
    Receivable,
    SellerDetails,
    Subscription,
)
from billing.numbering import Drawn, draw, number, series_of
from billing.open_amounts import OpenAmount
from billing.receivables import standing
from billing.updating import update_rows

Clock = Callable[[], datetime]

BILL_FIELDS: Final = (
    "id", "invoice_id", "subscription_id", "reason", "number", "starts_on", "ends_on", "at",
    "subtotal", "discount_percent", "discount", "state",
)  # fmt: skip
LINE_FIELDS: Final = (
    "bill_id", "position", "item_id", "product_code", "names", "kind", "starts_on", "ends_on",
    "quantity", "units", "unit_amount", "tiers", "share_days", "cycle_days", "months", "amount",
    "price_id", "event_ids", "last_sequence", "counted",
)  # fmt: skip
INVOICE_FIELDS: Final = (
    "id", "series", "year", "sequence", "number", "issued_at", "issued_on", "due_on", "run_id",
    "total", "total_currency", "credit_used", "kind", "payer_id", "reason", "cycle_date", "part",
    "seller_id", "customer", "language", "pays_by", "subtotal", "discount", "taxes", "tax",
)  # fmt: skip
RECEIVABLE_FIELDS: Final = (
    "invoice_id", "payer_id", "open", "open_currency", "state", "due_on", "settled_at",
)  # fmt: skip
ATTEMPT_FIELDS: Final = (
    "invoice_id", "payer_id", "amount", "amount_currency", "queued_at", "next_try_at",
)  # fmt: skip
LETTER_FIELDS: Final = (
    "name", "key", "account_id", "subject_id", "to", "language", "state", "queued_at",
    "next_try_at", "problem",
)  # fmt: skip

_of_bill = attrgetter(*BILL_FIELDS[2:])
_of_line = attrgetter(*LINE_FIELDS[2:])
_of_invoice = attrgetter(*INVOICE_FIELDS[11:])
_of_letter = attrgetter(*LETTER_FIELDS)
_of_advance = attrgetter("subscription_id", "next_number", "next_opening", "next_bill_at")


@dataclass(frozen=True, slots=True)
class Written:
    """How many documents were issued, and their totals by currency."""

    invoices: int = 0
    amounts: Mapping[str, Decimal] = field(default_factory=dict)


def write(
    drafts: DraftPage,
    *,
    accounts: Mapping[int, Account],
    run_id: int | None,
    clock: Clock,
    charging: bool = True,
) -> Written:
    """Issue the drafts: what the run leaves behind of them, in a constant number of statements.

    Belongs into the transaction that locked ``accounts`` (the payers by id) and computed the
    drafts. What needs no number is written first, so that the series are locked for as short a
    time as can be. Not ``charging``: what is open of the documents was charged already, by the
    order that they are of, whose settlement writes it down and owes the letter.
    """
    payers = drafts.payers
    documents = [document for payer in payers for document in payer.documents]
    keys = _Keys(payers, documents)
    insert_rows(Bill, fields=BILL_FIELDS, rows=keys.bill_rows())
    insert_rows(Line, fields=LINE_FIELDS, rows=keys.line_rows())
    _advance([advance for payer in payers for advance in payer.advances], keys)
    if documents:
        opens = _open_amounts(documents, keys)
        drawn = _draw_numbers(documents, clock)
        _issue(_Issued(documents, opens, accounts, drawn), run_id, charging=charging)
        _write_used(drafts.used, at=drawn.issued_at)
    return _written(documents)


class _Keys:
    """Primary keys reserved for the bills and documents of a page."""

    def __init__(self, payers: Sequence[PayerDraft], documents: Sequence[DraftDocument]) -> None:
        invoice_ids = reserve(Invoice, count=len(documents))
        self.of_document = {id(one): key for one, key in zip(documents, invoice_ids, strict=True)}
        self.bills: list[tuple[int | None, DraftBill]] = [
            (self.of_document[id(one)], bill) for one in documents for bill in one.bills
        ]
        self.bills += [(None, bill) for payer in payers for bill in payer.bare_bills]
        bill_ids = reserve(Bill, count=len(self.bills))
        self.of_bill = {id(bill): key for (_, bill), key in zip(self.bills, bill_ids, strict=True)}

    def bill_rows(self) -> Iterator[tuple[Any, ...]]:
        for invoice_id, bill in self.bills:
            yield (self.of_bill[id(bill)], invoice_id, *_of_bill(bill))

    def line_rows(self) -> Iterator[tuple[Any, ...]]:
        for _, bill in self.bills:
            key = self.of_bill[id(bill)]
            for position, line in enumerate(bill.lines, start=1):
                yield (key, position, *_of_line(line))


def _advance(advances: Sequence[Advance], keys: _Keys) -> None:
    """Move the subscriptions to their next opening, and the items to what the openings made so."""
    moved: tuple[str, ...] = ("next_number", "next_opening", "next_bill_at")
    opened = [advance for advance in advances if advance.opening is not None]
    update_rows(
        Subscription,
        fields=(*moved, "opening_id"),
        rows=[(*_of_advance(one), keys.of_bill[id(one.opening)]) for one in opened],
    )
    update_rows(
        Subscription,
        fields=moved,
        rows=[_of_advance(one) for one in advances if one.opening is None],
    )
    update_rows(
        Item,
        fields=("quantity", "price_id"),
        rows=[item for advance in advances for item in advance.items],
    )


def _open_amounts(documents: Sequence[DraftDocument], keys: _Keys) -> list[OpenAmount]:
    return [
        OpenAmount(one.payer_id, keys.of_document[id(one)], one.currency, one.open)
        for one in documents
    ]


def _draw_numbers(documents: Sequence[DraftDocument], clock: Clock) -> Drawn:
    zone = SellerDetails.objects.values_list("time_zone", flat=True).get(pk=documents[0].seller_id)
    return draw(wanted=Counter(series_of(one.kind) for one in documents), zone=zone, clock=clock)


class _Issued:
    """Documents with what the issue adds to them: keys, numbers, what is open, when it is due."""

    def __init__(
        self,
        documents: Sequence[DraftDocument],
        opens: Sequence[OpenAmount],
        accounts: Mapping[int, Account],
        drawn: Drawn,
    ) -> None:
        self.documents = documents
        self.opens = opens
        self.accounts = accounts
        self.drawn = drawn
        self.due = [_due_on(one, drawn.issued_on) for one in documents]

    def invoice_rows(self, run_id: int | None) -> Iterator[tuple[Any, ...]]:
        drawn = self.drawn
        following = dict(drawn.first)
        for one, open_, due_on in zip(self.documents, self.opens, self.due, strict=True):
            series = series_of(one.kind)
            sequence = following[series]
            following[series] += 1
            named = (
                series,
                drawn.year,
                sequence,
                number(series=series, year=drawn.year, sequence=sequence),
            )
            dated = (drawn.issued_at, drawn.issued_on, due_on)
            yield (
                *(open_.invoice_id, *named, *dated, run_id),
                *(one.total, one.currency, *_of_invoice(one)),
            )

    def ledger_documents(self) -> Iterator[ledger.IssuedDocument]:
        for one, open_ in zip(self.documents, self.opens, strict=True):
            yield ledger.IssuedDocument(
                invoice_id=open_.invoice_id,
                payer_id=one.payer_id,
                kind=one.kind,
                currency=one.currency,
                total=one.total,
                issued_at=self.drawn.issued_at,
            )

    def receivable_rows(self) -> Iterator[tuple[Any, ...]]:
        for open_, due_on in zip(self.opens, self.due, strict=True):
            state, settled_at = _standing(open_, self.drawn.issued_at)
            yield (
                *(open_.invoice_id, open_.payer_id, open_.open, open_.currency),
                *(state, due_on, settled_at),
            )

    def attempt_rows(self) -> Iterator[tuple[Any, ...]]:
        at = self.drawn.issued_at
        for one, open_ in zip(self.documents, self.opens, strict=True):
            if _is_charged(one, open_):
                yield (open_.invoice_id, open_.payer_id, open_.open, open_.currency, at, at)

    def letter_rows(self) -> Iterator[tuple[Any, ...]]:
        """A payer who is charged is told once the charge is settled, everybody else at once."""
        for one, open_ in zip(self.documents, self.opens, strict=True):
            if not _is_charged(one, open_):
                yield _of_letter(
                    mail.letter(
                        name="invoice",
                        key=f"invoice:{open_.invoice_id}",
                        account_id=one.payer_id,
                        subject_id=open_.invoice_id,
                        to=self.accounts[one.payer_id].invoice_emails,
                        language=one.language,
                        at=self.drawn.issued_at,
                    )
                )


def _issue(issued: _Issued, run_id: int | None, *, charging: bool) -> None:
    insert_rows(Invoice, fields=INVOICE_FIELDS, rows=issued.invoice_rows(run_id))
    ledger.enter_documents(issued.ledger_documents())
    insert_rows(Receivable, fields=RECEIVABLE_FIELDS, rows=issued.receivable_rows())
    if charging:
        insert_rows(PaymentAttempt, fields=ATTEMPT_FIELDS, rows=issued.attempt_rows())
    insert_rows(Letter, fields=LETTER_FIELDS, rows=issued.letter_rows())


def _write_used(used: Sequence[OpenAmount], *, at: datetime) -> None:
    update_rows(
        Receivable,
        fields=("open", "state", "settled_at"),
        rows=[
            (one.invoice_id, one.open - one.held, *_standing(one, at))
            for one in used
            if one.payment_id is None
        ],
    )
    update_rows(
        Deposit,
        fields=("open",),
        rows=[(one.payment_id, one.open - one.held) for one in used if one.payment_id is not None],
    )


def _standing(one: OpenAmount, at: datetime) -> tuple[str, datetime | None]:
    return standing(one.open - one.held, closed_by=Receivable.State.SETTLED, at=at)


def _is_charged(document: DraftDocument, open_: OpenAmount) -> bool:
    return document.pays_by == Account.PaysBy.CARD and open_.open > 0


def _due_on(document: DraftDocument, issued_on: date) -> date:
    """Terms count from the day of issue; a card is charged on that day (decision 15)."""
    if document.pays_by == Account.PaysBy.TRANSFER:
        return issued_on + timedelta(days=document.terms_days)
    return issued_on


def _written(documents: Sequence[DraftDocument]) -> Written:
    amounts: dict[str, Decimal] = {}
    for one in documents:
        amounts[one.currency] = amounts.get(one.currency, Decimal(0)) + one.total
    return Written(len(documents), amounts)
