"""The forms about payment methods: the way to pay, and the card page of the sandbox's bank."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.saying import chosen_of
from accounts.models import Account
from billing.gateways.sandbox_cards import wrong_with

_NUMERIC: Final = {"inputmode": "numeric", "spellcheck": "false"}


class WayForm(forms.Form):
    """By card, or by bank transfer."""

    pays_by = forms.ChoiceField(
        label=_("How you pay"),
        choices=[
            (Account.PaysBy.CARD.value, _("Card")),
            (Account.PaysBy.TRANSFER.value, _("Bank transfer")),
        ],
        widget=forms.RadioSelect,
        error_messages=chosen_of(_("Choose card or bank transfer.")),
    )


class CardForm(forms.Form):
    """A card as the sandbox's bank asks for it, to be good ``on`` a day.

    Nothing of it is kept but what `sandbox_cards.keep` says.
    """

    number = forms.CharField(
        label=_("Card number"),
        max_length=30,
        error_messages={"required": _("Write the number of the card.")},
        widget=forms.TextInput({**_NUMERIC, "autocomplete": "cc-number"}),
    )
    expires = forms.CharField(
        label=_("Good until"),
        max_length=7,
        help_text=_("Month and year, for example 03/30."),
        error_messages={"required": _("Write until when the card is good, for example 03/30.")},
        widget=forms.TextInput({**_NUMERIC, "autocomplete": "cc-exp"}),
    )
    code = forms.CharField(
        label=_("Security code"),
        max_length=4,
        help_text=_("Any three digits."),
        error_messages={"required": _("Write the security code, any three digits.")},
        widget=forms.TextInput({**_NUMERIC, "autocomplete": "cc-csc"}),
    )

    def __init__(self, data: Any = None, *, on: date) -> None:
        super().__init__(data)
        self.on = on

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not self.errors:
            wrong = wrong_with(values, on=self.on)
            for name, words in wrong.items():
                self.add_error(name, words)
        return values

    def without_code(self) -> CardForm:
        """The form as it is shown again: no bank repeats a security code."""
        self.data = {name: value for name, value in self.data.items() if name != "code"}
        return self
