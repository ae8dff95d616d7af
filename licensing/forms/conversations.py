"""The form of somebody's level in Conversations."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.forms.saying import chosen_of
from licensing.models import Level


class LevelForm(forms.Form):
    """What somebody shall be in Conversations."""

    level = forms.ChoiceField(
        label=pgettext_lazy("Conversations", "Level"),
        choices=[(one.value, one.label) for one in Level],
        widget=forms.RadioSelect,
        error_messages=chosen_of(_("Choose one of the levels.")),
    )
