"""What documents show beside money: plain amounts, periods, forms of words, countries."""

from datetime import date
from decimal import Decimal

import pytest

from billing.core.display import country_name, format_amount, format_period, plural_form


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "text"),
    [
        ("1234567.89", "EUR", "en", "1,234,567.89"),
        ("1234567.890", "EUR", "it", "1.234.567,89"),
        ("-1234567.89", "EUR", "cs", "−1\xa0234\xa0567,89"),
        ("1234567", "JPY", "en", "1,234,567"),
        ("5.1", "KWD", "en", "5.100"),
        ("-0.00", "EUR", "en", "0.00"),
    ],
)
def test_an_amount_below_its_currency_has_all_decimals(amount, currency, locale, text):  # ALL-2
    assert format_amount(Decimal(amount), currency, locale) == text


def test_an_amount_is_never_rounded_by_showing_it():
    with pytest.raises(ValueError, match="more decimals"):
        format_amount(Decimal("0.005"), "EUR", "en")


@pytest.mark.parametrize(
    ("first", "last", "locale", "text"),
    [
        (date(2026, 2, 1), date(2026, 2, 28), "en", "1–28 Feb 2026"),
        (date(2026, 2, 10), date(2026, 3, 9), "en", "10 Feb – 9 Mar 2026"),
        (date(2025, 12, 31), date(2026, 1, 30), "it", "31 dic 2025 – 30 gen 2026"),
        (date(2026, 2, 10), date(2026, 3, 9), "cs", "10. 2. – 9. 3. 2026"),
        (date(2026, 2, 3), date(2026, 2, 3), "en", "3 Feb 2026"),
    ],
)
def test_a_period_names_its_first_and_last_day_once(first, last, locale, text):  # ALL-2
    shown = format_period(first, last, locale)

    assert " ".join(shown.replace("\u2009", " ").split()) == text


@pytest.mark.parametrize(
    ("number", "locale", "form"),
    [
        *[(1, "en", "one"), (2, "en", "other"), (3, "cs", "few"), (5, "cs", "other")],
        *[(Decimal("1.5"), "cs", "many"), (1, "it", "one")],
    ],
)
def test_a_number_wants_its_form_of_a_word(number, locale, form):
    assert plural_form(number, locale) == form


def test_a_country_is_named_in_the_readers_language():
    assert [country_name("CZ", language) for language in ("en", "it", "cs")] == [
        "Czechia",
        "Cechia",
        "Česko",
    ]
    assert country_name("XX", "en") == "XX"
