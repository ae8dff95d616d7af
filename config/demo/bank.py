"""The demo's bank statement of the last day: one line is matched, the others are for the desk."""

from __future__ import annotations

import csv
import io
from datetime import datetime

from accounts.models import Account
from billing import bank_import
from billing.core.money import to_minor_unit
from billing.models import BankImport, Receivable

_COLUMNS = ("date", "amount", "currency", "reference", "payer", "text")


def take_in_statement(at: datetime) -> None:
    """Lines of that day: an invoice paid, one paid in part, one without a text, and interest.

    Once: a demo that has a statement keeps it.
    """
    if BankImport.objects.exists():
        return
    rows = Receivable.objects.select_related("invoice", "payer").filter(
        state=Receivable.State.OPEN, open__gt=0, invoice__pays_by=Account.PaysBy.TRANSFER
    )
    file = io.StringIO()
    table = csv.writer(file)
    table.writerow(_COLUMNS)
    for number, one in enumerate(rows.order_by("pk")[:3], 1):
        currency = one.open.currency.code
        amount = to_minor_unit(one.open.amount / (2 if number == 2 else 1), currency)
        text = "" if number == 3 else one.invoice.number
        name = one.payer.name
        table.writerow((at.date(), amount, currency, f"DEMO-BANK-{number}", name, text))
    table.writerow((at.date(), "0.42", "EUR", "DEMO-BANK-9", "Bank", "Interest"))
    content = file.getvalue().encode()
    bank_import.take_in(content, name="statement.csv", by=None, clock=lambda: at)
