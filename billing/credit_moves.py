"""A payer's credit as a statement: what came onto it, what invoices used, and what went back.

It is told from the ledger alone, entry by entry, by the rules by which documents are settled; so
its last balance is what the credits of documents and deposits have left together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from djmoney.money import Money

from accounts.models import Account
from billing.models import Deposit, LedgerEntry, Receivable


class What(StrEnum):
    """What changed the credit."""

    DEPOSIT = "deposit"
    OVERPAID = "overpaid"
    CREDIT_NOTE = "credit_note"
    USED = "used"
    REFUND = "refund"
    REVERSAL = "reversal"
    CAME_AGAIN = "came_again"
    DISPUTED = "disputed"
    RESTORED = "restored"

    @property
    def label(self) -> Promise:
        return _WHAT[self]


_WHAT: Final = {
    What.DEPOSIT: _("Money on account"),
    What.OVERPAID: _("Paid more than was open"),
    What.CREDIT_NOTE: _("Credit note"),
    What.USED: _("Used by an invoice"),
    What.REFUND: _("Refund"),
    What.REVERSAL: pgettext_lazy("payment", "Match undone"),
    What.CAME_AGAIN: _("A refund that came back"),
    What.DISPUTED: _("Disputed at the bank"),
    What.RESTORED: _("A dispute that was decided"),
}


@dataclass(frozen=True, slots=True)
class Move:
    """One change of the credit: plus is more of it. ``balance`` is what there is after it.

    ``invoice_id`` is the document it belongs to, None for money that stands on none; ``number`` is
    that of the document, or of the payment.
    """

    at: datetime
    what: What
    amount: Money
    balance: Money
    number: str
    invoice_id: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Balance:
    """What is in credit now in one currency.

    Of ``left`` the next invoices use all but what is ``going_back`` and what is ``kept_back``: it
    was charged for something that does not hold, and is to be given back.
    """

    left: Money
    going_back: Money
    kept_back: Money


@dataclass(slots=True)
class _Told:
    """Where the telling stands: what is open of each document, and the credit by currency.

    ``over`` is what came over what was open of each, less what went back: its credit, as long as no
    later invoice has used any.
    """

    open: dict[int, Decimal] = field(default_factory=dict)
    over: dict[int, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    credit: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))


def moves(payer: Account) -> list[Move]:
    """Every change of the payer's credit, the oldest first. One query."""
    told = _Told()
    return [move for entry in _entries(payer) for move in _moves(entry, told)]


def used_of(document: Receivable) -> Decimal:
    """How much of what came over a document later invoices have used; zero or more. One query."""
    told = _Told()
    for entry in _entries(document.payer):
        for _unused in _moves(entry, told):
            pass
    left = max(-document.open.amount, Decimal(0))
    return max(told.over[document.invoice_id] - left, Decimal(0))


def balances(payer: Account) -> list[Balance]:
    """What is in credit now, one entry a currency in which anything is. Two queries."""
    left: dict[str, Decimal] = defaultdict(Decimal)
    going: dict[str, Decimal] = defaultdict(Decimal)
    kept: dict[str, Decimal] = defaultdict(Decimal)
    documents = Receivable.objects.filter(payer=payer, state=Receivable.State.OPEN, open__lt=0)
    credits: list[Receivable | Deposit] = [
        *documents,
        *Deposit.objects.filter(payer=payer, open__lt=0),
    ]
    for one in credits:
        currency = str(one.open.currency)
        left[currency] -= one.open.amount
        going[currency] += one.held
        if isinstance(one, Deposit) and one.kept_back:
            kept[currency] += -one.open.amount - one.held
    return [
        Balance(Money(amount, code), Money(going[code], code), Money(kept[code], code))
        for code, amount in sorted(left.items())
    ]


def _entries(payer: Account) -> Iterator[LedgerEntry]:
    rows = LedgerEntry.objects.filter(payer=payer).order_by("pk")
    related = ("invoice__correction", "payment__refund", "payment__dispute_move")
    yield from rows.select_related(*related).iterator(chunk_size=2000)


