"""What an account owns of each licence, what is in use, what is free, and what one costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts import access
from accounts.models import Account
from accounts.rights import Right
from accounts.who_may import called
from billing.buyers import right_to_buy
from billing.core.pricing import Model, Price
from billing.documents.reading import priced
from billing.documents.wording import Charge, price_words
from billing.models import Item, Product
from billing.models.subscriptions import LICENSING
from billing.prices import Versions, core_prices, snapshot
from licensing.cards import Licence
from licensing.holdings import used_in


@dataclass(frozen=True, slots=True)
class Owned:
    """One product of the Licensing module as an account has it.

    ``used`` is None where nobody holds it: recording, packs and minutes are counted otherwise.
    ``price`` is in words, empty where the account's currency has none.
    """

    product: Product
    name: str
    number: int
    used: int | None
    price: str
    basis: str
    allowance: int

    @property
    def free(self) -> int:
        return max(self.number - (self.used or 0), 0)

    @property
    def missing(self) -> int:
        """How many more are in use than owned."""
        return max((self.used or 0) - self.number, 0)


@dataclass(frozen=True, slots=True)
class Buyers:
    """Who may buy some of the products: those with this right."""

    right: Right
    products: tuple[str, ...]
    names: tuple[str, ...]


def overview(account: Account, *, on: date, language: str) -> list[Owned]:
    """Everything that the module sells, in catalogue order, in a fixed number of queries."""
    products = list(Product.objects.filter(subscription_code=LICENSING))
    rows = Item.objects.filter(subscription__account=account, subscription__code=LICENSING)
    items = {item.product_id: item for item in rows.select_related("subscription")}
    currency = next((one.subscription.currency for one in items.values()), account.currency)
    versions = Versions.of(product.pk for product in products)
    sold = {one.pk: _price_id(one, items, versions, currency, on) for one in products}
    prices = core_prices(price_id for price_id in sold.values() if price_id)
    used = used_in(account)
    return [
        Owned(
            product=product,
            name=product.names[language],
            number=(number := items[product.pk].quantity if product.pk in items else 0),
            used=used[Licence(product.code)] if product.code in set(Licence) else None,
            price=_price_words(product, price, number, currency, language) if price else "",
            basis=price.basis.value if price else "",
            allowance=price.allowance if price else 0,
        )
        for product in products
        for price in [prices.get(sold[product.pk] or 0)]
    ]


def buyers(account: Account, owned: Sequence[Owned]) -> list[Buyers]:
    """Who may buy what: one entry for each right that a product of these asks for (PRICE-6)."""
    by_right: dict[Right, list[str]] = {}
    for one in owned:
        by_right.setdefault(right_to_buy(one.product), []).append(one.name)
    return [
        Buyers(right, tuple(names), tuple(map(called, access.holders(account, right))))
        for right, names in by_right.items()
    ]


def _price_id(
    product: Product, items: Mapping[int, Item], versions: Versions, currency: str, on: date
) -> int | None:
    """The price that the item pins, or else the one at which it is sold today."""
    held = items[product.pk].price_id if product.pk in items else None
    return held or versions.on(product.pk, currency=currency, interval="month", day=on)


def _price_words(product: Product, price: Price, number: int, currency: str, language: str) -> str:
    charge = Charge(
        name="",
        unit=product.names[f"unit_{language}"],
        kind="",
        starts_on=date.min,
        ends_on=date.min,
        quantity=max(number, 1),
        amount=Decimal(0),
        unit_amount=price.amount if price.model is Model.PER_UNIT else None,
        **priced(snapshot(price)),
    )
    return price_words(charge, currency=currency, language=language)
