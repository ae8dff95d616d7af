"""Papers: invoices, credit notes, payments and refunds of a payer in one list, the newest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import F, Max, Min, Q, QuerySet, Value
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from djmoney.money import Money

from accounts import searching
from accounts.models import Account
from billing import disputes, transfers
from billing.booked_days import booked_in
from billing.core.periods import local_day
from billing.models import Invoice, Line, Payment, Receivable, RefundAttempt

PAGE: Final = 50


class Kind(StrEnum):
    """What a paper is."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    PAYMENT = "payment"
    REFUND = "refund"
    DISPUTE = "dispute"
    UNDONE = "undone"

    @property
    def label(self) -> Promise:
        return _KINDS[self]


class State(StrEnum):
    """How a paper stands."""

    OPEN = "open"
    PAID = "paid"
    SETTLED = "settled"
    CREDIT = "credit"
    RECEIVED = "received"
    RETURNED = "returned"
    TAKEN_BACK = "taken_back"
    CAME_AGAIN = "came_again"
    DISPUTED = "disputed"
    RESTORED = "restored"
    ON_ITS_WAY = "on_its_way"

    @property
    def label(self) -> Promise:
        return _STATES[self]

    @property
    def tone(self) -> str:
        """How its badge looks."""
        return _TONES.get(self, "")


