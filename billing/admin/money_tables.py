"""The tables of an account's money: its documents, and its ledger with what was owed after each."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from django.db.models import BigIntegerField, F, Sum
from django.db.models.functions import Cast, Round
from django.http import HttpRequest
from django.urls import reverse

from accounts.models import Account
from billing.admin import figures
from billing.admin.tables import Cell, Column, Row, Table, paged
from billing.models import Invoice, LedgerEntry

_THOUSANDTHS: Final = 1000


def invoices(request: HttpRequest, account: Account) -> Table:
    rows = Invoice.objects.filter(payer=account).select_related("receivable")

    def row(invoice: Invoice) -> Row:
        money = invoice.total
        state = invoice.receivable
        tone = "waiting" if state.state == "open" else "good"
        return Row(
            (
                Cell(
                    invoice.number,
                    href=reverse("admin:billing_invoice_change", args=[invoice.pk]),
                    below=invoice.get_kind_display(),
                ),
                Cell(figures.day(invoice.issued_on)),
                Cell(figures.day(invoice.cycle_date)),
                Cell(figures.money(money.amount, money.currency.code)),
                Cell(figures.standing(state), tone=tone),
            )
        )

    return paged(
        request,
        rows.order_by("-cycle_date", "-pk"),
        title="Invoices and credit notes",
        columns=(
            *(Column("Number"), Column("Issued"), Column("Cycle date")),
            *(Column("Total", figure=True), Column("State")),
        ),
        row=row,
        empty=_nothing_invoiced(account),
    )


def _nothing_invoiced(account: Account) -> str:
    if account.payer_id != account.pk:
        return f"{account.payer} pays for this account and gets its invoices."
    return "Nothing was invoiced yet. The first run after the next opening does it."


def ledger(request: HttpRequest, account: Account) -> Table:
    """The ledger, the latest entry first, with what was owed after each."""
    rows = LedgerEntry.objects.filter(payer=account).select_related("invoice", "payment")
    after: dict[str, Decimal] = {}

    def row(entry: LedgerEntry) -> Row:
        currency = entry.amount.currency.code
        if currency not in after:
            after[currency] = owed_upto(account.pk, currency, entry.pk)
        owed = after[currency]
        after[currency] -= entry.amount.amount
        return Row(
            (
                Cell(figures.instant(entry.at, account.time_zone)),
                Cell(entry.get_kind_display(), below=_reference(entry)),
                Cell(figures.money(entry.amount.amount, currency)),
                Cell(figures.money(owed, currency)),
            )
        )

    return paged(
        request,
        rows.order_by("-pk"),
        title="Ledger",
        columns=(
            *(Column("When"), Column("Entry")),
            *(Column("Amount", figure=True), Column("Owed after it", figure=True)),
        ),
        row=row,
        empty="Nothing was charged or paid yet.",
    )


def owed_upto(payer_id: int, currency: str, last: int | None = None) -> Decimal:
    """What the payer owes by the ledger, up to an entry (it included); added as whole numbers."""
    rows = LedgerEntry.objects.filter(payer=payer_id, amount_currency=currency)
    if last is not None:
        rows = rows.filter(pk__lte=last)
    # SQLite keeps decimals as floats: rounded to thousandths and added as integers they are exact.
    thousandths = Cast(Round(F("amount") * _THOUSANDTHS), BigIntegerField())
    total = rows.aggregate(total=Sum(thousandths))["total"] or 0
    return Decimal(total) / _THOUSANDTHS


def _reference(entry: LedgerEntry) -> str:
    if entry.payment:
        return f"{entry.payment.gateway} {entry.payment.reference}"
    return entry.invoice.number if entry.invoice else ""
