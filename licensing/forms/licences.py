"""How many of each licence an account is to own: steppers and switches. LIC-1."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from accounts.forms.saying import number_of
from billing.core.display import format_number
from billing.offering import Choice


@dataclass(frozen=True, slots=True)
class Asked:
    """A product whose number is chosen, and what it is called."""

    choice: Choice
    name: str

    @property
    def code(self) -> str:
        return self.choice.product.code


class LicencesForm(forms.Form):
    """A number for each product, a switch for what is held once or not at all."""

    def __init__(
        self, *args: Any, asked: Sequence[Asked], numbers: dict[str, int], language: str, **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        self._asked, self._language = {one.code: one for one in asked}, language
        for one in asked:
            self.fields[one.code] = _field(one, numbers[one.code])

    @property
    def fields_of_products(self) -> dict[str, forms.BoundField]:
        """The field of each product by its code."""
        return {code: self[code] for code in self._asked}

    def numbers(self) -> dict[str, int]:
        """What was chosen of each product, once the form is valid."""
        return {code: int(self.cleaned_data[code]) for code in self._asked}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for code, words in self._out_of_bounds(cleaned):
            self.add_error(code, words)
        return cleaned

    def _out_of_bounds(self, cleaned: dict[str, Any]) -> Iterator[tuple[str, str]]:
        for code, one in self._asked.items():
            number, choice = cleaned.get(code), one.choice
            if number is not None and not choice.least <= int(number) <= choice.most:
                said = {
                    "least": format_number(choice.least, self._language),
                    "most": format_number(choice.most, self._language),
                }
                yield code, _("Choose a number from %(least)s to %(most)s.") % said


def _field(one: Asked, number: int) -> forms.Field:
    if one.choice.flat:
        return forms.BooleanField(label=_("On"), required=False, initial=bool(number))
    named = _("Owned: %(name)s") % {"name": one.name}
    attrs = {"min": one.choice.least, "max": one.choice.most, "aria-label": named}
    # The card says "Owned" over the number; the list of mistakes has to say of which licence.
    return forms.IntegerField(
        label=one.name,
        initial=number,
        widget=forms.NumberInput(attrs=attrs),
        error_messages=number_of(_("Write how many you want, for example 3.")),
    )
