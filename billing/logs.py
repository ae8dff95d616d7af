"""Where the logs of items stand: read whole, so that the next entries can be worked out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from accounts.models import Account
from billing.core.periods import local_day
from billing.core.pins import Pin
from billing.itemlog import Catalogue, Entry, ItemLog
from billing.models import Bill, Event, Item, Order, PricePin, Product, Subscription
from billing.openings import Openings, openings_of
from billing.prices import prices_of
from billing.refusals import ChangeRefused, QuoteChanged
from billing.speaking import day_words, named

INSTANT: Final = timedelta(microseconds=1)


def logs_of(items: QuerySet[Item]) -> list[ItemLog]:
    """Where the logs of these items stand. A constant number of queries."""
    return [log for _, log in items_with_logs(items)]


def items_with_logs(items: QuerySet[Item]) -> list[tuple[Item, ItemLog]]:
    """These items with their products and subscriptions, and where the log of each stands."""
    rows = list(items.select_related("subscription", "product").order_by("pk"))
    products = {item.product_id for item in rows}
    catalogue = Catalogue(*prices_of(products))
    last = _last_entries(items)
    by_subscription = {item.subscription_id: openings_of(item.subscription) for item in rows}
    openings = {item.pk: by_subscription[item.subscription_id] for item in rows}
    pins, held = _pins(items, catalogue, openings)
    return [
        (
            item,
            replace(
                empty_log(
                    subscription=item.subscription,
                    product=item.product,
                    catalogue=catalogue,
                    openings=openings[item.pk],
                ),
                item_id=item.pk,
                sequence=item.last_sequence,
                pins=pins.get(item.pk, []),
                held=item.pk in held,
                last=last.get(item.pk),
            ),
        )
        for item in rows
    ]


def logs_of_products(subscription: Subscription, codes: Collection[str]) -> list[ItemLog]:
    """The logs of a subscription's items of these products, in the order of ``codes``.

    An item that is not there yet has an empty log, whose id is the product's below zero. ValueError
    for a code that the catalogue does not have.
    """
    products = {product.code: product for product in Product.objects.filter(code__in=codes)}
    if unknown := set(codes) - products.keys():
        raise ValueError(f"The catalogue has no product {', '.join(sorted(unknown))}.")
    items = Item.objects.filter(subscription=subscription, product__in=products.values())
    found = {log.code: log for log in logs_of(items)}
    new = [product for code, product in products.items() if code not in found]
    if new:
        catalogue = Catalogue(*prices_of(product.pk for product in new))
        openings = openings_of(subscription)
        found |= {
            one.code: empty_log(
                subscription=subscription, product=one, catalogue=catalogue, openings=openings
            )
            for one in new
        }
    return [found[code] for code in codes]


def empty_log(
    *, subscription: Subscription, product: Product, catalogue: Catalogue, openings: Openings
) -> ItemLog:
    """The log of an item that is not there yet; its id is the product's below zero."""
    return ItemLog(
        item_id=-product.pk,
        product_id=product.pk,
        code=product.code,
        name=named(product),
        currency=subscription.currency,
        interval=subscription.interval,
        openings=openings,
        catalogue=catalogue,
        sequence=0,
        pins=[],
        held=False,
    )


def billed_since(subscription: Subscription, *, at: datetime) -> list[datetime]:
    """The instants from ``at`` on of changes that have been billed. One query."""
    changes = Bill.objects.filter(subscription=subscription, reason=Bill.Reason.CHANGE, at__gte=at)
    return list(changes.values_list("at", flat=True))


