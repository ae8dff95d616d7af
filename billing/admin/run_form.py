"""The form that starts a run or a dry run, and what its address may ask it to begin with."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any, Final

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from unfold.widgets import UnfoldAdminSplitDateTimeWidget

from accounts.models import Account
from billing import run as running
from billing.admin import figures
from billing.models import BillingRun

# How many are counted at most before a run is started: enough to be startled by.
_COUNTED: Final = 10_000
# A number of more digits does not fit into a key's column.
_DIGITS_OF_AN_ID: Final = 18


class InstantWidget(UnfoldAdminSplitDateTimeWidget):
    """A date and a time, each with a name of its own for those who do not see the page."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        for widget, name in zip(self.widgets, ("Date", "Time"), strict=True):
            widget.attrs["aria-label"] = name


class InstantField(forms.SplitDateTimeField):
    """An instant; a date alone is its first one."""

    widget = InstantWidget

    def compress(self, data_list: Any) -> datetime | None:
        if data_list and data_list[0] and data_list[1] in self.empty_values:
            data_list = [data_list[0], time.min]
        return super().compress(data_list)


class StartForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """Which run to start. A real one bills what is due by now; only a dry one may look ahead.

    Whether it is a dry run is said by the button that is pressed.
    """

    at = InstantField(
        label="Bill up to",
        required=False,
        help_text="UTC. Everything due up to this instant; empty: now. "
        "A date without a time: its first instant. A dry run may lie ahead.",
    )
    dry_run = forms.BooleanField(required=False)

    class Meta:
        model = BillingRun
        fields = ("account",)
        help_texts = {"account": "Only the payer of this account; empty: everybody who is due."}

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if self.errors:
            return values
        now = timezone.now()
        values["at"] = values.get("at") or now
        try:
            running.check_instant(at=values["at"], now=now, dry_run=values["dry_run"])
        except ValueError as refusal:
            self.add_error("at", str(refusal))
        return values


def asked_for(request: HttpRequest) -> dict[str, Any]:
    """What the address asks the form to begin with; what makes no sense is left out."""
    found: dict[str, Any] = {}
    at = _instant(request.GET.get("at", ""))
    if at:
        found["at"] = at
    account = request.GET.get("account", "")
    if account.isascii() and account.isdecimal() and len(account) <= _DIGITS_OF_AN_ID:
        found["account"] = Account.objects.filter(pk=int(account)).first()
    return found


def payers_due(at: datetime) -> str:
    """How many payers a run of this instant would bill, in words."""
    count = running.payers_due(at=at, most=_COUNTED + 1)
    if count > _COUNTED:
        return f"More than {figures.number(_COUNTED)} payers are due now."
    if count == 1:
        return "1 payer is due now."
    return f"{figures.number(count)} payers are due now." if count else "Nobody is due now."


def _instant(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    if found is None:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
