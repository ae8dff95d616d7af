"""The samples of the style page: every component in every state, nobody's own data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django import forms
from django.core.paginator import Page, Paginator
from django.template.loader import get_template
from django.urls import reverse
from djmoney.money import Money

from accounts.forms.saying import number_of
from config.charts import Series
from config.month_strip import Day

LONG_NAME: Final = "Magdaléna Nejedlá-Hrušková z Vysokého nad Jizerou a okolí, dcera"
STOPS: Final = ("1,000", "2,500", "5,000", "10,000", "25,000", "50,000", "100,000")
# In the order of the page: what is called how, and the example that is drawn and shown.
COMPONENTS: Final = (
    ("Type", "type"),
    ("Figures", "figures"),
    ("Buttons", "buttons"),
    ("Fields", "fields"),
    ("What is wrong with a form", "form_errors"),
    ("Stepper and slider", "numbers"),
    ("Badges", "badges"),
    ("Tabs", "tabs"),
    ("Search and filters", "search"),
    ("Table", "table"),
    ("Table with a sum", "sum"),
    ("Empty state", "empty"),
    ("Pages of a list", "pagination"),
    ("Cards", "cards"),
    ("Facts", "facts"),
    ("Banners", "banners"),
    ("Dialog", "dialog"),
    ("Chart", "chart"),
    ("Amounts by month", "stacked"),
    ("Month strip", "month_strip"),
)


@dataclass(frozen=True, slots=True)
class Person:
    """A row of the sample table."""

    name: str
    email: str
    state: str
    kind: str
    active: date | None
    monthly: Money


PEOPLE: Final = (
    Person(
        "Jana Nováková", "jana@example.com", "Active", "good", date(2026, 3, 1), Money("24", "EUR")
    ),
    Person(LONG_NAME, "m@example.com", "Suspended", "warn", None, Money("1234567.89", "EUR")),
    Person("Bot 7", "", "Invited", "", date(2025, 12, 31), Money("-0.35", "EUR")),
)
SERIES: Final = (
    Series(
        name="Messages",
        values=[310, 420, 390, 450, 120, 80, 510, 640, 600, 590, 210, 90],
        colour=1,
    ),
    Series(
        name="Hand-offs",
        values=[30, 45, 38, 41, 9, 0, 62, 71, 55, 58, 12, 4],
        colour=2,
    ),
)


@dataclass(frozen=True, slots=True)
class Charged:
    """What one product costs in each month."""

    name: str
    colour: int
    values: list[Decimal]
    ahead: list[Decimal]


LAYERS: Final = (
    Charged(
        name="Plan",
        colour=1,
        values=[Decimal(one) for one in ("49", "49", "79.50", "79", "0")],
        ahead=[Decimal(one) for one in ("0", "0", "0", "0", "79")],
    ),
    Charged(
        name="User seats",
        colour=2,
        values=[Decimal(one) for one in ("19", "38", "-12.40", "57", "0")],
        ahead=[Decimal(one) for one in ("0", "0", "0", "19", "76")],
    ),
)

SET_IN_MARCH: Final = {
    1: (8, "8 carried over from February."),
    10: (12, "Jana Nováková, 8 → 12."),
    13: (15, f"{LONG_NAME}, 12 → 15."),
    20: (4, "Jana Nováková, 15 → 4."),
}


_SEATS: Final = "Choose a number from 1 to 20."


class SampleForm(forms.Form):
    """A field of every kind."""

    name = forms.CharField(
        label="Company name", max_length=200, error_messages={"required": "Write the name."}
    )
    email = forms.EmailField(
        label="Invoice e-mail",
        help_text="Invoices go to this address.",
        error_messages={"required": "Write an address, for example jana@example.com."},
    )
    country = forms.ChoiceField(
        label="Country",
        choices=[("CZ", "Czechia"), ("IT", "Italy"), ("DE", "Germany")],
        error_messages={"required": "Choose a country."},
    )
    starts = forms.DateField(
        label="Starts on", widget=forms.DateInput(attrs={"type": "date"}), required=False
    )
    level = forms.ChoiceField(
        label="Level",
        choices=[("no", "No access"), ("viewer", "Viewer"), ("agent", "Agent")],
        widget=forms.RadioSelect,
        help_text="Only an agent takes a seat.",
        error_messages={"required": "Choose one of the levels."},
    )
    channels = forms.MultipleChoiceField(
        label="Channels",
        choices=[("voice", "Voice"), ("email", "E-mail"), ("chat", "Chat")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    letters = forms.BooleanField(
        label="Send me a letter too", help_text="Once a day at most.", required=False
    )
    notes = forms.CharField(label="Notes", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    seats = forms.IntegerField(
        label="User seats", min_value=1, max_value=20, error_messages=number_of(_SEATS)
    )
    contacts = forms.IntegerField(
        label="Contact limit",
        widget=forms.NumberInput(attrs={"type": "range", "min": 0, "max": len(STOPS) - 1}),
        error_messages={"required": "Choose one of the steps."},
    )


class DialogForm(forms.Form):
    """What the sample of a dialog asks."""

    seats = forms.IntegerField(
        label="User seats", min_value=1, max_value=20, initial=3, error_messages=number_of(_SEATS)
    )
    reason = forms.CharField(
        label="Reason", max_length=200, error_messages={"required": "Write the reason."}
    )


def samples() -> dict[str, object]:
    """What the examples draw."""
    initial = {"name": LONG_NAME, "seats": 20, "contacts": 2, "level": "viewer", "country": "CZ"}
    return {
        "form": SampleForm(initial=initial, prefix="right"),
        "wrong": _wrong(),
        "stops": STOPS,
        "people": PEOPLE,
        "long_name": LONG_NAME,
        "page": _page(),
        "amounts": [Money(one, "EUR") for one in ("1234567.89", "46.45", "-12.00", "0.00")],
        "labels": [f"{day} Mar" for day in range(1, 13)],
        "series": SERIES,
        "months": ("Nov 2025", "Dec 2025", "Jan 2026", "Feb 2026", "Mar 2026"),
        "layers": LAYERS,
        "month": _month(),
        "empty_month": _month(set_at={}),
        "dialog_page": reverse("style_dialog"),
        "day": date(2026, 3, 1),
    }


def examples() -> list[dict[str, str]]:
    """Each component's name, its example, and the lines that make it."""
    return [
        {
            "name": name,
            "id": example,
            "template": f"style/{example}.html",
            "source": _source(f"style/{example}.html"),
        }
        for name, example in COMPONENTS
    ]


def _source(name: str) -> str:
    source: str = get_template(name).template.source  # type: ignore[attr-defined]  # of Django templates
    return source.strip()


def _month(set_at: Mapping[int, tuple[int, str]] = SET_IN_MARCH) -> list[Day]:
    """March, lived through until the 24th."""
    number, days = 0, []
    for day in range(1, 32):
        number, said = set_at.get(day, (number, ""))
        days.append(Day(day=date(2026, 3, day), number=number if day < 25 else None, said=said))
    return days


def _wrong() -> SampleForm:
    form = SampleForm({"wrong-name": "", "wrong-email": "jana@", "wrong-seats": 21}, prefix="wrong")
    form.is_valid()
    return form


def _page() -> Page[int]:
    return Paginator(range(10_000), 50).page(3)
