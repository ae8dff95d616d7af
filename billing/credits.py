"""Credits: what a payer's documents and deposits have left that pays for the next invoices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Value

from billing.models import Deposit, Receivable
from billing.open_amounts import OpenAmount


def open_credits(payer_ids: Sequence[int], *, using: str) -> list[OpenAmount]:
    """What these payers have in credit: money on account first, then documents, the oldest first.

    What is on its way back is left out, and so is what is kept back. One query.
    """
    return open_in(credit_rows(payer_ids).using(using))


def open_in(rows: Iterable[Any]) -> list[OpenAmount]:
    """The same of what `credit_rows` reads."""
    found = [
        OpenAmount(
            payer_id=payer_id,
            invoice_id=key if is_document else 0,
            currency=currency,
            open=open_ + held,
            held=held,
            payment_id=None if is_document else key,
        )
        for payer_id, is_document, key, currency, open_, held in sorted(rows)
    ]
    return [one for one in found if one.open]


def credit_rows(payer_ids: Sequence[int]) -> QuerySet[Any, Any]:
    """Their deposits and documents that may be in credit, as rows for `open_in`."""
    documents = Receivable.objects.filter(
        payer_id__in=payer_ids, state=Receivable.State.OPEN, open__lt=0
    )
    deposits = Deposit.objects.filter(payer_id__in=payer_ids, open__lt=0, kept_back=False)
    rows: QuerySet[Any, Any] = _rows(deposits, 0, "payment_id").union(
        _rows(documents, 1, "invoice_id"), all=True
    )
    return rows


def credit_of(payer_id: int, currency: str, *, using: str = "default") -> Decimal:
    """How much credit the next invoice of this currency can use; zero or more. One query."""
    return credit_in(open_credits([payer_id], using=using), currency)


def credit_in(found: Iterable[OpenAmount], currency: str) -> Decimal:
    """How much these credits are in this currency."""
    return sum((-one.open for one in found if one.currency == currency), Decimal(0))


def _rows(rows: QuerySet[Any], is_document: int, key: str) -> Any:
    # The stubs take the column for Money; read as a value it is its amount.
    annotated = rows.order_by().annotate(is_document=Value(is_document))
    return annotated.values_list("payer_id", "is_document", key, "open_currency", "open", "held")
