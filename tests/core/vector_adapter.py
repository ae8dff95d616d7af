"""One acceptance vector as a question to the core: the words of its source turned into ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from billing.core.due import ImpossibleDates
from tests.core import (
    vector_adapter_credits,
    vector_adapter_days,
    vector_adapter_invoices,
    vector_adapter_prices,
)

Answer = Mapping[str, Any]
OPS: dict[str, Callable[[Mapping[str, Any]], Answer]] = {
    **vector_adapter_credits.OPS,
    **vector_adapter_days.OPS,
    **vector_adapter_invoices.OPS,
    **vector_adapter_prices.OPS,
}


def answer(inputs: Mapping[str, Any]) -> Answer:
    """All that the core says about this question; KeyError for an `op` that nobody knows."""
    ask = OPS[inputs["op"]]
    try:
        return ask(inputs)
    except ImpossibleDates:
        return {"error": "invalid_date_sequence"}


def agrees(said: Any, expected: Any) -> bool:
    """Whether an answer is what a source printed, and all of it.

    Decimal strings are numbers: sources print 5, 5.0 or 5.00. A fraction that never ends is
    compared to as many decimals as the source prints. Everything else is equal or wrong. What a
    source leaves out (a discount of nothing, a total) the core may say.
    """
    if isinstance(expected, Mapping):
        return all(key in said and agrees(said[key], expected[key]) for key in expected)
    if isinstance(expected, list):
        return len(said) == len(expected) and all(map(agrees, said, expected))
    if isinstance(said, Decimal | Fraction):
        return isinstance(expected, str) and _same_number(Fraction(said), Decimal(expected))
    return type(said) is type(expected) and bool(said == expected)


def _same_number(said: Fraction, printed: Decimal) -> bool:
    if _ends(said):
        return said == Fraction(printed)
    decimals = -int(printed.as_tuple().exponent)
    return decimals >= 6 and abs(said - Fraction(printed)) * 2 <= Fraction(1, 10**decimals)


def _ends(number: Fraction) -> bool:
    """Whether a number has an end when it is written in decimals."""
    rest = number.denominator
    for factor in (2, 5):
        while rest % factor == 0:
            rest //= factor
    return rest == 1
