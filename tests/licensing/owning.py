"""Licences that an account owns, so that its people can hold them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from accounts.models import Account
from billing.models import Product, Subscription
from licensing.cards import Licence
from tests.factories import PriceFactory, ProductFactory, SubscriptionFactory

_PRICES = {"voice": "30.00", "outbound": "15.00", "back-office": "8.00", "cloudphone": "6.00"}


def sell(code: str, amount: str = "", **price: Any) -> Product:
    """A licence type that the catalogue sells by the peak of each month."""
    product: Product = ProductFactory(
        code=code,
        name_en=code.title(),
        subscription_code="licensing",
        who_may_buy=Product.Who.LICENSING,
        kind=Product.Kind.LICENCE,
    )
    rules = {"peak": True, **price}
    PriceFactory(product=product, amount=Decimal(amount or _PRICES.get(code, "15.00")), **rules)
    return product


def own(account: Account, number: int = 0, **quantities: int) -> Subscription:
    """The account owns so many of these types (named as their codes, with _ for -).

    ``number``: of every type that is not named.
    """
    named = {code.replace("_", "-"): quantity for code, quantity in quantities.items()}
    every = {one.value: number for one in Licence} if number else {}
    items = every | named
    for code in items:
        if not Product.objects.filter(code=code).exists():
            sell(code)
    subscription: Subscription = SubscriptionFactory(account=account, code="licensing", items=items)
    return subscription
