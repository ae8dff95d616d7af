"""How figures read in the three languages."""

from datetime import date
from decimal import Decimal

import pytest

from billing.core.display import (
    format_day,
    format_money,
    format_number,
    format_rate,
    format_unit_price,
)

NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "text"),
    [
        ("1234567.89", "EUR", "en", "€1,234,567.89"),
        ("1234567.89", "EUR", "it", "1.234.567,89~€"),
        ("1234567.89", "EUR", "cs", "1~234~567,89~€"),
        ("-0.50", "CZK", "cs", "-0,50~Kč"),
        ("-1234", "JPY", "en", "-¥1,234"),
        ("1.234", "KWD", "en", "KWD~1.234"),
        ("12.345", "IQD", "it", "12,345~IQD"),
        ("5.00", "USD", "en-us", "$5.00"),
    ],
)
def test_money_is_written_as_the_reader_writes_it(
    amount: str, currency: str, locale: str, text: str
) -> None:  # ALL-2
    said = format_money(Decimal(amount), currency, locale)

    assert said == text.replace("~", NBSP).replace("-", MINUS)


def test_the_display_never_rounds() -> None:
    with pytest.raises(ValueError, match="more decimals"):
        format_money(Decimal("1.005"), "EUR", "en")


def test_an_unknown_locale_is_refused() -> None:
    with pytest.raises(ValueError, match="no locale"):
        format_money(Decimal(1), "EUR", "xx")


@pytest.mark.parametrize(
    ("amount", "text"), [("0.0035", "$0.0035"), ("19.00000000", "$19.00"), ("0.125", "$0.125")]
)
def test_a_unit_price_shows_all_its_decimals(amount: str, text: str) -> None:
    assert format_unit_price(Decimal(amount), "USD", "en") == text


def test_numbers_rates_and_days_follow_the_language() -> None:  # ALL-2
    assert format_number(Decimal("-1234.5678"), "it") == f"{MINUS}1.234,5678"
    assert format_rate(Decimal("25.5"), "cs") == f"25,5{NBSP}%"
    assert [format_day(date(2026, 3, 1), locale) for locale in ("en", "it", "cs")] == [
        "1 March 2026",
        "1 marzo 2026",
        "1. března 2026",
    ]
