"""Figures in pages: money, numbers, days and instants in the reader's language and time zone."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django import template
from django.utils import timezone, translation
from djmoney.money import Money

from billing.core import display
from billing.documents.einvoice_limits import obstacle_of_currency

register = template.Library()


def _language() -> str:
    return (translation.get_language() or "en").partition("-")[0]


def _local(value: datetime) -> datetime:
    return value.astimezone(timezone.get_current_timezone())


@register.filter
def money(amount: Money) -> str:
    """With its currency and all decimals of it: €1,099.98, 1.099,98 €."""
    return display.format_money(amount.amount, str(amount.currency), _language())


@register.filter
def in_currency(value: Decimal, currency: str) -> str:
    """An amount that is kept beside its currency, as `money` writes it."""
    return display.format_money(value, currency, _language())


@register.filter
def number(value: Decimal | int) -> str:
    """With the reader's separators: 10,000 or 10 000."""
    return display.format_number(value, _language())


@register.filter
def signed(value: Decimal | int) -> str:
    """A step with its sign: +250, −40."""
    return f"+{number(value)}" if value > 0 else number(value)


@register.filter
def day(value: date) -> str:
    """A date in words: 1 March 2026. Of an instant its day in the reader's time zone."""
    on = _local(value).date() if isinstance(value, datetime) else value
    return display.format_day(on, _language())


@register.filter
def instant(value: datetime) -> str:
    """A moment in the reader's time zone: 1 March 2026, 14:05."""
    local = _local(value)
    return f"{display.format_day(local.date(), _language())}, {local:%H:%M}"


@register.filter
def pdf_only(amount: Money) -> str:
    """Why a document in this money's currency is no e-invoice; empty where it can be one."""
    return obstacle_of_currency(str(amount.currency))
