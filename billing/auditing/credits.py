"""Credit notes: each is reckoned again from the lines that it gives back, in their order."""

from __future__ import annotations

from collections.abc import Iterator

from billing.auditing.findings import Finding, differs
from billing.core.credit import CreditNote, credit_note
from billing.creditable import Creditable, creditable
from billing.models import Invoice


def credit_findings(payer_ids: list[int], using: str) -> Iterator[Finding]:
    """What is wrong with the credit notes that correct invoices of these payers."""
    corrected = Invoice.objects.using(using).filter(payer__in=payer_ids, corrections__isnull=False)
    for invoice in corrected.distinct().order_by("pk"):
        about = f"credit notes of {invoice}"
        try:
            of = creditable(invoice)
        except Exception as problem:  # whatever cannot be reckoned again is a finding, too
            yield Finding(invoice.payer_id, about, f"cannot be reckoned again: {problem}")
            continue
        for said in _differences(of):
            yield Finding(invoice.payer_id, about, said)


def _differences(of: Creditable) -> Iterator[str]:
    currency = of.invoice.total.currency.code
    for number, note in enumerate(of.notes):
        try:
            again = credit_note(
                of.billed, note.credited, earlier=of.notes[:number], currency=currency
            )
        except ValueError as problem:
            yield f"note {number + 1} gives too much: {problem}"
            return
        if _amounts(note) != _amounts(again):
            yield f"note {number + 1}, {differs(_amounts(note), _amounts(again))}"


def _amounts(note: CreditNote) -> str:
    return f"{note.net} and {note.tax} of tax"
