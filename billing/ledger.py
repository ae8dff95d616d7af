"""The ledger: this file is the one hand that writes what payers owe and have paid."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from accounts.bulk import insert_rows
from billing.models import Invoice, LedgerEntry, Payment

_FIELDS = ("payer_id", "kind", "amount", "amount_currency", "at", "invoice_id", "payment_id")


@dataclass(frozen=True, slots=True)
class IssuedDocument:
    """What the ledger takes over of a document: its total is signed as a charge."""

    invoice_id: int
    payer_id: int
    kind: str
    currency: str
    total: Decimal
    issued_at: datetime


def enter_documents(documents: Iterable[IssuedDocument]) -> None:
    """One entry for each document that was issued: an invoice owes more, a credit note less.

    Belongs into the transaction of the issue. One statement.
    """
    insert_rows(
        LedgerEntry,
        fields=_FIELDS,
        rows=(
            (
                one.payer_id,
                _KINDS[one.kind],
                one.total,
                one.currency,
                one.issued_at,
                one.invoice_id,
                None,
            )
            for one in documents
        ),
    )


def enter_payment(payment: Payment, *, kind: LedgerEntry.Kind | None = None) -> LedgerEntry:
    """The entry of money that came in (the payer owes less) or went back (owes more).

    ``kind`` is why it moved, where it is neither a payment nor a refund. Belongs into the
    transaction that records the payment.
    """
    by_sign = LedgerEntry.Kind.REFUND if payment.amount.amount < 0 else LedgerEntry.Kind.PAYMENT
    entry: LedgerEntry = LedgerEntry.objects.create(
        payer_id=payment.payer_id,
        kind=by_sign if kind is None else kind,
        amount=-payment.amount,
        at=payment.at,
        invoice_id=payment.invoice_id,
        payment=payment,
    )
    return entry


def balance(payer_id: int) -> dict[str, Decimal]:
    """What a payer owes by currency; below zero: the credit balance. Added up exactly, in Python.

    SQLite keeps decimals as floats, so its own SUM must not decide about money (decision 10).
    """
    owed: dict[str, Decimal] = defaultdict(Decimal)
    rows = LedgerEntry.objects.filter(payer=payer_id).order_by("pk")
    for currency, amount in rows.values_list("amount_currency", "amount").iterator():
        owed[currency] += amount
    return dict(owed)


_KINDS: Mapping[str, str] = {
    Invoice.Kind.INVOICE: LedgerEntry.Kind.INVOICE,
    Invoice.Kind.CREDIT_NOTE: LedgerEntry.Kind.CREDIT_NOTE,
}
