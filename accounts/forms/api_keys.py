"""The form of a new API key."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.scopes import SAID


class ApiKeyForm(forms.Form):
    """What uses the key, and what it may do."""

    name = forms.CharField(
        label=pgettext_lazy("API key", "Name"),
        max_length=100,
        help_text=_("What uses it, for example Help desk sync."),
        error_messages={"required": _("Write what uses the key, for example Help desk sync.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    allows = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=[(scope.value, words) for scope, words in SAID.items()],
        help_text=_("Tick what its program needs, and no more."),
        error_messages={"required": _("A key without a scope can do nothing. Tick one.")},
        widget=forms.CheckboxSelectMultiple,
    )

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())
