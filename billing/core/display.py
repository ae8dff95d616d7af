"""Figures for people: money, numbers and dates as a reader's language writes them (CLDR)."""

from __future__ import annotations

import copy
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final, Literal
from unicodedata import category

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_interval
from babel.numbers import NumberPattern, format_decimal, format_percent, get_currency_symbol

from billing.core.money import minor_digits, round_half_up

REAL_MINUS: Final = "\N{MINUS SIGN}"
_HYPHEN: Final = "-"
_SIGN_OF_CURRENCY: Final = "\N{CURRENCY SIGN}"
_NO_BREAK_SPACE: Final = "\N{NO-BREAK SPACE}"
# Dates read "1 March 2026", as the portal speaks. Amounts keep to plain English, which writes $.
_LOCALE_OF_DATES: Final = {"en": "en_GB"}


def format_money(amount: Decimal, currency: str, locale: str, *, real_minus: bool = True) -> str:
    """`amount`, rounded already, with all decimals of its currency: $1,099.98, 1.099,98 €. ALL-2.

    A negative amount has a real minus sign, or with `real_minus=False` the plain one of CLDR.
    ValueError for an unknown currency or locale, or an amount with more decimals than can be paid:
    to round is not the display's right.
    """
    digits = minor_digits(currency)
    if round_half_up(amount, digits) != amount:
        raise ValueError(f"{amount} has more decimals than {currency} can be paid in.")
    return _money(amount, currency, locale, digits, real_minus)


def format_amount(amount: Decimal, currency: str, locale: str) -> str:
    """Money without its currency, for columns that name it above: 1,099.98 or 1.099,98.

    ValueError as `format_money`.
    """
    digits = minor_digits(currency)
    rounded = round_half_up(amount, digits)
    if rounded != amount:
        raise ValueError(f"{amount} has more decimals than {currency} can be paid in.")
    text: str = _amounts(locale, digits).apply(rounded, _locale(locale))
    return text.replace(_HYPHEN, REAL_MINUS)


def format_unit_price(amount: Decimal, currency: str, locale: str) -> str:
    """A price a unit: the currency's decimals, and more only where it has them: $0.0035."""
    exponent = amount.normalize().as_tuple().exponent
    if not isinstance(exponent, int):
        raise ValueError(f"A price is a finite number, got {amount}.")
    return _money(amount, currency, locale, max(minor_digits(currency), -exponent), True)


def format_number(number: Decimal | int, locale: str) -> str:
    """A quantity with all decimals that it has and a real minus: 1,234.5."""
    text: str = format_decimal(number, locale=_locale(locale), decimal_quantization=False)
    return text.replace(_HYPHEN, REAL_MINUS)


def format_rate(rate: Decimal, locale: str) -> str:
    """A rate given in percent: 21 is 21% in English and 21 % in Czech."""
    text: str = format_percent(rate.scaleb(-2), locale=_locale(locale), decimal_quantization=False)
    return text.replace(_HYPHEN, REAL_MINUS)


def format_day(day: date, locale: str, style: Literal["long", "medium", "short"] = "long") -> str:
    """A date: 1 March 2026, 1 marzo 2026, 1. března 2026. ALL-2."""
    return format_date(day, format=style, locale=_locale(_LOCALE_OF_DATES.get(locale, locale)))


def format_period(first: date, last: date, locale: str) -> str:
    """The days from `first` to `last`, both included: 1–28 Feb 2026. ALL-2."""
    reader = _locale(_LOCALE_OF_DATES.get(locale, locale))
    return format_interval(first, last, "yMMMd", locale=reader)


def plural_form(number: Decimal | int, locale: str) -> str:
    """Which form of a word goes with a number, as CLDR names it: one, few, many, other."""
    return _locale(locale).plural_form(number)


def country_name(code: str, locale: str) -> str:
    """A country of ISO 3166 in the reader's language; the code itself where it has no name."""
    return _locale(locale).territories.get(code) or code


@lru_cache(maxsize=64)
def _locale(name: str) -> Locale:
    try:
        return Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        raise ValueError(f"{name!r} is no locale. Write a language such as en, it or cs.") from None


def _money(amount: Decimal, currency: str, locale: str, digits: int, real_minus: bool) -> str:
    pattern = _pattern(locale, currency, digits)
    text: str = pattern.apply(amount, _locale(locale), currency=currency, currency_digits=False)
    return text.replace(_HYPHEN, REAL_MINUS, 1) if real_minus and amount < 0 else text


@lru_cache(maxsize=512)
def _pattern(locale: str, currency: str, digits: int) -> NumberPattern:
    """The locale's pattern with the decimals of ISO 4217, and CLDR's space after a code.

    CLDR shows some currencies with fewer decimals than can be paid (IQD 0 for 3), and parts a
    currency that ends in a letter from the digits beside it, which Babel leaves out.
    """
    symbol = get_currency_symbol(currency, locale=_locale(locale))
    before = _NO_BREAK_SPACE if _needs_space(symbol[-1]) else ""
    after = _NO_BREAK_SPACE if _needs_space(symbol[0]) else ""
    pattern: NumberPattern = copy.copy(_locale(locale).currency_formats["standard"])
    pattern.frac_prec = (digits, digits)
    positive, negative = pattern.prefix
    pattern.prefix = (_spaced_after(positive, before), _spaced_after(negative, before))
    positive, negative = pattern.suffix
    pattern.suffix = (_spaced_before(positive, after), _spaced_before(negative, after))
    return pattern


def _needs_space(character: str) -> bool:
    return category(character)[0] not in "SZ"


def _spaced_after(prefix: str, space: str) -> str:
    return prefix + space if prefix.endswith(_SIGN_OF_CURRENCY) else prefix


def _spaced_before(suffix: str, space: str) -> str:
    return space + suffix if suffix.startswith(_SIGN_OF_CURRENCY) else suffix


@lru_cache(maxsize=64)
def _amounts(locale: str, digits: int) -> NumberPattern:
    pattern: NumberPattern = copy.copy(_locale(locale).decimal_formats[None])
    pattern.frac_prec = (digits, digits)
    return pattern
