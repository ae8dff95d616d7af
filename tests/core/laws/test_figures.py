"""Figures are written as CLDR writes them, whatever they are: its own patterns are asked."""

from __future__ import annotations

from decimal import Decimal

import pytest
from babel.numbers import format_currency, format_decimal, format_percent
from hypothesis import given
from hypothesis import strategies as st

from billing.core.display import (
    REAL_MINUS,
    format_amount,
    format_money,
    format_number,
    format_rate,
    parts_of_money,
)
from billing.core.money import minor_digits

LOCALES = st.sampled_from(["en", "it", "cs", "en-us"])
# Each writes as many decimals in CLDR as it can be paid in.
CURRENCIES = st.sampled_from(["EUR", "USD", "GBP", "CZK", "CHF", "JPY", "BHD"])
DIGITS = st.integers(-(10**15), 10**15)
NBSP = "\N{NO-BREAK SPACE}"


def _cldr(text: str) -> str:
    return text.replace("-", REAL_MINUS)


@given(DIGITS, CURRENCIES, LOCALES)
def test_money_is_written_by_the_pattern_of_its_currency(digits, currency, locale):  # ALL-2
    amount = Decimal(digits).scaleb(-minor_digits(currency))

    said = format_money(amount, currency, locale)

    # Babel leaves out the space between a code and the digits beside it.
    asked = _cldr(format_currency(amount, currency, locale=locale.replace("-", "_")))
    assert said.replace(NBSP, "") == asked.replace(NBSP, "")
    assert format_money(amount, currency, locale, real_minus=False) == said.replace(REAL_MINUS, "-")
    parts = parts_of_money(amount, currency, locale)
    assert "".join(parts) == said
    assert format_amount(abs(amount), currency, locale) == parts[1]


@given(DIGITS, st.integers(0, 8), LOCALES)
def test_a_number_has_all_its_decimals(digits, decimals, locale):  # ALL-2
    number, name = Decimal(digits).scaleb(-decimals), locale.replace("-", "_")

    asked = format_decimal(number, locale=name, decimal_quantization=False)
    rate = format_percent(number.scaleb(-2), locale=name, decimal_quantization=False)

    assert format_number(number, locale) == _cldr(asked)
    assert format_number(digits, locale) == format_number(Decimal(digits), locale)
    assert format_rate(number, locale) == _cldr(rate)


def test_a_locale_that_parts_its_digits_otherwise_is_refused():
    with pytest.raises(ValueError, match="threes"):
        format_number(100_000, "hi")
