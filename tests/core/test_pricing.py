"""What quantities cost, and which prices cannot be."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from billing.core.periods import Interval
from billing.core.pricing import (
    Basis,
    Decrease,
    ImpossiblePrice,
    Increase,
    Model,
    Price,
    Tier,
    Timing,
    amount_of,
)

TIERS = (Tier(10, Decimal("2"), Decimal("5")), Tier(20, Decimal("1")), Tier(None, flat=Decimal(3)))


def price(model: Model, **options: Any) -> Price:
    return Price("1", model, Timing.ADVANCE, Basis.SET, **options)


FLAT = price(Model.FLAT, amount=Decimal("49.00"))
PER_UNIT = price(Model.PER_UNIT, amount=Decimal("0.00125"))
PACKAGE = price(Model.PACKAGE, amount=Decimal("20.00"), size=1000)
TIERED = price(Model.TIERED, tiers=TIERS)
VOLUME = price(Model.VOLUME, tiers=TIERS)


@pytest.mark.parametrize(
    ("of", "units", "amount"),
    [
        (FLAT, 1, "49"),
        (FLAT, 7, "49"),
        (PER_UNIT, 3, "0.00375"),
        (PER_UNIT, Decimal("1.5"), "0.001875"),
        (PACKAGE, 1, "20"),
        (PACKAGE, 1000, "20"),
        (PACKAGE, 1001, "40"),
        (PACKAGE, Fraction(1, 3), "20"),
        (TIERED, 10, "25"),
        (TIERED, 11, "26"),
        (TIERED, 20, "35"),
        (TIERED, 21, "38"),
        (VOLUME, 10, "25"),
        (VOLUME, 11, "11"),
        (VOLUME, 21, "3"),
        (VOLUME, Decimal("10.5"), "10.5"),
    ],
)
def test_a_quantity_has_its_price(of: Price, units: Decimal | int, amount: str) -> None:  # PRICE-1
    assert amount_of(of, units) == Fraction(amount)


@pytest.mark.parametrize("of", [FLAT, PER_UNIT, PACKAGE, TIERED, VOLUME], ids=lambda of: of.model)
def test_nothing_costs_nothing(of: Price) -> None:
    assert amount_of(of, 0) == 0
    with pytest.raises(ValueError, match="zero or more"):
        amount_of(of, -1)


@pytest.mark.parametrize("model", [Model.TIERED, Model.VOLUME])
def test_beyond_the_last_tier_there_is_no_price(model: Model) -> None:
    bounded = price(model, tiers=TIERS[:2])

    assert bounded.limit == 20
    assert price(model, tiers=TIERS).limit is None
    with pytest.raises(ValueError, match="beyond the last tier, which ends at 20"):
        amount_of(bounded, 21)


@pytest.mark.parametrize(
    ("options", "fields"),
    [
        ({"model": Model.FLAT}, ["amount"]),
        ({"model": Model.PACKAGE, "amount": Decimal(1)}, ["size"]),
        ({"model": Model.PACKAGE, "amount": Decimal(1), "size": 0}, ["size"]),
        ({"amount": Decimal(1), "size": 5}, ["size"]),
        ({"amount": Decimal("-1")}, ["amount"]),
        ({"amount": Decimal("NaN")}, ["amount"]),
        ({"amount": Decimal(1), "tiers": TIERS}, ["tiers"]),
        ({"model": Model.VOLUME}, ["tiers"]),
        ({"model": Model.TIERED, "tiers": TIERS, "amount": Decimal(1)}, ["amount"]),
        ({"model": Model.TIERED, "tiers": (TIERS[1], TIERS[0])}, ["tiers[1].up_to"]),
        ({"model": Model.TIERED, "tiers": (TIERS[2], TIERS[0])}, ["tiers[0].up_to"]),
        (
            {"model": Model.VOLUME, "tiers": (Tier(0, Decimal(-1)),)},
            ["tiers[0].unit", "tiers[0].up_to"],
        ),
        ({"amount": Decimal(1), "timing": Timing.ARREARS}, ["basis"]),
        ({"amount": Decimal(1), "timing": Timing.ONCE, "basis": Basis.PEAK}, ["basis"]),
        ({"model": Model.FLAT, "amount": Decimal(1), "basis": Basis.MEMBERS}, ["model"]),
        ({"amount": Decimal(1), "allowance": 10}, ["allowance"]),
        ({"amount": Decimal(1), "unit_factor": Decimal(2)}, ["unit_factor"]),
        (
            {"amount": Decimal(1), "basis": Basis.MEMBERS, "increase": Increase.PRORATE_NEXT},
            ["increase"],
        ),
        ({"amount": Decimal(1), "basis": Basis.MEMBERS, "decrease": Decrease.NOW}, ["decrease"]),
        ({"amount": Decimal(1), "timing": Timing.ONCE, "interval": Interval.YEAR}, ["interval"]),
    ],
)
def test_an_impossible_price_says_all_that_is_wrong(
    options: dict[str, Any], fields: list[str]
) -> None:
    wanted = {"model": Model.PER_UNIT, "timing": Timing.ADVANCE, "basis": Basis.SET, **options}

    with pytest.raises(ImpossiblePrice) as refusal:
        Price("1", **wanted)

    assert [problem.field for problem in refusal.value.problems] == fields


@pytest.mark.parametrize(
    ("timing", "basis", "options"),
    [
        (Timing.ARREARS, Basis.PEAK, {"unit_factor": Decimal("0.5")}),
        (Timing.ARREARS, Basis.METERED, {"allowance": 5000}),
        (Timing.ADVANCE, Basis.MEMBERS, {"interval": Interval.MONTH}),
        (Timing.ONCE, Basis.SET, {}),
        (Timing.ADVANCE, Basis.SET, {"decrease": Decrease.NOW_CREDIT}),
    ],
)
def test_every_combination_of_the_table_can_be(
    timing: Timing, basis: Basis, options: dict[str, Any]
) -> None:  # PRICE-2, PRICE-3
    possible = Price("1", Model.PER_UNIT, timing, basis, amount=Decimal("0.01"), **options)

    assert amount_of(possible, 200) == 2