def _moves(entry: LedgerEntry, told: _Told) -> Iterator[Move]:
    """What this entry did to the credit, as the verbs that wrote it did."""
    match entry.kind:
        case LedgerEntry.Kind.INVOICE | LedgerEntry.Kind.CREDIT_NOTE:
            yield from _issued(entry, told)
        case LedgerEntry.Kind.PAYMENT:
            yield from _paid(entry, told)
        case LedgerEntry.Kind.REFUND:
            refund = getattr(entry.payment, "refund", None)
            reason = refund.note if refund is not None else ""
            if entry.invoice_id is not None:
                told.over[entry.invoice_id] -= entry.amount.amount
            yield _move(entry, told, What.REFUND, -entry.amount.amount, reason=reason)
        case LedgerEntry.Kind.REVERSAL:
            yield from _reversed(entry, told)
        case LedgerEntry.Kind.DISPUTE:
            yield from _disputed(entry, told)


def _issued(entry: LedgerEntry, told: _Told) -> Iterator[Move]:
    invoice = entry.invoice
    if invoice is None:
        raise ValueError(f"Ledger entry {entry.pk} of a document names none.")
    if entry.amount.amount >= 0:
        told.open[invoice.pk] = entry.amount.amount - invoice.credit_used
        if invoice.credit_used:
            yield _move(entry, told, What.USED, -invoice.credit_used)
        return
    gives = -entry.amount.amount
    covered = told.open.get(invoice.corrects_id or 0, Decimal(0))
    takes_off = max(min(covered, gives), Decimal(0))
    if invoice.corrects_id is not None:
        told.open[invoice.corrects_id] = covered - takes_off
    if gives > takes_off:
        reason = invoice.correction.reason if hasattr(invoice, "correction") else ""
        yield _move(entry, told, What.CREDIT_NOTE, gives - takes_off, reason=reason)


def _paid(entry: LedgerEntry, told: _Told) -> Iterator[Move]:
    came = -entry.amount.amount
    if entry.invoice_id is None:
        yield _move(entry, told, What.DEPOSIT, came)
        return
    still_open = told.open.get(entry.invoice_id, Decimal(0))
    pays = max(min(still_open, came), Decimal(0))
    told.open[entry.invoice_id] = still_open - pays
    if came > pays:
        told.over[entry.invoice_id] += came - pays
        yield _move(entry, told, What.OVERPAID, came - pays)


def _reversed(entry: LedgerEntry, told: _Told) -> Iterator[Move]:
    """Money that came again is credit; what is undone takes what its invoice has in credit.

    `matching.undo` wants that whole; the rest opens the invoice.
    """
    takes, key = entry.amount.amount, entry.invoice_id
    if takes < 0:
        if key is not None:
            told.over[key] -= takes
        yield _move(entry, told, What.CAME_AGAIN, -takes)
        return
    if key is not None:
        takes = min(told.over[key], takes)
        told.over[key] -= takes
        told.open[key] = told.open.get(key, Decimal(0)) + entry.amount.amount - takes
    if takes:
        yield _move(entry, told, What.REVERSAL, -takes)


def _disputed(entry: LedgerEntry, told: _Told) -> Iterator[Move]:
    """What it took out of credit, or gave to it, was written down with it; the rest opens or pays.

    Later invoices may have used the credit of its document, which nothing else tells.
    """
    if entry.payment is None:
        raise ValueError(f"Ledger entry {entry.pk} of a dispute names no payment.")
    credit, key = entry.payment.dispute_move.credit, entry.invoice_id
    if key is not None:
        told.over[key] += credit
        told.open[key] = told.open.get(key, Decimal(0)) + entry.amount.amount + credit
    if credit:
        yield _move(entry, told, What.DISPUTED if credit < 0 else What.RESTORED, credit)


def _move(
    entry: LedgerEntry, told: _Told, what: What, amount: Decimal, *, reason: str = ""
) -> Move:
    currency = str(entry.amount.currency)
    told.credit[currency] += amount
    invoice, payment = entry.invoice, entry.payment
    return Move(
        at=entry.at,
        what=what,
        amount=Money(amount, currency),
        balance=Money(told.credit[currency], currency),
        number=invoice.number if invoice else payment.reference if payment else "",
        invoice_id=entry.invoice_id,
        reason=reason,
    )
