"""The form by which the desk calls an order off: why, in words that the customer reads."""

from __future__ import annotations

from django import forms

from billing.models import CalledOff


class CallingOffForm(forms.Form):
    """Why an order is called off."""

    reason = forms.CharField(
        max_length=CalledOff.REASON_LENGTH,
        help_text="The customer reads it in the letters and on the order's page.",
        error_messages={"required": "Write why it is called off: the customer reads it."},
    )