def dated(
    subscription: Subscription,
    *,
    logs: Sequence[ItemLog],
    at: datetime,
    billed: Iterable[datetime],
) -> datetime:
    """The instant of events that are wanted at ``at``: the later of it and just after the last.

    That is of these logs, and of the changes ``billed`` since (`billed_since`). `QuoteChanged` for
    an instant before the last billed opening, `ChangeRefused` for an account that was closed, or a
    subscription that has not begun or has ended. Decision 3.
    """
    found = max([at, *goes_on_at(logs), *(one + INSTANT for one in billed if one >= at)])
    refuse_billed(subscription, at=found)
    refuse_closed(subscription.account)
    openings = openings_of(subscription)
    if found < openings.opens_at(0):
        words = _("The subscription starts on %(day)s. Choose that day or a later one.")
        raise ChangeRefused(words % {"day": day_words(subscription.starts_on)})
    # The entry that ends what is bought now comes right after it, and still within the last cycle.
    if subscription.ends_on and found + INSTANT >= openings.first_instant(subscription.ends_on):
        words = _("The subscription has ended on %(day)s. Open a new one.")
        raise ChangeRefused(words % {"day": day_words(subscription.ends_on)})
    opening = subscription.opening
    # What is bought in the very first instant of a subscription that it opens comes after it.
    opens_at = openings.opens_at(0) if opening is None and subscription.pk < 0 else None
    opened_at = opens_at if opening is None else opening.at
    return found + INSTANT if found == opened_at else found


def goes_on_at(logs: Iterable[ItemLog]) -> list[datetime]:
    """The earliest instants at which each of these logs can go on (decision 3)."""
    return [log.goes_on_at for log in logs if log.goes_on_at is not None]


def refuse_billed(subscription: Subscription, *, at: datetime) -> None:
    """Raise `QuoteChanged` for an instant before the last billed opening (decision 3)."""
    opening = subscription.opening
    if opening is not None and at < opening.at:
        raise QuoteChanged(
            _(
                "A new cycle has opened and was billed meanwhile. Look at the amounts again, then "
                "confirm."
            )
        )


def refuse_closed(account: Account) -> None:
    """Raise `ChangeRefused` for an account that was closed."""
    if account.closed_at is not None:
        words = _("%(account)s was closed on %(day)s. Choose an account that is open.")
        day = day_words(local_day(account.closed_at, account.time_zone))
        raise ChangeRefused(words % {"account": account, "day": day})


def refuse_frozen(subscription: Subscription, *, codes: Collection[str], but: int | None) -> None:
    """`ChangeRefused` for products that an order changes which is not settled (decision 17)."""
    orders = Order.objects.filter(payer=subscription.payer_id, state__in=Order.UNSETTLED)
    if but is not None:
        orders = orders.exclude(pk=but)
    for order in orders.filter(account=subscription.account_id):
        if frozen := [code for code, _, _ in order.changes if code in codes]:
            # Not by whom: a workspace learns nothing of its agency's people (AGY-3).
            words = _("%(products)s: changed just now, and being paid. Wait until that is settled.")
            raise ChangeRefused(words % {"products": ", ".join(frozen)})


def _last_entries(items: QuerySet[Item]) -> dict[int, Entry]:
    """The last event of each item that has one."""
    last = Event.objects.filter(item=OuterRef("pk")).order_by("-sequence").values("pk")[:1]
    rows = Event.objects.filter(pk__in=items.annotate(last=Subquery(last)).values("last"))
    return {
        item_id: Entry(*entry)
        for item_id, *entry in rows.values_list(
            "item_id", "sequence", "at", "holds", "was", "becomes"
        )
    }


def _pins(
    items: QuerySet[Item], catalogue: Catalogue, openings: Mapping[int, Openings]
) -> tuple[dict[int, list[Pin]], set[int]]:
    """The pins of each item, oldest first, and the items whose log begins with one."""
    rows = PricePin.objects.filter(item__in=items).order_by("item_id", "sequence")
    pins: dict[int, list[Pin]] = {}
    held = set()
    for item_id, code, sequence, price_id, holds_from, at, noticed_on, bought in rows.values_list(
        "item_id", "item__product__code", "sequence", "price_id", "holds_from", "at",
        "noticed_on", "bought",
    ):  # fmt: skip
        notice = openings[item_id].notice_on(noticed_on, written_at=at)
        pin = Pin(code, catalogue.prices[price_id], holds_from, at, notice, bought)
        pins.setdefault(item_id, []).append(pin)
        if sequence == 1:
            held.add(item_id)
    return pins, held
