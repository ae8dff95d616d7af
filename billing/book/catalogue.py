"""What the catalogue sells, as a book of accounts asks it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from billing.core.pricing import Basis
from billing.itemlog import Catalogue as Prices
from billing.models import Product
from billing.prices import prices_of

COUNTED = frozenset({Basis.MEMBERS, Basis.METERED})


@dataclass(frozen=True, slots=True)
class Sold:
    """A product, its place in the catalogue, and the code of the subscription that holds it."""

    id: int
    code: str
    name: str
    subscription: str
    place: int


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All products by code, in the order of the catalogue, with all their prices."""

    products: dict[str, Sold]
    prices: Prices

    def basis_on(self, sold: Sold, **where: Any) -> Basis | None:
        """On which basis the product is charged by the version sold on that day; None: not sold."""
        found = self.prices.versions.on(sold.id, **where)
        return None if found is None else self.prices.prices[found].basis


def read_catalogue() -> Catalogue:
    """The whole catalogue. Two queries."""
    rows = Product.objects.order_by("position", "pk").values_list(
        "pk", "code", "name_en", "subscription_code"
    )
    products = {row[1]: Sold(*row, place) for place, row in enumerate(rows)}
    ids = [sold.id for sold in products.values()]
    return Catalogue(products, Prices(*prices_of(ids)))
