"""Figures and dates as the desk writes them: tabular, aligned, with a real minus sign."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.html import format_html
from django.utils.safestring import SafeString

from billing.core.display import format_day, format_money, format_number, format_unit_price
from billing.core.money import minor_digits, round_half_up
from billing.documents.wording import Charge, price_words, quantity_words
from billing.models import Receivable

# The desk is in English; customers' pages have their own language.
LANGUAGE = "en"


def money(amount: Decimal, currency: str) -> str:
    """An amount that can be paid: €1,099.98."""
    return format_money(round_half_up(amount, minor_digits(currency)), currency, LANGUAGE)


def in_credit(receivable: Receivable) -> bool:
    """Whether the payer has money here, and owes none."""
    return receivable.state == Receivable.State.OPEN and receivable.open.amount < 0


def standing(receivable: Receivable) -> str:
    """How a document stands, as its payer reads it too: open, paid, in credit."""
    return "In credit" if in_credit(receivable) else str(receivable.get_state_display())


def unit_price(amount: Decimal, currency: str) -> str:
    return format_unit_price(amount, currency, LANGUAGE)


def price(charge: Charge, currency: str) -> str:
    """The price of a line as its document says it: per unit, or by the tiers that were reached."""
    return price_words(charge, currency=currency, language=LANGUAGE)


def quantity(charge: Charge) -> str:
    return quantity_words(charge, language=LANGUAGE)


def number(value: Decimal | int) -> str:
    return format_number(value.normalize() if isinstance(value, Decimal) else value, LANGUAGE)


def day(value: date) -> str:
    return format_day(value, LANGUAGE, "medium")


def days(start: date, end: date) -> str:
    """A half-open period as people write it, the last day included."""
    last = date.fromordinal(end.toordinal() - 1)
    return day(start) if last <= start else f"{day(start)} – {day(last)}"


def instant(value: datetime, zone: str = "UTC") -> str:
    """An instant on the clocks of a zone, which it names: 12 Feb 2026, 15:04 Europe/Prague."""
    local = value.astimezone(ZoneInfo(zone))
    return f"{day(local.date())}, {local:%H:%M} {zone}"


def figure(text: str) -> SafeString:
    """A figure of a column: right-aligned, digits under digits."""
    return format_html('<span class="desk-figure">{}</span>', text)


def sums(amounts: Mapping[str, Decimal]) -> list[str]:
    """Totals by currency, never added across them."""
    return [money(amount, currency) for currency, amount in sorted(amounts.items())]
