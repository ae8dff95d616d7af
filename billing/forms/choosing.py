"""Choosing a number of a product: by steps, or by the stops that its price tells apart."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.saying import number_of
from billing.core.display import format_number
from billing.documents.wording import unit_word
from billing.offering import Choice


class NumberForm(forms.Form):
    """The number of one product; of a price with stops it is the place of the stop, from 0."""

    number = forms.IntegerField(
        min_value=0, error_messages=number_of(gettext_lazy("Choose how many you want."))
    )

    def __init__(self, *args: Any, choice: Choice, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice, self.language = choice, language
        field = self.fields["number"]
        word = unit_word(choice.most, choice.product.names[f"unit_{language}"], language)
        field.label = word[:1].upper() + word[1:]
        field.error_messages |= number_of(self._wanted)
        if choice.stops:
            self._slide(field)
        else:
            field.widget.attrs |= {"min": choice.least, "max": choice.most, "step": choice.step}

    def _slide(self, field: forms.Field) -> None:
        stops = self.choice.stops
        field.widget = forms.NumberInput(
            {"type": "range", "min": 0, "max": len(stops) - 1, "step": 1}
        )
        field.widget.is_required = True

    @property
    def _wanted(self) -> str:
        """What can be chosen."""
        if self.choice.stops:
            return _("Choose one of the steps.")
        return _("Choose a number from %(least)s to %(most)s.") % {
            "least": format_number(self.choice.least, self.language),
            "most": format_number(self.choice.most, self.language),
        }

    @property
    def stops(self) -> list[str]:
        """The stops as the slider names them."""
        return [format_number(stop, self.language) for stop in self.choice.stops]

    def clean_number(self) -> int:
        """The quantity that is wanted."""
        number: int = self.cleaned_data["number"]
        choice = self.choice
        if choice.stops:
            if number >= len(choice.stops):
                raise forms.ValidationError(self._wanted)
            return choice.stops[number]
        if not choice.least <= number <= choice.most:
            raise forms.ValidationError(self._wanted)
        if number % choice.step:
            raise forms.ValidationError(
                _("Choose a multiple of %(step)s.")
                % {"step": format_number(choice.step, self.language)}
            )
        return number


def initial(choice: Choice, number: int) -> dict[str, int]:
    """What the form shows first: the number itself, or the place of its stop."""
    if not choice.stops:
        return {"number": number}
    below = [place for place, stop in enumerate(choice.stops) if stop <= number]
    return {"number": below[-1] if below else 0}
