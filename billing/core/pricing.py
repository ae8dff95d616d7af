"""Prices: what a quantity of one product costs for one whole cycle, exactly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from billing.core.periods import Interval


class Model(StrEnum):
    """How an amount grows with the quantity. PRICE-1."""

    FLAT = "flat"
    PER_UNIT = "per_unit"
    TIERED = "tiered"
    VOLUME = "volume"
    PACKAGE = "package"


class Timing(StrEnum):
    """When a price is charged. PRICE-2."""

    ADVANCE = "advance"
    ARREARS = "arrears"
    ONCE = "once"


class Basis(StrEnum):
    """Which quantity is charged. PRICE-3."""

    SET = "set"
    PEAK = "peak"
    MEMBERS = "billable_members"
    METERED = "metered"


class Increase(StrEnum):
    """When more of a set quantity is charged. PRICE-4."""

    PRORATE = "prorate"
    PRORATE_NEXT = "prorate_next"


class Decrease(StrEnum):
    """When less of a set quantity takes hold, and whether it is credited. PRICE-5."""

    AT_RENEWAL = "at_renewal"
    BY_REQUEST = "by_request"
    NOW = "now"
    NOW_CREDIT = "now_credit"


TIMINGS_OF_BASES: Final = frozenset(
    {
        (Timing.ADVANCE, Basis.SET),
        (Timing.ADVANCE, Basis.MEMBERS),
        (Timing.ARREARS, Basis.PEAK),
        (Timing.ARREARS, Basis.METERED),
        (Timing.ONCE, Basis.SET),
    }
)
_TIER_MODELS: Final = frozenset({Model.TIERED, Model.VOLUME})
_WHEN: Final = {
    Timing.ADVANCE: "in advance",
    Timing.ARREARS: "in arrears",
    Timing.ONCE: "once",
}
_WHAT: Final = {
    Basis.SET: "the number chosen",
    Basis.PEAK: "the highest number in the cycle",
    Basis.MEMBERS: "billable members",
    Basis.METERED: "use above the allowance",
}
_ZERO: Final = Fraction(0)


@dataclass(frozen=True, slots=True)
class Tier:
    """One step of a tiered or volume price; `up_to` is its last unit, None where it never ends."""

    up_to: int | None
    unit: Decimal = Decimal(0)
    flat: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field of a price, in words for people."""

    field: str
    message: str


