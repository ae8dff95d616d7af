"""The log of quantities and agreed prices: this file is the one hand that writes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction

from accounts.bulk import insert_rows
from accounts.locks import lock_payers
from accounts.models import User
from billing.itemlog import ItemLog, PinEntry, Step
from billing.logs import (
    billed_since,
    dated,
    goes_on_at,
    logs_of,
    logs_of_products,
    refuse_frozen,
)
from billing.models import Event, Item, Price, PricePin, Product, Subscription
from billing.refusals import ChangeRefused
from billing.selling import held_by
from billing.updating import update_rows
from billing.wishes import Wish, wish

_EVENT_FIELDS: Final = (
    "item_id", "sequence", "at", "holds", "was", "becomes", "replaces", "actor_id", "actor_name",
    "cause",
)  # fmt: skip
_PIN_FIELDS: Final = (
    "item_id", "sequence", "price_id", "at", "holds_from", "bought", "noticed_on",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Taken:
    """An entry of a log from another system, with the key that its event will have."""

    event_id: int
    item_id: int
    step: Step
    actor_name: str
    cause: str


@transaction.atomic
def record(
    *,
    subscription_id: int,
    changes: Mapping[str, int],
    at: datetime,
    by: User | None = None,
    by_name: str = "",
    cause: str = "",
    holds: str | None = None,
    granted: bool = False,
    replaces: bool = False,
    order_id: int | None = None,
) -> list[Event]:
    """Write down that these quantities (by product code) are wanted from ``at`` on, as one deed.

    Returns the events in the order of ``changes``; a number that is in force already sets nothing
    and has none. All are dated at one instant: the later of ``at`` and just after the last event of
    any of the items. ``holds`` says when they take hold, by default the price's own rule.

    ``at`` is now, as the edge knows it. A subscription that ends also gets the entries that end
    what is bought in its last cycle. What is not sold to the account (PRICE-7) is refused unless
    the vendor has ``granted`` it. ``replaces``: the changes are the two sides of a replacement,
    hold at once, and are credited and charged pro rata whatever the prices' rules say (decision 7).

    Raises `QuoteChanged` for an instant before the last billed opening, and `ChangeRefused` for
    what cannot be had, or is frozen by an order that is not settled and is not ``order_id`` itself.
    Decisions 3, 4, 8, 17, 33 and 34.
    """
    subscription = lock_subscription(subscription_id)
    refuse_frozen(subscription, codes=changes, but=order_id)
    _make_items(subscription, changes)
    found = wish(
        subscription=subscription,
        logs=logs_of_products(subscription, changes),
        changes=changes,
        at=at,
        billed=billed_since(subscription, at=at),
        held=() if granted else held_by(subscription.account_id),
        holds=holds,
        granted=granted,
        replaces=replaces,
    )
    return _record(
        found, (None if by is None else by.pk, by_name or (str(by) if by else ""), cause)
    )


def _record(found: Wish, actor: tuple[int | None, str, str]) -> list[Event]:
    """Write what was wished, as this actor (id, name, cause); the payer's lock is held."""
    _write((log.item_id, step, actor) for log, step in [*found.steps, *found.carried, *found.ends])
    _keep(log for log, _ in found.steps)
    subscription_id = found.subscription.pk
    if any(step.charged_at_once for _, step in found.steps):
        _bill_soon([(subscription_id, found.at)])
    written = Event.objects.filter(item__subscription=subscription_id, at=found.at)
    by_item = {event.item_id: event for event in written.select_related("item__product")}
    return [by_item[log.item_id] for log, _ in found.steps]


@transaction.atomic
def hold(*, subscription_id: int, products: Iterable[str], at: datetime) -> None:
    """Agree the prices of these products (codes) from ``at`` on without a quantity.

    What is counted and not chosen (billable members, metered use) is held like this.
    `ChangeRefused` for a product that the subscription has already, or without a price that day.
    """
    subscription = lock_subscription(subscription_id)
    codes = list(products)
    known = subscription.items.filter(product__code__in=codes)
    taken = list(known.values_list("product__name_en", flat=True))
    if taken:
        raise ChangeRefused(f"{', '.join(taken)}: there already. Leave it out.")
    _make_items(subscription, codes)
    logs = logs_of_products(subscription, codes)
    billed = billed_since(subscription, at=at)
    instant = dated(subscription, logs=logs, at=at, billed=billed)
    _write_pins((log.item_id, log.hold(instant), True, None) for log in logs)
    _keep(logs)


