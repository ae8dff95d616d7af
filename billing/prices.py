"""Price versions: read from the catalogue, as the core computes with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from billing.core import pricing
from billing.core.periods import Interval
from billing.models import Price, Tier

_COLUMNS = (
    "id", "model", "timing", "basis", "amount", "size", "allowance", "increase", "decrease",
    "unit_factor", "interval",
)  # fmt: skip


def core_prices(price_ids: Iterable[int], *, using: str = "default") -> dict[int, pricing.Price]:
    """The prices of these ids as the core computes with them; ``version`` is the id as text.

    Two queries. Raises `ImpossiblePrice` for a row that the core's tables do not allow.
    """
    return _core_prices(Price.objects.using(using).filter(pk__in=set(price_ids)), using)


def core_prices_of(
    product_ids: Iterable[int], *, using: str = "default"
) -> dict[int, pricing.Price]:
    """Every version of these products' prices, by its id. Two queries."""
    return _core_prices(Price.objects.using(using).filter(product__in=set(product_ids)), using)


def _core_prices(rows: QuerySet[Price], using: str) -> dict[int, pricing.Price]:
    found = list(rows.order_by("pk").values_list(*_COLUMNS))
    with_tiers = [row[0] for row in found if row[1] in (Price.Model.TIERED, Price.Model.VOLUME)]
    tiers = _tiers(with_tiers, using)
    return {row[0]: _core_price(row, tiers.get(row[0], ())) for row in found}


def _tiers(price_ids: list[int], using: str) -> dict[int, tuple[pricing.Tier, ...]]:
    rows = Tier.objects.using(using).filter(price__in=price_ids)
    ordered = rows.order_by(*Tier._meta.ordering).values_list("price_id", "up_to", "unit", "flat")
    found: dict[int, list[pricing.Tier]] = defaultdict(list)
    for price_id, up_to, unit, flat in ordered:
        found[price_id].append(pricing.Tier(up_to, unit, flat))
    return {price_id: tuple(tiers) for price_id, tiers in found.items()}


def _core_price(row: tuple[Any, ...], tiers: tuple[pricing.Tier, ...]) -> pricing.Price:
    key, model, timing, basis, amount, size, allowance = row[:7]
    increase, decrease, unit_factor, interval = row[7:]
    in_advance = timing == Price.Timing.ADVANCE
    chosen = basis == Price.Basis.SET
    return pricing.Price(
        version=str(key),
        model=pricing.Model(model),
        timing=pricing.Timing(timing),
        basis=pricing.Basis(basis),
        amount=amount,
        tiers=tiers,
        size=size,
        allowance=allowance,
        # What a price's basis gives no choice about stands in the row all the same.
        increase=pricing.Increase(increase) if chosen else pricing.Increase.PRORATE,
        decrease=pricing.Decrease(decrease) if chosen else pricing.Decrease.AT_RENEWAL,
        unit_factor=unit_factor,
        interval=Interval(interval) if in_advance else None,
    )


class Versions:
    """Which version of a product's price is sold on a day. PRICE-8."""

    def __init__(self, rows: Iterable[tuple[int, str, str, date, int]]) -> None:
        """``rows``: product id, currency, interval, valid from, price id; oldest first."""
        self._rows: dict[tuple[int, str, str], list[tuple[date, int]]] = defaultdict(list)
        for product_id, currency, interval, valid_from, price_id in rows:
            self._rows[product_id, currency, interval].append((valid_from, price_id))

    @staticmethod
    def of(product_ids: Iterable[int], *, using: str = "default") -> Versions:
        """All versions of these products. One query."""
        rows = Price.objects.using(using).filter(product__in=set(product_ids))
        return Versions(
            rows.order_by("valid_from").values_list(
                "product_id", "currency", "interval", "valid_from", "pk"
            )
        )

    def on(self, product_id: int, *, currency: str, interval: str, day: date) -> int | None:
        """The id of the version that is valid on ``day``; None where nothing is sold.

        In a yearly cycle a monthly price serves where there is no yearly one: it counts 12 times.
        """
        for wanted in dict.fromkeys((interval, Price.Interval.MONTH.value)):
            valid = [
                price_id
                for valid_from, price_id in self._rows.get((product_id, currency, wanted), ())
                if valid_from <= day
            ]
            if valid:
                return valid[-1]
        return None


def snapshot(price: pricing.Price) -> dict[str, Any] | None:
    """What a line keeps of a price that is not per unit (decision 10); None for one that is."""
    if price.model is pricing.Model.PER_UNIT:
        return None
    kept: dict[str, Any] = {"model": price.model.value}
    if price.tiers:
        kept["tiers"] = [_tier_snapshot(tier) for tier in price.tiers]
    else:
        kept["amount"] = plain(price.amount or Decimal(0))
    if price.size is not None:
        kept["size"] = price.size
    return kept


def _tier_snapshot(tier: pricing.Tier) -> Mapping[str, Any]:
    return {"up_to": tier.up_to, "unit": plain(tier.unit), "flat": plain(tier.flat)}


def plain(amount: Decimal) -> str:
    """The shortest decimal without an exponent: 30.00000000 → 30."""
    text = format(amount, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
