"""The forms about bank lines: a file to take in, and what a line is for."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import Account
from billing.matching import Kind, Target
from billing.models import Invoice, Order
from billing.models.orders import TRANSFER_PREFIX


class BankFileForm(forms.Form):
    """A bank's CSV file."""

    file = forms.FileField(
        label="CSV file",
        help_text="UTF-8, 5 MB at most.",
        error_messages={
            "required": "Choose the CSV file that your bank gives you.",
            "empty": "This file is empty. Choose the file as the bank sent it.",
        },
    )
    currency = forms.CharField(
        max_length=3,
        required=False,
        help_text="Of all lines, where no column of the file names it. For example EUR.",
    )

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()


class TargetForm(forms.Form):
    """What a line is for, typed: an invoice, an order, or an account."""

    wanted = forms.CharField(
        label="Invoice, order or account",
        max_length=64,
        help_text="SL-2026-000042, ORD-000042, or the reference of an account.",
        error_messages={"required": "Write what it is for: an invoice, an order or an account."},
    )
    target: Target

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        wanted = str(values.get("wanted", "")).strip()
        found = _named(wanted)
        if wanted and found is None:
            self.add_error("wanted", f"There is no invoice, order or account {wanted}.")
        elif found is not None:
            self.target = found
        return values


def _named(wanted: str) -> Target | None:
    prefix, _, number = wanted.upper().partition("-")
    if prefix == TRANSFER_PREFIX and number.isdecimal() and len(number) < 19:
        order = Order.objects.filter(pk=int(number)).first()
        return None if order is None else Target(Kind.ORDER, order.pk)
    invoice = Invoice.objects.filter(number=wanted.upper(), kind=Invoice.Kind.INVOICE).first()
    if invoice is not None:
        return Target(Kind.INVOICE, invoice.pk)
    account = Account.objects.filter(reference=wanted).first()
    return None if account is None else Target(Kind.ACCOUNT, account.payer_id)
