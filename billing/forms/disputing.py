"""What the sandbox's bank leaves to a cardholder whose dispute it decides for them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from billing.core.display import format_money
from billing.core.money import to_minor_unit
from billing.models import SandboxCharge


class PartForm(forms.Form):
    """A part of what is disputed, in the currency of the charge; nothing written is all of it."""

    keeps = forms.DecimalField(
        label=gettext_lazy("What the cardholder keeps"),
        help_text=gettext_lazy("Empty: all of it."),
        required=False,
        localize=False,
    )

    def __init__(self, data: Any, *, charge: SandboxCharge) -> None:
        super().__init__(data)
        self._charge = charge
        self.fields["keeps"].error_messages["invalid"] = self._wanted

    @property
    def _wanted(self) -> str:
        amount = self._charge.amount
        most = format_money(amount, self._charge.currency, (get_language() or "en")[:2])
        return _("Write an amount up to %(most)s, or nothing.") % {"most": most}

    @property
    def came_again(self) -> Decimal:
        """What is given again: the rest."""
        keeps = self.cleaned_data["keeps"]
        return Decimal(0) if keeps is None else self._charge.amount - keeps

    def clean_keeps(self) -> Decimal | None:
        keeps: Decimal | None = self.cleaned_data["keeps"]
        if keeps is None:
            return None
        if not 0 < keeps <= self._charge.amount:
            raise forms.ValidationError(self._wanted)
        if to_minor_unit(keeps, self._charge.currency) != keeps:
            raise forms.ValidationError(self._wanted)
        return keeps
