"""The form by which the desk says which column of a bank's file is what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms

from billing.bank_file import NEEDED

_LABELS: Final = {
    "date": ("Day of booking", "2026-03-14, 14.03.2026 or 14/03/2026."),
    "amount": ("Amount", "What came in; what went out is below zero."),
    "reference": ("The bank's own number", "By which a line is known again."),
    "currency": ("Currency", "Three letters."),
    "payer": ("Who paid", "As the bank names them."),
    "text": ("What they wrote", "Where numbers of invoices stand."),
}


class ColumnsForm(forms.Form):
    """A column of the file for each thing; the currency may be typed instead."""

    for_all = forms.CharField(
        label="Currency of all lines",
        max_length=3,
        required=False,
        help_text="Where no column names it. For example EUR.",
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        header: Sequence[str],
        places: Mapping[str, int],
        currency: str,
    ) -> None:
        super().__init__(data, initial={"for_all": currency})
        titles = [(str(place), f"{place + 1}. {title}") for place, title in enumerate(header)]
        for column, (label, words) in _LABELS.items():
            self.fields[column] = forms.ChoiceField(
                label=label,
                help_text=words,
                required=column in NEEDED,
                choices=[("", "not in the file"), *titles],
                initial=str(places[column]) if column in places else "",
                error_messages={"required": "Say which column it is: a line needs it."},
            )

    @property
    def columns(self) -> list[forms.BoundField]:
        """The fields that choose a column."""
        return [self[column] for column in _LABELS]

    @property
    def places(self) -> dict[str, int]:
        """Where each column stands, from 0, as it was chosen."""
        chosen = {column: self.cleaned_data.get(column) for column in _LABELS}
        return {column: int(place) for column, place in chosen.items() if place}

    def clean_for_all(self) -> str:
        return str(self.cleaned_data["for_all"]).upper()

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        seen: dict[int, str] = {}
        for column, place in self.places.items():
            before = seen.setdefault(place, column)
            if before != column:
                words = f"That column is “{_LABELS[before][0]}” already. Choose another one."
                self.add_error(column, words)
        if "currency" not in self.places and not values.get("for_all"):
            self.add_error("for_all", "Choose a column above, or type the currency of all lines.")
        return values
