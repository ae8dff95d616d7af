"""What an account may choose of a product: within which bounds, in which steps, at which price."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db.models import QuerySet

from accounts.access import Standing
from billing import buyers
from billing.carried import least_of
from billing.core.periods import Interval, local_day
from billing.core.pricing import Basis, Decrease, Model, Price
from billing.foreseeing import Running
from billing.itemlog import ItemLog
from billing.limits import LARGEST_QUANTITY
from billing.models import Item, Product, Subscription
from billing.models import Price as Versioned
from billing.openings import has_ended
from billing.whole import Whole

_CHOSEN: Final = frozenset({Basis.SET, Basis.PEAK})
_SOLD: Final = ("product", "currency", "interval", "basis")


@dataclass(frozen=True, slots=True)
class Choice:
    """A product as its number is chosen: from ``least`` to ``most`` in ``step``.

    ``stops`` are the only numbers that a price by volume tells apart, empty of any other price.
    ``held`` is in force. ``by_request``: a lower number is asked of support. ``flat``: held once or
    not at all. ``included`` of them cost nothing. ``price`` is that in force, or sold today.
    """

    product: Product
    held: int
    least: int
    most: int
    step: int
    stops: tuple[int, ...]
    by_request: bool
    flat: bool
    included: int
    price: Price


def choice(whole: Whole, code: str, *, at: datetime) -> Choice | None:
    """How the account chooses the number of a product that was read with it; None where it cannot.

    That is what the catalogue does not have, what it has no subscription for, what has no price in
    its currency, and what is counted and not chosen. No query.
    """
    product = whole.products.get(code)
    if product is None:
        return None
    for subscription in whole.subscriptions:
        if subscription.code == product.subscription_code and not has_ended(subscription, at=at):
            [log] = whole.logs(subscription, [code])
            return _choice(product, log, subscription, at)
    return None


def price_of(whole: Whole, code: str, *, at: datetime) -> Price | None:
    """The price of a product that was read with the account: agreed, or at which it is sold today.

    Also of what is counted and not chosen, and of what the account has no subscription for. No
    query.
    """
    product = whole.products[code]
    for subscription in whole.subscriptions:
        if subscription.code == product.subscription_code and not has_ended(subscription, at=at):
            [log] = whole.logs(subscription, [code])
            return log.price_at(at) or _sold(log, subscription, at)
    account = whole.account
    version = whole.versions.on(
        product.pk,
        currency=account.currency,
        interval=Interval.MONTH,
        day=local_day(at, account.time_zone),
    )
    return None if version is None else whole.page.prices[version]


def changeable(here: Standing, running: Iterable[Running]) -> frozenset[str]:
    """The codes of those products in force whose number this person may change."""
    found = (
        (one.product, choice_of(one.product, held=one.quantity, price=one.price))
        for together in running
        for one in together.items
        if one.quantity
    )
    return frozenset(
        product.code
        for product, one in found
        if one is not None and not one.flat and buyers.may_buy(product, here)
    )


def offered_rows(account_id: int, today: date) -> tuple[QuerySet[Any, Any], QuerySet[Any, Any]]:
    """What the holdings of an account make it possible to add, and at which prices: for `added`."""
    held = Item.objects.filter(subscription__account=account_id, quantity__gt=0).values("product")
    products = (
        Product.objects.filter(requires__in=held)
        .exclude(pk__in=held)
        .exclude(closed_from__lte=today)
        .distinct()
        .order_by("position", "pk")
    )
    versions = Versioned.objects.filter(
        product__in=products.order_by().values("pk"), valid_from__lte=today
    )
    return products, versions.order_by("valid_from").values_list(*_SOLD)


def added(
    products: Iterable[Product], terms: Iterable[tuple[Any, ...]], *, running: Iterable[Running]
) -> list[Product]:
    """What the account could add to what runs: sold to it by now, and not held yet. PLAN-7."""
    rows = {together.row.code: together.row for together in running}
    # Of each product, currency and interval the latest one that is valid by today stands last.
    sold = {(product, currency, interval): basis for product, currency, interval, basis in terms}

    def basis_of(one: Product) -> str | None:
        """A monthly price serves a yearly cycle where there is no yearly one."""
        row = rows.get(one.subscription_code)
        if row is None:
            return None
        monthly = sold.get((one.pk, row.currency, Versioned.Interval.MONTH.value))
        return sold.get((one.pk, row.currency, row.interval), monthly)

    return [one for one in products if basis_of(one) in _CHOSEN]


def choice_of(product: Product, *, held: int, price: Price) -> Choice | None:
    """How the number of a product is chosen that has this price; None where it is counted."""
    if price.basis not in _CHOSEN:
        return None
    by_request = price.decrease is Decrease.BY_REQUEST and price.basis is Basis.SET
    flat = price.model is Model.FLAT
    most = LARGEST_QUANTITY if price.limit is None else int(price.limit / price.unit_factor)
    return Choice(
        product=product,
        held=held,
        least=least_of(product.kind, held=held, price=price) if not by_request else held,
        most=1 if flat else most,
        step=price.size or 1 if price.model is Model.PACKAGE else 1,
        stops=_stops(price, held),
        by_request=by_request and held > 0,
        flat=flat,
        included=price.included,
        price=price,
    )


def _choice(
    product: Product, log: ItemLog, subscription: Subscription, at: datetime
) -> Choice | None:
    held = log.in_force(at)
    price = log.price_at(at) if held or log.held else _sold(log, subscription, at)
    return None if price is None else choice_of(product, held=held, price=price)


def _sold(log: ItemLog, subscription: Subscription, at: datetime) -> Price | None:
    """The price at which it would be bought today."""
    version = log.catalogue.versions.on(
        log.product_id,
        currency=subscription.currency,
        interval=subscription.interval,
        day=log.openings.local_day(at),
    )
    return None if version is None else log.catalogue.prices[version]


def _stops(price: Price, held: int) -> tuple[int, ...]:
    """The bounds of the tiers of a price by volume, where each tier has one price for all of it."""
    if price.model is not Model.VOLUME or any(tier.unit for tier in price.tiers):
        return ()
    stops = {tier.up_to for tier in price.tiers if tier.up_to is not None}
    return tuple(sorted(stops | ({held} if held else set())))
