"""The form of a limit: a number, or explicitly none."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.speaking import number_words
from licensing.limits import MOST, covered_words
from licensing.metered import needs_choice
from licensing.metering import Metered


class NumberOrTick(forms.IntegerField):
    """A number in whose place a box can be ticked: no optional one where either is asked for."""

    answers_with_another = False


class LimitForm(forms.Form):
    """Where a service stops each month. ``over`` is None for no limit. LIC-9, LIC-10.

    Of minutes an empty number is no limit; packs ask for a number or the tick.
    """

    over = NumberOrTick(
        min_value=0,
        max_value=MOST,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "invalid": _("Write a whole number, or tick No limit."),
            "min_value": _("Write 0 or more, or tick No limit."),
            "max_value": _("That is more than can be sold. Tick No limit instead."),
        },
    )
    no_limit = forms.BooleanField(label=_("No limit"), required=False)

    def __init__(self, data: Any = None, *, metered: Metered) -> None:
        limit, chosen = metered.limit, metered.chosen
        initial = {
            "over": limit.over if limit else None,
            "no_limit": chosen and (limit is None or limit.over is None),
        }
        super().__init__(data, prefix=metered.service, initial=initial)
        self._needs_choice = needs_choice(metered.service)
        over = cast(NumberOrTick, self.fields["over"])
        # A number or the tick beside it is asked for: neither of them can be left out alone.
        over.answers_with_another = self._needs_choice
        if metered.size:
            over.label = _("Packs a month")
            words = _("A pack covers %(size)s. A part of a pack counts whole.")
            over.help_text = words % {"size": covered_words(metered.service, metered.size)}
        else:
            over.label = _("Minutes over the base")
            over.help_text = _(
                "The base is %(allowance)s minutes. 0 stops at the base, empty is no limit."
            ) % {"allowance": number_words(metered.allowance)}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "over" in self.errors:
            return cleaned
        over, none = cleaned.get("over"), cleaned.get("no_limit")
        if over is not None and none:
            self.add_error("over", _("Write a number or tick No limit, not both."))
        elif over is None and not none and self._needs_choice:
            self.add_error("over", _("Write a number of packs, or tick No limit."))
        return cleaned
