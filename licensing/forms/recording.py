"""How long calls are kept. LIC-8."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.saying import chosen_of
from licensing.cards import Retention
from licensing.recording import FREE, OFFERED, words_of


class RetentionForm(forms.Form):
    """One retention for all users: 14 days free of charge, or months in threes."""

    keep = forms.TypedChoiceField(
        label=_("Keep calls for"),
        error_messages=chosen_of(_("Choose one of the lengths that are listed.")),
    )

    def __init__(self, *args: Any, now: Retention | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = list(OFFERED)
        if now is not None and now not in offered:
            offered.insert(0, now)  # a shorter one that was taken over from another system
        by_value = {value_of(one): one for one in offered}
        field = cast(forms.TypedChoiceField, self.fields["keep"])
        field.choices = [(value, _worded(one)) for value, one in by_value.items()]
        field.coerce = by_value.__getitem__
        field.initial = value_of(now or FREE)


def value_of(kept: Retention) -> str:
    """A retention as an address or a form says it: 14d or 9m."""
    return f"{kept.days}d" if kept.months is None else f"{kept.months}m"


def _worded(kept: Retention) -> str:
    said = {"length": words_of(kept), "units": kept.units_of_a_user}
    if not kept.units_of_a_user:
        return _("%(length)s, free of charge") % said
    return _("%(length)s, %(units)s × per user") % said