_KINDS: Final = {
    Kind.INVOICE: _("Invoice"),
    Kind.CREDIT_NOTE: _("Credit note"),
    Kind.PAYMENT: _("Payment"),
    Kind.REFUND: _("Refund"),
    Kind.DISPUTE: pgettext_lazy("payment", "Taken back by the bank"),
    Kind.UNDONE: pgettext_lazy("payment", "Match undone"),
}
_STATES: Final = {
    State.OPEN: pgettext_lazy("amount", "Open"),
    State.PAID: _("Paid"),
    State.SETTLED: _("Settled by credit"),
    State.CREDIT: _("In credit"),
    State.RECEIVED: pgettext_lazy("payment", "Received"),
    State.RETURNED: pgettext_lazy("payment", "Given back"),
    State.TAKEN_BACK: pgettext_lazy("payment", "Taken back"),
    State.CAME_AGAIN: pgettext_lazy("payment", "Came back"),
    State.DISPUTED: _("Disputed at the bank"),
    State.RESTORED: pgettext_lazy("payment", "Dispute decided"),
    State.ON_ITS_WAY: pgettext_lazy("payment", "On its way"),
}
_MONEY: Final = {
    Kind.PAYMENT: Q(amount__gt=0),
    Kind.REFUND: Q(amount__lt=0, undoes=None, dispute_move=None),
    Kind.DISPUTE: Q(amount__lt=0, dispute_move__isnull=False),
    Kind.UNDONE: Q(undoes__isnull=False),
}
_TONES: Final = {
    State.OPEN: "warn",
    State.DISPUTED: "warn",
    State.PAID: "good",
    State.SETTLED: "good",
}
_OF_DOCUMENTS: Final = {
    State.OPEN: Q(receivable__open__gt=0),
    State.PAID: Q(receivable__state=Receivable.State.PAID),
    State.SETTLED: Q(receivable__state=Receivable.State.SETTLED),
    State.CREDIT: Q(receivable__open__lt=0),
    State.DISPUTED: Q(disputed=True),
}
# Those that money can have; the list is narrowed by the others alone.
_OF_PAYMENTS: Final = {
    State.RECEIVED: Q(amount__gt=0, puts_back=None, dispute_move=None),
    State.RETURNED: Q(amount__lt=0, undoes=None, dispute_move=None),
    State.TAKEN_BACK: Q(undoes__isnull=False) | Q(amount__lt=0, dispute_move__isnull=False),
    State.CAME_AGAIN: Q(puts_back__isnull=False),
    State.RESTORED: Q(amount__gt=0, dispute_move__isnull=False),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader wants to see, as the address says it."""

    q: str = ""
    kind: Kind | None = None
    year: int | None = None
    state: State | None = None
    page: str = ""

    @classmethod
    def read(cls, query: Mapping[str, Any]) -> Wanted:
        """What the address asks for; what it cannot ask for is left out."""
        kind, state = query.get("kind", ""), query.get("state", "")
        year = query.get("year", "")
        return cls(
            q=searching.typed(query.get("q", "")),
            kind=Kind(kind) if kind in set(Kind) else None,
            year=_year(year),
            state=State(state) if state in set(State) else None,
            page=query.get("page", ""),
        )

    @property
    def query(self) -> str:
        """The same again as an address has it behind its question mark, without the page."""
        said = {"q": self.q, "kind": self.kind, "year": self.year, "state": self.state}
        return urlencode([(name, value) for name, value in said.items() if value])

    @property
    def narrowed(self) -> bool:
        return bool(self.query)


def _year(text: str) -> int | None:
    """A year that begins and ends on the calendar in every time zone."""
    usual = len(text) == 4 and text.isascii() and text.isdecimal()
    return int(text) if usual and date.min.year < int(text) < date.max.year else None


@dataclass(frozen=True, slots=True)
class Paper:
    """One of them. ``open`` is None for what nothing can be open of.

    ``document`` is the invoice or credit note, None for money; ``about`` the document that a credit
    note corrects, or that money was paid for. ``products`` are named in the reader's language.
    ``on`` is the day of issue; of money its day in the seller's time zone (`booked_days`).
    """

    kind: Kind
    id: int
    number: str
    on: date
    amount: Money
    state: State
    open: Money | None = None
    due_on: date | None = None
    products: tuple[str, ...] = ()
    document: Invoice | None = None
    about: Invoice | None = None
    by_transfer: bool = False


def found(payer: Account, *, wanted: Wanted, zone: str) -> QuerySet[Any]:
    """The keys of what is wanted, the newest first: one query a page, and one to count.

    ``zone`` is that of `booked_days.booking_zone`.
    """
    documents = _keys(_documents(payer, wanted), "issued_at", _DOCUMENT)
    payments = _keys(_payments(payer, wanted, zone), "at", _PAYMENT)
    waiting = _keys(_refunds(payer, wanted, zone), "queued_at", _WAITING)
    return documents.union(payments, waiting, all=True).order_by("-moment", "-table", "-key")


def rows(keys: Iterable[Sequence[Any]], *, language: str, zone: str) -> list[Paper]:
    """These as papers, in their order; five queries, however many."""
    keys = list(keys)
    of: dict[int, list[int]] = {_DOCUMENT: [], _PAYMENT: [], _WAITING: []}
    for _moment, table, key in keys:
        of[table].append(key)
    invoices = _invoices().select_related("receivable", "corrects").in_bulk(of[_DOCUMENT])
    related = ("invoice", "deposit", "undoes", "puts_back", "dispute_move")
    payments = Payment.objects.select_related(*related).in_bulk(of[_PAYMENT])
    waiting = RefundAttempt.objects.select_related("invoice").in_bulk(of[_WAITING])
    products = _products(of[_DOCUMENT], language)
    made: dict[tuple[int, int], Paper] = {
        **{(_DOCUMENT, key): _document(one, products) for key, one in invoices.items()},
        **{(_PAYMENT, key): _payment(one, zone) for key, one in payments.items()},
        **{(_WAITING, key): _refund(one, zone) for key, one in waiting.items()},
    }
    return [made[table, key] for _moment, table, key in keys]


def years(payer: Account, *, zone: str) -> list[int]:
    """The years that can be asked for, the latest first. Two queries."""
    issued = Invoice.objects.filter(payer=payer).aggregate(Min("issued_on"), Max("issued_on"))
    paid = Payment.objects.filter(payer=payer).aggregate(Min("at"), Max("at"))
    found = [one.year for one in issued.values() if one is not None]
    found += [local_day(one, zone).year for one in paid.values() if one is not None]
    return list(range(max(found), min(found) - 1, -1)) if found else []


def kind_of(payment: Payment) -> Kind:
    """What money is that came or went; read it with its ``undoes`` and its ``dispute_move``."""
    if payment.amount.amount > 0:
        return Kind.PAYMENT
    if hasattr(payment, "undoes"):
        return Kind.UNDONE
    return Kind.DISPUTE if hasattr(payment, "dispute_move") else Kind.REFUND


def state_of(receivable: Receivable, *, disputed: bool) -> State:
    """How a document stands, of which `disputes.OF_INVOICE` says whether it is disputed."""
    if receivable.open.amount < 0:
        return State.CREDIT
    if disputed and receivable.open.amount > 0:
        return State.DISPUTED
    return State(receivable.state)


# ---- what is wanted ----

_DOCUMENT: Final = 1
_PAYMENT: Final = 2
_WAITING: Final = 3


def _keys(rows: QuerySet[Any], moment: str, table: int) -> QuerySet[Any]:
    named = rows.order_by().annotate(moment=F(moment), table=Value(table), key=F("pk"))
    return named.values_list("moment", "table", "key")


def _documents(payer: Account, wanted: Wanted) -> QuerySet[Invoice]:
    kinds = {None, Kind.INVOICE, Kind.CREDIT_NOTE}
    if wanted.kind not in kinds or wanted.state not in {None, *_OF_DOCUMENTS}:
        return Invoice.objects.none()
    rows = _invoices().filter(payer=payer)
    if wanted.kind is not None:
        rows = rows.filter(kind=wanted.kind.value)
    if wanted.state is not None:
        rows = rows.filter(_OF_DOCUMENTS[wanted.state])
    if wanted.year is not None:
        rows = rows.filter(issued_on__year=wanted.year)
    return rows.filter(searching.contains("number", wanted.q)) if wanted.q else rows


def _payments(payer: Account, wanted: Wanted, zone: str) -> QuerySet[Payment]:
    if wanted.state not in {None, *_OF_PAYMENTS}:
        return Payment.objects.none()
    rows = Payment.objects.filter(payer=payer)
    if wanted.state is not None:
        rows = rows.filter(_OF_PAYMENTS[wanted.state])
    if wanted.kind is not None:
        rows = rows.filter(_MONEY[wanted.kind]) if wanted.kind in _MONEY else rows.none()
    if wanted.year is not None:
        rows = rows.filter(booked_in(wanted.year, moment="at", zone=zone))
    return rows.filter(_numbered(wanted.q, "reference")) if wanted.q else rows


def _refunds(payer: Account, wanted: Wanted, zone: str) -> QuerySet[RefundAttempt]:
    """Money that is on its way back: once it is there, it is a payment below zero."""
    if wanted.kind not in {None, Kind.REFUND} or wanted.state not in {None, State.ON_ITS_WAY}:
        return RefundAttempt.objects.none()
    rows = RefundAttempt.objects.filter(payer=payer, state__in=RefundAttempt.UNSETTLED)
    if wanted.year is not None:
        rows = rows.filter(booked_in(wanted.year, moment="queued_at", zone=zone))
    return rows.filter(_numbered(wanted.q, "payment__reference")) if wanted.q else rows


def _numbered(text: str, own: str) -> Q:
    return searching.contains(own, text) | searching.contains("invoice__number", text)


def _invoices() -> QuerySet[Any]:
    return Invoice.objects.alias(dispute=disputes.OF_INVOICE).annotate(disputed=F("dispute"))


# ---- what each is ----


def _products(invoice_ids: Sequence[int], language: str) -> dict[int, tuple[str, ...]]:
    """What each document charges or gives back, each product once."""
    lines = Line.objects.filter(bill__invoice__in=invoice_ids).order_by("bill__invoice")
    named = lines.values_list("bill__invoice", "product_code", "names").distinct()
    names: dict[int, dict[str, str]] = {}
    for invoice_id, code, product in named:
        name = product.get(language) or product["en"]
        names.setdefault(invoice_id, {}).setdefault(code, name)
    return {key: tuple(sorted(of.values())) for key, of in names.items()}


def _document(invoice: Any, products: Mapping[int, tuple[str, ...]]) -> Paper:
    receivable = invoice.receivable
    return Paper(
        kind=Kind(invoice.kind),
        id=invoice.pk,
        number=invoice.number,
        on=invoice.issued_on,
        amount=invoice.total,
        state=state_of(receivable, disputed=invoice.disputed),
        open=receivable.open,
        due_on=receivable.due_on,
        products=products.get(invoice.pk, ()),
        document=invoice,
        about=invoice.corrects,
    )


def _payment(payment: Payment, zone: str) -> Paper:
    deposit = getattr(payment, "deposit", None)
    left = deposit.open if deposit is not None and deposit.open.amount else None
    return Paper(
        kind=kind_of(payment),
        id=payment.pk,
        number=payment.reference,
        on=local_day(payment.at, zone),
        amount=payment.amount,
        state=_state_of_payment(payment),
        open=left,
        about=payment.invoice,
        by_transfer=payment.gateway == transfers.GATEWAY,
    )


def _state_of_payment(payment: Payment) -> State:
    came = payment.amount.amount > 0
    if hasattr(payment, "dispute_move"):
        return State.RESTORED if came else State.TAKEN_BACK
    if came:
        return State.CAME_AGAIN if hasattr(payment, "puts_back") else State.RECEIVED
    return State.TAKEN_BACK if hasattr(payment, "undoes") else State.RETURNED


def _refund(refund: RefundAttempt, zone: str) -> Paper:
    return Paper(
        kind=Kind.REFUND,
        id=refund.pk,
        number="",
        on=local_day(refund.queued_at, zone),
        amount=-refund.amount,
        state=State.ON_ITS_WAY,
        about=refund.invoice,
    )


def all_of(payer: Account, *, wanted: Wanted, language: str, zone: str) -> Iterator[Paper]:
    """All that is wanted, 500 at a time."""
    keys = list(found(payer, wanted=wanted, zone=zone))
    for first in range(0, len(keys), _CHUNK):
        yield from rows(keys[first : first + _CHUNK], language=language, zone=zone)


_CHUNK: Final = 500
