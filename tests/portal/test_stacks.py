"""Stacked columns: what stands where, above zero and below."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.stacks import PLOT, stack
from tests.portal.test_parts import drawn


@dataclass(frozen=True)
class Sold:
    """What one product costs in each month."""

    values: list[Decimal]
    ahead: list[Decimal]
    name: str = "Plan"
    colour: int = 1


def sold(*values: str, ahead: tuple[str, ...] = ()) -> Sold:
    return Sold(
        [Decimal(one) for one in values], [Decimal(one) for one in ahead or "0" * len(values)]
    )


def test_one_stands_upon_the_other_and_what_is_ahead_on_top():
    drawing = stack(["Jan"], [sold("60", ahead=("20",)), sold("20")])

    low, middle, high = drawing.pieces
    assert [one.ahead for one in drawing.pieces] == [False, False, True]
    assert low.y + low.height == drawing.zero
    assert middle.y + middle.height == low.y
    assert high.y + high.height == middle.y
    assert low.height == 3 * middle.height


def test_what_is_below_zero_hangs_from_it():
    drawing = stack(["Jan"], [sold("-30"), sold("60"), sold("-10")])

    first, second, third = drawing.pieces
    assert first.y == drawing.zero
    assert second.y + second.height == drawing.zero
    assert third.y == first.y + first.height


def test_nothing_has_no_piece():
    assert stack(["Jan", "Feb"], [sold("0", "0")]).pieces == []
    assert stack([], []).pieces == []


def test_uneven_layers_are_refused():
    with pytest.raises(ValueError, match="Plan needs 2 values"):
        stack(["Jan", "Feb"], [sold("1")])


amounts = st.decimals(-(10**9), 10**9, places=2)


@given(st.lists(st.tuples(amounts, amounts), min_size=1, max_size=5))
def test_all_stays_within_the_plot(columns: list[tuple[Decimal, Decimal]]):
    one = Sold([a for a, _ in columns], [b for _, b in columns])
    drawing = stack([str(at) for at in range(len(columns))], [one])

    for piece in drawing.pieces:
        assert piece.y >= drawing.height - 28 - PLOT - 1
        assert piece.y + piece.height <= drawing.height - 28 + 1


def test_the_chart_says_each_amount():
    text = drawn(
        '{% stacked_chart caption="Charges" labels=labels layers=layers currency="EUR" %}',
        labels=["Jan"],
        layers=[sold("12.50", ahead=("3",))],
    )

    assert "<title>Jan, Plan: €12.50</title>" in text
    assert "Still to come" in text
