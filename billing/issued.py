"""Issued documents, read back in the form of the drafts they were."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any

from billing.drafts import DraftBill, DraftDocument, DraftLine, Json
from billing.models import Bill, Invoice, Line


def as_json(invoice_id: int) -> Json:
    """The document as the dry run showed it (`DraftDocument.to_json`), from what is stored."""
    return drafts_of([invoice_id])[0].to_json()


def drafts_of(invoice_ids: Sequence[int]) -> list[DraftDocument]:
    """These documents as drafts, in this order, in three queries.

    The terms are not on a document, only the day that they led to, so ``terms_days`` is zero.
    """
    invoices = Invoice.objects.in_bulk(list(invoice_ids))
    bills = _bills(invoice_ids)
    return [_document(invoices[key], bills[key]) for key in invoice_ids]


def _document(invoice: Invoice, bills: Sequence[DraftBill]) -> DraftDocument:
    return DraftDocument(
        payer_id=invoice.payer_id,
        kind=invoice.kind,
        reason=invoice.reason,
        cycle_date=invoice.cycle_date,
        part=invoice.part,
        currency=invoice.total.currency.code,
        language=invoice.language,
        pays_by=invoice.pays_by,
        terms_days=0,
        customer=invoice.customer,
        seller_id=invoice.seller_id,
        subtotal=invoice.subtotal,
        discount=invoice.discount,
        taxes=invoice.taxes,
        tax=invoice.tax,
        total=invoice.total.amount,
        open=invoice.total.amount - invoice.credit_used,
        bills=tuple(bills),
    )


def _bills(invoice_ids: Sequence[int]) -> Mapping[int, list[DraftBill]]:
    bills = list(Bill.objects.filter(invoice_id__in=invoice_ids).order_by("pk"))
    lines: dict[int, list[DraftLine]] = defaultdict(list)
    rows = Line.objects.filter(bill_id__in=[bill.pk for bill in bills])
    for line in rows.order_by("bill_id", "position"):
        lines[line.bill_id].append(_taken(DraftLine, line))
    found: dict[int, list[DraftBill]] = defaultdict(list)
    for bill in bills:
        if bill.invoice_id is not None:
            found[bill.invoice_id].append(_taken(DraftBill, bill, lines=tuple(lines[bill.pk])))
    return found


def _taken(draft: Any, row: Any, **given: Any) -> Any:
    """A draft whose other fields are the columns of the same names."""
    names = [name for name in draft.__dataclass_fields__ if name not in given]
    return draft(**{name: attrgetter(name)(row) for name in names}, **given)
