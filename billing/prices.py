"""Price versions: read from the catalogue, as the core computes with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

from django.db.models import F, QuerySet

from billing.core import pricing
from billing.core.periods import Interval
from billing.models import Price

_COLUMNS = (
    "id", "model", "timing", "basis", "amount", "size", "allowance", "increase", "decrease",
    "unit_factor", "interval",
)  # fmt: skip
_BASIS = _COLUMNS.index("basis")
_VERSION = ("product_id", "currency", "interval", "valid_from", "pk")
_TIER = ("tiers__pk", "tiers__up_to", "tiers__unit", "tiers__flat")
_PRICE, _TIERS = len(_VERSION), len(_TIER)

Row: TypeAlias = tuple[Any, ...]
"""The columns above, of one price."""
Version: TypeAlias = tuple[int, str, str, date, int]
"""Product id, currency, interval, valid from, price id."""


class PriceBook(Mapping[int, pricing.Price]):
    """Prices by id, as the core computes with them; ``version`` is the id as text.

    Each is made when it is first asked for, so a row that the core's tables do not allow
    (ValueError) stands in nobody's way but of those who hold it.
    """

    def __init__(self, rows: Iterable[Row], tiers: Mapping[int, Sequence[pricing.Tier]]) -> None:
        self._rows = {row[0]: row for row in rows}
        self._tiers = tiers
        self._made: dict[int, pricing.Price] = {}

    def __getitem__(self, price_id: int) -> pricing.Price:
        price = self._made.get(price_id)
        if price is None:
            row = self._rows[price_id]
            price = self._made[price_id] = _core_price(row, tuple(self._tiers.get(price_id, ())))
        return price

    def __iter__(self) -> Iterator[int]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def of_basis(self, basis: str) -> set[int]:
        """The ids of the prices that charge this basis."""
        return {price_id for price_id, row in self._rows.items() if row[_BASIS] == basis}


def core_prices(price_ids: Iterable[int], *, using: str = "default") -> PriceBook:
    """The prices of these ids. One query."""
    return book_of(with_tiers(Price.objects.using(using).filter(pk__in=set(price_ids))))


def prices_of(product_ids: Iterable[int], *, using: str = "default") -> tuple[Versions, PriceBook]:
    """Which version of these products is sold when, and each as the core computes. One query."""
    prices = Price.objects.using(using).filter(product__in=set(product_ids))
    return versions_of(with_tiers(prices))


def versions_of(rows: Iterable[Row]) -> tuple[Versions, PriceBook]:
    """The same of what `with_tiers` reads."""
    found, book = _read(rows)
    return Versions(sorted(found, key=lambda version: version[3])), book


def with_tiers(prices: QuerySet[Price]) -> QuerySet[Price, Row]:
    """These prices as rows, each as often as it has tiers, which stand beside it."""
    joined = prices.order_by("pk", F("tiers__up_to").asc(nulls_last=True))
    return joined.values_list(*_VERSION, *_COLUMNS, *_TIER)


def book_of(rows: Iterable[Row]) -> PriceBook:
    """What `with_tiers` reads, by id, as the core computes."""
    return _read(rows)[1]


def _read(rows: Iterable[Row]) -> tuple[set[Version], PriceBook]:
    versions: set[Version] = set()
    found: dict[int, Row] = {}
    tiers: dict[int, list[pricing.Tier]] = defaultdict(list)
    for row in rows:
        version, price, tier = row[:_PRICE], row[_PRICE:-_TIERS], row[-_TIERS:]
        key, model = price[:2]
        versions.add(version)
        found[key] = price
        if tier[0] is not None and model in (Price.Model.TIERED, Price.Model.VOLUME):
            tiers[key].append(pricing.Tier(*tier[1:]))
    return versions, PriceBook(found.values(), tiers)


def _core_price(row: Row, tiers: tuple[pricing.Tier, ...]) -> pricing.Price:
    key, model, timing, basis, amount, size, allowance = row[:7]
    increase, decrease, unit_factor, interval = row[7:]
    chosen = basis == Price.Basis.SET
    try:
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
            interval=Interval(interval) if timing == Price.Timing.ADVANCE else None,
        )
    except ValueError as problem:
        raise ValueError(
            f"Price {key} of the catalogue cannot be charged ({problem}). Correct its row."
        ) from problem


class Versions:
    """Which version of a product's price is sold on a day. PRICE-8."""

    def __init__(self, rows: Iterable[Version]) -> None:
        """``rows``: the oldest first."""
        self._rows: dict[tuple[int, str, str], list[tuple[date, int]]] = defaultdict(list)
        for product_id, currency, interval, valid_from, price_id in rows:
            self._rows[product_id, currency, interval].append((valid_from, price_id))

    @staticmethod
    def of(product_ids: Iterable[int], *, using: str = "default") -> Versions:
        """All versions of these products. One query."""
        rows = Price.objects.using(using).filter(product__in=set(product_ids))
        return Versions(rows.order_by("valid_from").values_list(*_VERSION))

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
