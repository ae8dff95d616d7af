"""The form by which somebody opens an account for their organisation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.countries import COUNTRIES, country_choices, usual_currency, usual_zone
from accounts.forms.saying import chosen_of
from accounts.opening import new_key
from accounts.zones import written_zone, zones


class OpenForm(forms.Form):
    """What an account is about; where the browser says where its reader is, it is filled in."""

    name = forms.CharField(
        label=_("Organisation"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        error_messages={"required": _("Write the name of your organisation.")},
    )
    country = forms.ChoiceField(
        label=_("Country"),
        help_text=_("Where it has its seat."),
        error_messages=chosen_of(_("Choose a country.")),
    )
    time_zone = forms.CharField(
        label=_("Time zone"),
        max_length=64,
        help_text=_("Days begin and end by it. Write a place, for example Prague."),
        error_messages={"required": _("Write a place in your time zone, for example Prague.")},
        widget=forms.TextInput(
            attrs={"list": "zones", "autocomplete": "off", "data-time-zone": True}
        ),
    )
    currency = forms.ChoiceField(
        label=_("Currency"),
        help_text=_("Prices and invoices are in it. It stays."),
        error_messages=chosen_of(_("Choose a currency.")),
    )
    key = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, request: HttpRequest) -> None:
        super().__init__(data, initial={"key": new_key(), **_guess(request)})
        countries = [("", _("Choose a country")), *country_choices(get_language() or "en")]
        self._offer("country", countries)
        self._offer("currency", [(one, one) for one in settings.ACCOUNTS_CURRENCIES])

    @property
    def zones(self) -> tuple[str, ...]:
        """The time zones that can be written."""
        return zones()

    def clean_time_zone(self) -> str:
        try:
            return written_zone(self.cleaned_data["time_zone"])
        except ValueError:
            raise forms.ValidationError(
                _("There is no time zone of this name. Choose one of the list, like Europe/Prague.")
            ) from None

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]  # of a ChoiceField


def _guess(request: HttpRequest) -> dict[str, str]:
    """Country, time zone and currency by the first region that the browser names: cs-CZ."""
    asked = request.headers.get("accept-language", "").replace(";", ",").split(",")
    regions = [one.partition("-")[2].strip().upper() for one in asked]
    country = next((one for one in regions if one in COUNTRIES), "")
    if not country:
        return {}
    currency = usual_currency(country)
    offered = currency if currency in settings.ACCOUNTS_CURRENCIES else ""
    guessed = {"country": country, "time_zone": usual_zone(country), "currency": offered}
    return {name: value for name, value in guessed.items() if value}
