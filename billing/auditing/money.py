"""Money: whether documents add up, and whether the ledger and what is open say the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from accounts.models import Account
from billing.auditing.credits import credit_findings
from billing.auditing.disputes import dispute_findings
from billing.auditing.findings import Finding, differs, pages
from billing.auditing.refunds import refund_findings
from billing.core.money import to_minor_unit
from billing.core.tax import tax_on
from billing.models import Deposit, Invoice, LedgerEntry, Payment, Receivable

_ISSUED = (LedgerEntry.Kind.INVOICE, LedgerEntry.Kind.CREDIT_NOTE)


def money_findings(*, account_id: int | None, using: str) -> Iterator[Finding]:
    """What is wrong with the documents, the ledger and the open amounts of payers."""
    payers = Account.objects.using(using)
    if account_id is not None:
        payers = payers.filter(pk=account_id)
    for keys in pages(payers):
        yield from _documents(keys, using)
        yield from credit_findings(keys, using)
        yield from _entries(keys, using)
        yield from _balances(keys, using)
        yield from refund_findings(keys, using)
        yield from dispute_findings(keys, using)


def _documents(payer_ids: list[int], using: str) -> Iterator[Finding]:
    invoices = Invoice.objects.using(using).filter(payer__in=payer_ids).order_by("pk")
    for invoice in invoices.prefetch_related("bills"):
        expected = _foot(invoice)
        stored = {name: getattr(invoice, name) for name in ("subtotal", "discount", "tax")}
        stored |= {"total": invoice.total.amount, "kind": invoice.kind}
        for name, value in expected.items():
            if stored[name] != value:
                yield Finding(invoice.payer_id, f"{invoice.number}, {name}",
                              differs(stored[name], value))  # fmt: skip


def _foot(invoice: Invoice) -> dict[str, Decimal | str]:
    """The foot of a document, added up again from its bills and the rates that stand on it."""
    currency = invoice.total.currency.code
    bills = list(invoice.bills.all())
    subtotal = sum((bill.subtotal for bill in bills), Decimal(0))
    discount = sum((bill.discount for bill in bills), Decimal(0))
    tax = Decimal(0)
    for one in invoice.taxes:
        rate = None if one["rate"] is None else Decimal(one["rate"])
        # One payer is taxed in one way on one day, so all of the document is the base.
        base = subtotal - discount if len(invoice.taxes) == 1 else Decimal(one["base"])
        # A correction gives back a part of what was rounded once (`auditing/credits.py`).
        is_part = invoice.reason == Invoice.Reason.CORRECTION
        tax += Decimal(one["amount"]) if is_part else to_minor_unit(tax_on(base, rate), currency)
    total = subtotal - discount + tax
    kind = Invoice.Kind.CREDIT_NOTE if total < 0 else Invoice.Kind.INVOICE
    return {"subtotal": subtotal, "discount": discount, "tax": tax, "total": total, "kind": kind}


def _entries(payer_ids: list[int], using: str) -> Iterator[Finding]:
    """Every document and every payment has its one entry."""
    entries = LedgerEntry.objects.using(using).filter(payer__in=payer_ids)
    of_documents = dict(
        entries.filter(kind__in=_ISSUED).values_list("invoice_id", "amount").order_by()
    )
    of_payments = dict(
        entries.exclude(kind__in=_ISSUED).values_list("payment_id", "amount").order_by()
    )
    invoices = Invoice.objects.using(using).filter(payer__in=payer_ids).order_by("pk")
    for key, payer_id, number, total in invoices.values_list("pk", "payer_id", "number", "total"):
        entry = of_documents.pop(key, None)
        if entry != total:
            yield Finding(payer_id, f"{number}, ledger entry", differs(entry, total))
    payments = Payment.objects.using(using).filter(payer__in=payer_ids).order_by("pk")
    for key, payer_id, amount in payments.values_list("pk", "payer_id", "amount"):
        entry = of_payments.pop(key, None)
        if entry != -amount:
            yield Finding(payer_id, f"payment {key}, ledger entry", differs(entry, -amount))


def _balances(payer_ids: list[int], using: str) -> Iterator[Finding]:
    """What is open, and on account, adds up to what the ledger says is owed, in each currency."""
    owed: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    entries = LedgerEntry.objects.using(using).filter(payer__in=payer_ids).order_by("pk")
    for payer_id, currency, entry in entries.values_list("payer_id", "amount_currency", "amount"):
        owed[payer_id, currency] += entry
    open_amounts: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    rows = Receivable.objects.using(using).filter(payer__in=payer_ids).order_by("pk")
    for receivable in rows.select_related("invoice"):
        payer_id, amount = receivable.payer_id, receivable.open.amount
        open_amounts[payer_id, receivable.open.currency.code] += amount
        if (receivable.state == Receivable.State.OPEN) != bool(amount):
            said = differs(receivable.state, "open" if amount else "paid or settled")
            yield Finding(payer_id, f"{receivable.invoice.number}, state of what is open", said)
    deposits = Deposit.objects.using(using).filter(payer__in=payer_ids).order_by("pk")
    for deposit in deposits:
        open_amounts[deposit.payer_id, deposit.open.currency.code] += deposit.open.amount
    for key in sorted(owed.keys() | open_amounts.keys()):
        if owed[key] != open_amounts[key]:
            yield Finding(
                key[0], f"open amounts in {key[1]}", differs(open_amounts[key], owed[key])
            )