@transaction.atomic
def announce_price(
    *, item_id: int, price_id: int, holds_from: date, noticed_on: date | None, at: datetime
) -> PricePin:
    """Write down that an item will be charged another price version, and when notice was given.

    It takes hold at the first opening on or after ``holds_from`` that is at least 14 local days
    after ``noticed_on``; without a notice, never (RSL-5). ValueError for a price of another product
    or currency, `ChangeRefused` for one that cannot charge what the item holds.
    """
    item = Item.objects.select_related("subscription").get(pk=item_id)
    subscription = lock_subscription(item.subscription_id)
    price = Price.objects.get(pk=price_id)
    if (price.product_id, price.currency) != (item.product_id, subscription.currency):
        raise ValueError(f"Price {price} is not of item {item_id} in {subscription.currency}.")
    [log] = logs_of(Item.objects.filter(pk=item_id))
    pin = log.announce(
        price_id, at=max([at, *goes_on_at([log])]), holds_from=holds_from, noticed_on=noticed_on
    )
    _write_pins([(item_id, pin, False, noticed_on)])
    Item.objects.filter(pk=item_id).update(last_sequence=pin.sequence)
    return PricePin.objects.get(item=item_id, sequence=pin.sequence)


def take_over(*, entries: Iterable[Taken], held: Iterable[tuple[int, PinEntry]]) -> None:
    """Write logs of new items that an import has worked out with `ItemLog`.

    ``held`` are the pins (item id, pin) of items that are held at an agreed price. Belongs into the
    transaction that writes the items, with the quantities that their logs end with.
    """
    entries = list(entries)
    insert_rows(
        Event,
        fields=("id", *_EVENT_FIELDS),
        rows=(
            (
                *(one.event_id, one.item_id, one.step.entry.sequence, one.step.entry.at),
                *(one.step.entry.holds, one.step.entry.was, one.step.entry.becomes),
                *(False, None, one.actor_name, one.cause),
            )
            for one in entries
        ),
    )
    bought = [(one.item_id, one.step.pin) for one in entries if one.step.pin]
    _write_pins((item_id, pin, True, None) for item_id, pin in [*held, *bought])


def lock_subscription(subscription_id: int) -> Subscription:
    """The subscription as it is under the lock of its payer, with its opening."""
    while True:
        payer_id = Subscription.objects.values_list("payer_id", flat=True).get(pk=subscription_id)
        lock_payers([payer_id])
        subscription = Subscription.objects.select_related("opening", "account").get(
            pk=subscription_id
        )
        if subscription.payer_id == payer_id:
            return subscription


def _make_items(subscription: Subscription, codes: Iterable[str]) -> None:
    """Make the subscription's items of these products where they are new."""
    there = Item.objects.filter(subscription=subscription).values("product")
    new = Product.objects.filter(code__in=codes).exclude(pk__in=there)
    Item.objects.bulk_create(Item(subscription=subscription, product=product) for product in new)


def _write(steps: Iterable[tuple[int, Step, tuple[int | None, str, str]]]) -> None:
    """Write the rows of these steps: item id, step, and the actor's id, name and cause."""
    steps = list(steps)
    rows = (
        (
            *(item_id, entry.sequence, entry.at, entry.holds, entry.was, entry.becomes),
            *(entry.replaces, *actor),
        )
        for item_id, step, actor in steps
        for entry in (step.entry,)
    )
    insert_rows(Event, fields=_EVENT_FIELDS, rows=rows)
    _write_pins((item_id, step.pin, True, None) for item_id, step, _ in steps if step.pin)


def _write_pins(pins: Iterable[tuple[int, PinEntry, bool, date | None]]) -> None:
    """Write the rows of these pins: item id, pin, whether bought, and the day of the notice."""
    insert_rows(
        PricePin,
        fields=_PIN_FIELDS,
        rows=(
            (item_id, pin.sequence, pin.price_id, pin.at, pin.holds_from, bought, noticed_on)
            for item_id, pin, bought, noticed_on in pins
        ),
    )


def _keep(logs: Iterable[ItemLog]) -> None:
    """Bring the items to where their logs stand now."""
    update_rows(
        Item,
        fields=("quantity", "price_id", "last_sequence"),
        rows=[(log.item_id, *log.standing(), log.sequence) for log in logs],
    )


def _bill_soon(changes: Iterable[tuple[int, datetime]]) -> None:
    """Let the run come for changes (subscription id, instant) that may be charged at once."""
    first: dict[int, datetime] = {}
    for subscription_id, at in changes:
        first[subscription_id] = min(at, first.get(subscription_id, at))
    due = Subscription.objects.filter(pk__in=first).values_list("pk", "next_bill_at")
    update_rows(
        Subscription,
        fields=("next_bill_at",),
        rows=[(pk, first[pk]) for pk, at in due if at is not None and first[pk] < at],
    )
