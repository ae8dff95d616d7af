"""Charges: one quantity at one price for some days of a cycle, made into a line."""

from __future__ import annotations

from datetime import date
from decimal import Context, Decimal, Inexact
from functools import lru_cache
from typing import Final

from billing.core.lines import Kind, Line, Ref
from billing.core.money import to_minor_unit
from billing.core.periods import Cycle, Interval, Period
from billing.core.pricing import Model, Price, amount_of
from billing.core.proration import Share, prorate, share_from

_LONGEST_MONTH: Final = 31
_MONTHS_IN_YEAR: Final = 12
_WHOLE_UNIT: Final = Decimal(1)
_EXACT: Final = Context(prec=100, traps=[Inexact])
_NEVER_SHARED: Final = frozenset({Kind.PEAK, Kind.METERED, Kind.ONCE})


class BeyondLastTier(ValueError):
    """A quantity for which the price has no amount; `because` names the events that set it."""

    def __init__(
        self, *, product: str, units: Decimal | int, limit: int, because: tuple[Ref, ...]
    ) -> None:
        super().__init__(
            f"{units} units of {product} are beyond the last tier of its price, which ends at "
            f"{limit}. Choose a smaller quantity, or add a tier to the price."
        )
        self.product = product
        self.units = units
        self.limit = limit
        self.because = because


def charge(
    *,
    kind: Kind,
    product: str,
    price: Price,
    quantity: int,
    cycle: Cycle,
    currency: str,
    because: tuple[Ref, ...],
    from_on: date | None = None,
) -> Line | None:
    """The line for `quantity` at `price` from `from_on` (the opening) to the end of `cycle`.

    None where it comes to zero. Peaks, metered use and what is charged once are never prorated;
    a credit's amount is below zero. Raises BeyondLastTier, and ValueError for a yearly price in a
    monthly cycle. PRICE-9; worked example: 5 units at 19.00 from 10 February in 31 January to
    28 February are 5 × 19.00 × 18/28 = 61.07.
    """
    start = cycle.period.start if from_on is None else from_on
    shared = kind not in _NEVER_SHARED
    share = _share(cycle, start) if shared else None
    months = _months(price, cycle) if shared else None
    units = _units(price, quantity)
    if price.limit is not None and (quantity if units is None else units) > price.limit:
        raise BeyondLastTier(
            product=product, units=units or quantity, limit=price.limit, because=because
        )
    amount = _amount(price, quantity if units is None else units, months, share, currency)
    if not amount:
        return None
    return Line(
        product=product,
        kind=kind,
        period=cycle.period if from_on is None else Period(start, cycle.period.end),
        quantity=quantity,
        units=units,
        unit_amount=price.amount if price.model is Model.PER_UNIT else None,
        share=share,
        months=months,
        amount=-amount if kind is Kind.CREDIT else amount,
        because=because,
        price_version=price.version,
    )


def _share(cycle: Cycle, start: date) -> Share | None:
    part, whole = share_from(cycle, start)
    return None if part == whole else (part, whole)


def _months(price: Price, cycle: Cycle) -> int | None:
    """How often a price of another interval than the cycle's counts; None for once."""
    if price.interval is None:
        return None
    yearly = cycle.whole.days > _LONGEST_MONTH
    if price.interval is Interval.MONTH:
        return _MONTHS_IN_YEAR if yearly else None
    if not yearly:
        raise ValueError(f"The yearly price {price.version} cannot be charged in a monthly cycle.")
    return None


def _units(price: Price, quantity: int) -> Decimal | None:
    """What the quantity counts as, where that is something else; the shortest decimal of it."""
    if price.unit_factor == _WHOLE_UNIT:
        return None
    units = _EXACT.multiply(Decimal(quantity), price.unit_factor).normalize(_EXACT)
    # normalize() writes 20 as 2E+1, which is no way to print a quantity.
    exponent = units.as_tuple().exponent
    return Decimal(int(units)) if isinstance(exponent, int) and exponent > 0 else units


@lru_cache(maxsize=1 << 16)
def _amount(
    price: Price,
    units: Decimal | int,
    months: int | None,
    share: Share | None,
    currency: str,
) -> Decimal:
    # Kept, because a run asks for the same few quantities of the same prices again and again.
    exact = amount_of(price, units) * (months or 1)
    return to_minor_unit(prorate(exact, *share) if share else exact, currency)
