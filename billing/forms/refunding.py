"""The form of a refund: by which payment, how much, why, and the bank's number of a transfer."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms

from billing import transfers
from billing.models import Deposit, Payment, Receivable, RefundAttempt
from billing.refunding import left_of, next_number, refundable

_DIGITS = 15


class RefundForm(forms.Form):
    """What goes back of one credit; the most that can is filled in."""

    payment = forms.ChoiceField(
        label="By which payment",
        error_messages={"required": "Choose the payment whose money goes back."},
    )
    amount = forms.DecimalField(
        max_digits=_DIGITS,
        decimal_places=3,
        help_text="Never more than is in credit here, nor than is left of the payment.",
        error_messages={"required": "Write the amount that goes back, for example 12.50."},
    )
    note = forms.CharField(
        label="Reason",
        max_length=RefundAttempt.NOTE_LENGTH,
        help_text="The customer reads it in the letter.",
        error_messages={"required": "Write why it goes back: the customer reads it."},
    )
    reference = forms.CharField(
        label="The bank's number",
        max_length=200,
        required=False,
        help_text="Of the transfer by which you have given it back. Only for a transfer.",
    )

    def __init__(
        self, data: Any, *, credit: Receivable | Deposit, payments: Sequence[Payment], note: str
    ) -> None:
        self.payments = {str(one.pk): one for one in payments}
        first = next(iter(payments), None)
        most = min(refundable(credit), left_of(first)) if first else Decimal(0)
        super().__init__(
            data, initial={"amount": most, "note": note, "payment": first.pk if first else None}
        )
        choices = [(key, one.reference) for key, one in self.payments.items()]
        self.fields["payment"].choices = choices  # type: ignore[attr-defined]  # of a ChoiceField

    @property
    def chosen(self) -> Payment:
        return self.payments[self.cleaned_data["payment"]]

    @property
    def shown_payment(self) -> Payment | None:
        """The payment that is chosen, or would be."""
        return self.payments.get(str(self["payment"].value()))

    @property
    def number(self) -> int:
        """The number of the refund that this page asks for."""
        return next_number(self.chosen)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        payment = self.payments.get(values.get("payment", ""))
        by_bank = payment is not None and payment.gateway == transfers.GATEWAY
        if by_bank and not values.get("reference"):
            self.add_error(
                "reference",
                "This came by bank transfer. Transfer it back, then write the bank's number here.",
            )
        return values
