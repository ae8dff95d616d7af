"""Figures for people: money, numbers and dates as a reader's language writes them (CLDR)."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final, Literal
from unicodedata import category

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_interval
from babel.numbers import (
    NumberPattern,
    get_currency_symbol,
    get_decimal_symbol,
    get_group_symbol,
)

from billing.core.money import minor_digits, round_half_up

REAL_MINUS: Final = "\N{MINUS SIGN}"
_HYPHEN: Final = "-"
_SIGN_OF_CURRENCY: Final = "\N{CURRENCY SIGN}"
_NO_BREAK_SPACE: Final = "\N{NO-BREAK SPACE}"
_THREES: Final = (3, 3)
# Dates read "1 March 2026", as the portal speaks. Amounts keep to plain English, which writes $.
_LOCALE_OF_DATES: Final = {"en": "en_GB"}


def format_money(amount: Decimal, currency: str, locale: str, *, real_minus: bool = True) -> str:
    """`amount`, rounded already, with all decimals of its currency: $1,099.98, 1.099,98 €. ALL-2.

    A negative amount has a real minus sign, or with `real_minus=False` the plain one of CLDR.
    ValueError for an unknown currency or locale, or an amount with more decimals than can be paid:
    to round is not the display's right.
    """
    digits = _payable_digits(amount, currency)
    text = _money(locale, currency).write(amount, digits)
    return text if real_minus else text.replace(REAL_MINUS, _HYPHEN)


def format_amount(amount: Decimal, currency: str, locale: str) -> str:
    """Money without its currency, for columns that name it above: 1,099.98 or 1.099,98.

    ValueError as `format_money`.
    """
    digits = _payable_digits(amount, currency)
    return _numbers(locale).write(amount, digits)


def parts_of_money(amount: Decimal, currency: str, locale: str) -> tuple[str, str, str]:
    """What `format_money` writes before the digits, the digits, and what it writes after them.

    ValueError as `format_money`.
    """
    digits = _payable_digits(amount, currency)
    frame = _money(locale, currency)
    before, after = frame.around(amount)
    return before, frame.digits(amount, digits), after


def format_unit_price(amount: Decimal, currency: str, locale: str) -> str:
    """A price a unit: the currency's decimals, and more only where it has them: $0.0035."""
    digits = max(minor_digits(currency), _decimals_of(amount))
    return _money(locale, currency).write(amount, digits)


def format_number(number: Decimal | int, locale: str) -> str:
    """A quantity with all decimals that it has and a real minus: 1,234.5."""
    number = Decimal(number)
    return _numbers(locale).write(number, _decimals_of(number))


def format_rate(rate: Decimal, locale: str) -> str:
    """A rate given in percent: 21 is 21% in English and 21 % in Czech."""
    return _rates(locale).write(rate, _decimals_of(rate))


# A page says the same few days again and again, as do all bills of one day.
@lru_cache(maxsize=4096)
def format_day(day: date, locale: str, style: Literal["long", "medium", "short"] = "long") -> str:
    """A date: 1 March 2026, 1 marzo 2026, 1. března 2026. ALL-2."""
    return format_date(day, format=style, locale=_locale(_LOCALE_OF_DATES.get(locale, locale)))


# To find the pattern of two days takes as long as all other words of a line, and the lines of one
# bill, and the bills of one day, are about few periods.
@lru_cache(maxsize=1024)
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


def _payable_digits(amount: Decimal, currency: str) -> int:
    """The decimals of the currency; ValueError for an amount that has more of them."""
    digits = minor_digits(currency)
    if round_half_up(amount, digits) != amount:
        raise ValueError(f"{amount} has more decimals than {currency} can be paid in.")
    return digits


def _decimals_of(number: Decimal) -> int:
    """How many decimals a number needs, without zeros at its end."""
    exponent = number.normalize().as_tuple().exponent
    if not isinstance(exponent, int):
        raise ValueError(f"A figure is a finite number, got {number}.")
    return max(-exponent, 0)


@dataclass(frozen=True, slots=True)
class _Frame:
    """What a language writes around the digits of a figure, and which signs between them.

    It is taken out of CLDR's pattern once for each kind of figure: who applies the pattern looks up
    every sign of every figure anew.
    """

    positive: tuple[str, str]
    negative: tuple[str, str]
    signs: dict[int, str]

    def write(self, number: Decimal, decimals: int) -> str:
        before, after = self.around(number)
        return f"{before}{self.digits(number, decimals)}{after}"

    def around(self, number: Decimal) -> tuple[str, str]:
        return self.negative if number < 0 else self.positive

    def digits(self, number: Decimal, decimals: int) -> str:
        """Without its sign; ``decimals`` are as many as it has, or more."""
        return f"{number.copy_abs():,.{decimals}f}".translate(self.signs)


@lru_cache(maxsize=256)
def _money(locale: str, currency: str) -> _Frame:
    """As the locale writes money, with CLDR's space after a code.

    CLDR parts a currency that ends in a letter from the digits beside it, which Babel leaves out.
    """
    symbol = get_currency_symbol(currency, locale=_locale(locale))
    before = _NO_BREAK_SPACE if _needs_space(symbol[-1]) else ""
    after = _NO_BREAK_SPACE if _needs_space(symbol[0]) else ""
    pattern: NumberPattern = copy.copy(_locale(locale).currency_formats["standard"])
    pattern.frac_prec = (0, 0)
    positive, negative = pattern.prefix
    pattern.prefix = (_spaced_after(positive, before), _spaced_after(negative, before))
    positive, negative = pattern.suffix
    pattern.suffix = (_spaced_before(positive, after), _spaced_before(negative, after))
    return _frame(pattern, locale, currency)


@lru_cache(maxsize=64)
def _numbers(locale: str) -> _Frame:
    return _frame(_locale(locale).decimal_formats[None], locale)


@lru_cache(maxsize=64)
def _rates(locale: str) -> _Frame:
    return _frame(_locale(locale).percent_formats[None], locale)


def _frame(pattern: NumberPattern, locale: str, currency: str | None = None) -> _Frame:
    """The frame of a pattern, as it stands around a single digit.

    ValueError for a locale that does not part its digits by threes, as Indian ones do not.
    """
    if pattern.grouping != _THREES:
        raise ValueError(f"Figures of {locale!r} are not written: it does not part by threes.")
    reader, one = _locale(locale), Decimal(1).scaleb(-pattern.scale)

    def around(number: Decimal) -> tuple[str, str]:
        text: str = pattern.apply(number, reader, currency=currency, currency_digits=False)
        before, _, after = text.replace(_HYPHEN, REAL_MINUS).partition("1")
        return before, after

    signs = {",": get_group_symbol(reader), ".": get_decimal_symbol(reader)}
    return _Frame(around(one), around(-one), str.maketrans(signs))


def _needs_space(character: str) -> bool:
    return category(character)[0] not in "SZ"


def _spaced_after(prefix: str, space: str) -> str:
    return prefix + space if prefix.endswith(_SIGN_OF_CURRENCY) else prefix


def _spaced_before(suffix: str, space: str) -> str:
    return space + suffix if suffix.startswith(_SIGN_OF_CURRENCY) else suffix
