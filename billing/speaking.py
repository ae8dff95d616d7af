"""The reader's language: how products, days and numbers are said in the one that is switched on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils.translation import get_language

from billing.core.display import format_day, format_number
from billing.models import Product


def spoken() -> str:
    """The language that is switched on, as the catalogue names it."""
    return (get_language() or "en").partition("-")[0]


def named(product: Product) -> str:
    """The product's name."""
    return product.names[spoken()]


def unit_of(product: Product) -> str:
    """The word for one of it, and for several."""
    return product.names[f"unit_{spoken()}"]


def day_words(day: date) -> str:
    """A date: 1 March 2026, 1 marzo 2026, 1. března 2026."""
    return format_day(day, spoken())


def number_words(number: int | Decimal) -> str:
    """A number with the separators of the language."""
    return format_number(number, spoken())
