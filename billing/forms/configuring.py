"""Configuring a plan: its level, contact limit, user seats, add-ons, and how often it is billed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.saying import chosen_of, number_of
from billing.core.display import format_number
from billing.levels import Candidate
from billing.models import Price
from billing.offering import Choice
from billing.plans import HeldPlan

_ADD_ON = "add-on-"


def extra_field(code: str) -> str:
    """The field in which the number of an add-on is chosen."""
    return _ADD_ON + code


class ConfigureForm(forms.Form):
    """What somebody makes of a plan product. Numbers do not go below those that are held."""

    level = forms.ChoiceField(
        widget=forms.RadioSelect,
        error_messages=chosen_of(gettext_lazy("Choose one of the levels above.")),
    )
    contacts = forms.TypedChoiceField(
        label=gettext_lazy("Contact limit"),
        coerce=int,
        error_messages=chosen_of(gettext_lazy("Choose one of the steps.")),
    )
    seats = forms.IntegerField(
        label=gettext_lazy("User seats"),
        min_value=0,
        error_messages=number_of(
            gettext_lazy("Write how many user seats you want, for example 3.")
        ),
    )
    interval = forms.ChoiceField(
        label=gettext_lazy("Billed"),
        widget=forms.RadioSelect,
        choices=(
            (Price.Interval.MONTH.value, gettext_lazy("each month")),
            (Price.Interval.YEAR.value, gettext_lazy("each year")),
        ),
        error_messages=chosen_of(gettext_lazy("Choose how often it is billed.")),
    )

    def __init__(
        self,
        *args: Any,
        candidates: Sequence[Candidate],
        add_ons: Sequence[Choice],
        held: HeldPlan | None,
        language: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.candidates = {one.product.code: one for one in candidates}
        self.add_ons, self.held, self.language = add_ons, held, language
        self.fields["level"].choices = [(code, code) for code in self.candidates]  # type: ignore[attr-defined]  # a choice field
        self.fields["contacts"].choices = [  # type: ignore[attr-defined]  # as above
            (stop, format_number(stop, language)) for stop in self._stops()
        ]
        self.fields["seats"].widget.attrs["min"] = held.seats if held else 1
        if held is not None:
            del self.fields["interval"]
        for one in add_ons:
            self.fields[extra_field(one.product.code)] = self._add_on(one)

    def _stops(self) -> list[int]:
        found = {stop for one in self.candidates.values() for stop in one.contacts.stops}
        if self.held is not None:
            found = {stop for stop in found if stop > self.held.contacts} | {self.held.contacts}
        return sorted(found) or [1]

    def _add_on(self, one: Choice) -> forms.Field:
        name = one.product.names[self.language]
        if one.flat:
            return forms.BooleanField(label=name, required=False)
        words = _("Choose a number from %(least)s to %(most)s.") % {
            "least": format_number(0, self.language),
            "most": format_number(one.most, self.language),
        }
        field = forms.IntegerField(
            label=name,
            required=False,
            min_value=0,
            max_value=one.most,
            error_messages=number_of(words),
        )
        field.widget.attrs["step"] = one.step
        return field

    @property
    def add_on_fields(self) -> list[Any]:
        return [self[extra_field(one.product.code)] for one in self.add_ons]

    @property
    def candidate(self) -> Candidate:
        """The plan that is chosen."""
        return self.candidates[self.cleaned_data["level"]]

    def extras(self) -> Mapping[str, int]:
        """The numbers of the add-ons that are chosen, by product code."""
        found = {
            one.product.code: int(self.cleaned_data.get(extra_field(one.product.code)) or 0)
            for one in self.add_ons
        }
        return {code: number for code, number in found.items() if number}

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        by = self.candidates.get(values.get("level", ""))
        if by is not None:
            self._bounds(values, by)
        for one in self.add_ons:
            number = int(values.get(extra_field(one.product.code)) or 0)
            if not one.flat and number % one.step:
                text = _("Choose a multiple of %(step)s.") % {
                    "step": format_number(one.step, self.language)
                }
                self.add_error(extra_field(one.product.code), text)
        return values

    def _bounds(self, values: dict[str, Any], by: Candidate) -> None:
        least = max(1, self.held.seats if self.held else (by.seats.included if by.seats else 0))
        seats, contacts = values.get("seats"), values.get("contacts")
        said = {"least": format_number(least, self.language)}
        if seats is not None and seats > by.most_seats:
            said["most"] = format_number(by.most_seats, self.language)
            self.add_error("seats", _("This level has %(most)s user seats at most.") % said)
        elif seats is not None and seats < least:
            self.add_error("seats", _("This level has %(least)s user seats at least.") % said)
        if contacts is not None and contacts > by.contacts.most:
            said["most"] = format_number(by.contacts.most, self.language)
            self.add_error("contacts", _("This level holds %(most)s contacts at most.") % said)
