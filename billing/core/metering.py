"""Metered use: what is left to charge after the allowance, and whether one more would fit."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

Use = TypeVar("Use", int, Decimal, Fraction)


def above_allowance(used: Use, allowance: Use) -> Use:
    """The units of a cycle's use that are charged: never below zero. PRICE-3."""
    over = used - allowance
    return over if over > 0 else over - over
