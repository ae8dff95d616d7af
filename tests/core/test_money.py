"""Rounding and currencies."""

from decimal import Decimal
from fractions import Fraction

import pytest

from billing.core.money import minor_digits, round_half_up, to_minor_unit


@pytest.mark.parametrize(
    ("value", "digits", "rounded"),
    [
        (Decimal("0.125"), 2, "0.13"),
        (Decimal("-0.125"), 2, "-0.13"),
        (Decimal("0.135"), 2, "0.14"),
        (Fraction(1, 8), 2, "0.13"),
        (Fraction(-1, 8), 2, "-0.13"),
        (Fraction(1, 3), 0, "0"),
        (Decimal("99.5"), 0, "100"),
        (5, 3, "5.000"),
        (Decimal("1E+3"), 2, "1000.00"),
        (Decimal("123456789012345678901234567890.125"), 2, "123456789012345678901234567890.13"),
        (Fraction(10**30 * 8 + 1, 8), 2, "1000000000000000000000000000000.13"),
    ],
    ids=str,
)
def test_half_a_unit_is_rounded_away_from_zero(
    value: Decimal | Fraction | int, digits: int, rounded: str
) -> None:  # PRICE-9
    assert str(round_half_up(value, digits)) == rounded


@pytest.mark.parametrize("value", [Decimal("-0.004"), Fraction(-1, 1000), Decimal("-0.00")])
def test_nothing_has_no_sign(value: Decimal | Fraction) -> None:
    assert str(round_half_up(value, 2)) == "0.00"


@pytest.mark.parametrize(
    ("currency", "amount"),
    [("JPY", "21"), ("EUR", "21.50"), ("KWD", "21.499"), ("CLF", "21.4990")],
)
def test_money_has_the_decimals_of_its_currency(currency: str, amount: str) -> None:  # PRICE-9
    assert str(to_minor_unit(Decimal("21.499"), currency)) == amount


@pytest.mark.parametrize("currency", ["", "eur", "XAU", "XTS", "EURO"])
def test_a_word_that_is_no_currency_is_refused(currency: str) -> None:
    with pytest.raises(ValueError, match="no currency of ISO 4217"):
        minor_digits(currency)


def test_a_float_is_no_money() -> None:
    with pytest.raises(TypeError, match=r"0\.1"):
        round_half_up(0.1, 2)  # type: ignore[arg-type]  # what mypy refuses must also fail at run time


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
def test_what_is_not_finite_is_no_money(value: str) -> None:
    with pytest.raises(ValueError, match="finite"):
        round_half_up(Decimal(value), 2)


@pytest.mark.parametrize("digits", [-1, 29])
def test_money_has_a_sensible_number_of_decimals(digits: int) -> None:
    with pytest.raises(ValueError, match="decimals"):
        round_half_up(1, digits)