class ImpossiblePrice(ValueError):
    """A price that the tables do not allow; `problems` says all that is wrong with it at once."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(f"{problem.field}: {problem.message}" for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class _Step:
    """A tier as a straight line: units up to its bound cost `base` + `unit` × units."""

    up_to: int | None
    base: Fraction
    unit: Fraction


@dataclass(frozen=True, slots=True)
class Price:
    """How one version of a product's price charges, in one currency. PRICE-1 to PRICE-5.

    `amount` is that of a flat, per-unit or package price (there per package of `size` units);
    `tiers` are those of a tiered or volume price. `allowance` counts units a cycle included in a
    metered price, `unit_factor` is what one unit of a peak price counts as. `interval` None means
    the cycle's own. Raises ImpossiblePrice (a ValueError) for a combination that the tables do not
    allow.
    """

    version: str
    model: Model
    timing: Timing
    basis: Basis
    amount: Decimal | None = None
    tiers: tuple[Tier, ...] = ()
    size: int | None = None
    allowance: int = 0
    increase: Increase = Increase.PRORATE
    decrease: Decrease = Decrease.AT_RENEWAL
    unit_factor: Decimal = Decimal(1)
    interval: Interval | None = None
    _exact: Fraction = field(init=False, repr=False, compare=False, default=_ZERO)
    _steps: tuple[_Step, ...] = field(init=False, repr=False, compare=False, default=())

    def __post_init__(self) -> None:
        problems = tuple(_problems(self))
        if problems:
            raise ImpossiblePrice(problems)
        # A run asks the same price millions of times, so it is turned into exact numbers once.
        object.__setattr__(self, "_exact", Fraction(self.amount or 0))
        object.__setattr__(self, "_steps", tuple(_steps(self.model, self.tiers)))

    @property
    def limit(self) -> int | None:
        """The most units that this price has an amount for; None where there is no end."""
        return self.tiers[-1].up_to if self.tiers else None

    @property
    def included(self) -> int:
        """How many units cost nothing, because the first tiers have no amount. PLAN-2."""
        found = 0
        for tier in self.tiers:
            if tier.unit or tier.flat or tier.up_to is None:
                break
            found = tier.up_to
        return found


def amount_of(price: Price, units: Fraction | Decimal | int) -> Fraction:
    """The exact price of `units` for one whole cycle; zero units cost nothing, also of a flat one.

    ValueError for a quantity below zero or beyond the last tier. PRICE-1; worked example:
    tiers 10 × 1.00 then 0.50 each: 12 units are 10 × 1.00 + 2 × 0.50 = 11.
    """
    if units == 0:
        return _ZERO
    if units < 0:
        raise ValueError(f"A quantity is zero or more, got {units}.")
    exact = units if isinstance(units, int) else Fraction(units)
    if price.model is Model.PER_UNIT:
        return price._exact * exact
    if price.model is Model.FLAT:
        return price._exact
    if price.size is not None:
        return price._exact * -(-exact // price.size)
    for step in price._steps:
        if step.up_to is None or exact <= step.up_to:
            return step.base + step.unit * exact
    raise ValueError(f"{units} units are beyond the last tier, which ends at {price.limit}.")


def _steps(model: Model, tiers: tuple[Tier, ...]) -> Iterator[_Step]:
    above, below = 0, _ZERO
    for tier in tiers:
        unit, flat = Fraction(tier.unit), Fraction(tier.flat)
        if model is Model.VOLUME:
            yield _Step(tier.up_to, flat, unit)
            continue
        yield _Step(tier.up_to, below + flat - unit * above, unit)
        if tier.up_to is not None:
            below += flat + unit * (tier.up_to - above)
            above = tier.up_to


def _how(price: Price) -> str:
    return price.model.replace("_", "-")


def _timings_of(basis: Basis) -> Iterator[str]:
    return (words for timing, words in _WHEN.items() if (timing, basis) in TIMINGS_OF_BASES)


def _problems(price: Price) -> Iterator[Problem]:
    yield from _amount_problems(price)
    yield from _tier_problems(price)
    yield from _basis_problems(price)


def _amount_problems(price: Price) -> Iterator[Problem]:
    if price.model in _TIER_MODELS:
        if price.amount is not None:
            yield Problem("amount", f"a {_how(price)} price is made of tiers, leave it out")
    elif price.amount is None:
        yield Problem("amount", f"a {_how(price)} price needs one")
    else:
        yield from _money_problems("amount", price.amount)
    if price.model is Model.PACKAGE:
        if price.size is None or price.size < 1:
            yield Problem("size", "a package price needs the units in a package, 1 or more")
    elif price.size is not None:
        yield Problem("size", f"only a package price has a size, this one is {_how(price)}")


def _money_problems(name: str, value: Decimal) -> Iterator[Problem]:
    if not value.is_finite() or value < 0:
        yield Problem(name, f"expected an amount of zero or more, got {value}")


def _tier_problems(price: Price) -> Iterator[Problem]:
    if price.model not in _TIER_MODELS:
        if price.tiers:
            yield Problem("tiers", f"only tiered and volume prices have tiers, not {_how(price)}")
        return
    if not price.tiers:
        yield Problem("tiers", f"a {_how(price)} price needs at least one tier")
    bound = 0
    for number, tier in enumerate(price.tiers):
        yield from _money_problems(f"tiers[{number}].unit", tier.unit)
        yield from _money_problems(f"tiers[{number}].flat", tier.flat)
        if tier.up_to is None:
            if number != len(price.tiers) - 1:
                yield Problem(f"tiers[{number}].up_to", "only the last tier may have no bound")
        elif tier.up_to <= bound:
            yield Problem(f"tiers[{number}].up_to", f"expected more than {bound}, got {tier.up_to}")
        bound = tier.up_to or bound


def _basis_problems(price: Price) -> Iterator[Problem]:
    if (price.timing, price.basis) not in TIMINGS_OF_BASES:
        wrong, right = _WHEN[price.timing], " or ".join(_timings_of(price.basis))
        what = _WHAT[price.basis]
        yield Problem("basis", f"{what} cannot be charged {wrong}, only {right}")
    if price.basis is Basis.MEMBERS and price.model is not Model.PER_UNIT:
        what = _WHAT[price.basis]
        yield Problem("model", f"{what} are charged per unit only, not {_how(price)}")
    if price.allowance < 0:
        yield Problem("allowance", f"expected zero or more, got {price.allowance}")
    if not price.unit_factor.is_finite() or price.unit_factor < 0:
        yield Problem("unit_factor", f"expected zero or more, got {price.unit_factor}")
    yield from _misplaced(price)


def _misplaced(price: Price) -> Iterator[Problem]:
    """Choices that mean nothing for this basis: more likely a slip than a wish."""
    what, when = _WHAT[price.basis], _WHEN[price.timing]
    if price.allowance and price.basis is not Basis.METERED:
        yield Problem("allowance", f"only a metered price has one, this one charges {what}")
    if price.unit_factor != 1 and price.basis is not Basis.PEAK:
        yield Problem("unit_factor", f"only a peak price has one, this one charges {what}")
    if price.interval is not None and price.timing is not Timing.ADVANCE:
        yield Problem("interval", f"only a price in advance has one, this one is charged {when}")
    if price.basis is not Basis.SET:
        if price.increase is not Increase.PRORATE:
            yield Problem("increase", f"only a set quantity has one, this one charges {what}")
        if price.decrease is not Decrease.AT_RENEWAL:
            yield Problem("decrease", f"only a set quantity has one, this one charges {what}")
