"""The form by which the plan is cancelled: why. PLAN-13."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.cancelling import Why


class CancelForm(forms.Form):
    """A reason and words to it; ``seen`` is the day of the end that was shown."""

    why = forms.ChoiceField(
        label=_("Why do you cancel?"),
        choices=Why.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the reason that comes nearest.")},
    )
    text = forms.CharField(
        required=False,
        max_length=150,
        label=_("In your words"),
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 150}),
    )
    seen = forms.DateField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, ends_on: date) -> None:
        super().__init__(data, initial={"seen": ends_on})
