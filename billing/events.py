"""The log of quantities and agreed prices: this file is the one hand that writes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Max, OuterRef, QuerySet, Subquery

from accounts.bulk import insert_rows
from accounts.locks import lock_payers
from accounts.models import Account, User
from billing.core.pins import Pin
from billing.itemlog import Catalogue, Entry, ItemLog, PinEntry, Step
from billing.models import Bill, Event, Item, Price, PricePin, Product, Subscription
from billing.openings import Openings, openings_of
from billing.prices import Versions, core_prices_of
from billing.refusals import ChangeRefused, QuoteChanged
from billing.selling import refuse_unsold
from billing.updating import update_rows

_INSTANT: Final = timedelta(microseconds=1)
_EVENT_FIELDS: Final = (
    "item_id", "sequence", "at", "holds", "was", "becomes", "actor_id", "actor_name", "cause",
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
) -> list[Event]:
    """Write down that these quantities (by product code) are wanted from ``at`` on, as one deed.

    Returns the events in the order of ``changes``; a number that is in force already sets nothing
    and has none. All are dated at one instant: the later of ``at`` and just after the last event of
    any of the items. ``holds`` says when they take hold, by default the price's own rule.

    ``at`` is now, as the edge knows it. A subscription that ends also gets the entries that end
    what is bought in its last cycle. What is not sold to the account (PRICE-7) is refused unless
    the vendor has ``granted`` it.

    Raises `QuoteChanged` for an instant before the last billed opening, and `ChangeRefused` for
    what cannot be had. Decisions 3, 4, 8, 33 and 34.
    """
    subscription = lock_subscription(subscription_id)
    logs = _in_order(changes, _logs(_items(subscription, changes)))
    dated = _dated(subscription, logs, at)
    if not granted:
        refuse_unsold(
            subscription=subscription,
            begun=[log.code for log in logs if changes[log.code] and not log.in_force(dated)],
            together=[code for code, quantity in changes.items() if quantity],
            on=openings_of(subscription).local_day(dated),
        )
    steps = [
        (log, step)
        for log in logs
        if (step := log.append(quantity=changes[log.code], at=dated, holds=holds))
    ]
    actor = (None if by is None else by.pk, by_name or (str(by) if by else ""), cause)
    ends = _ends(subscription, [log for log, _ in steps], dated + _INSTANT)
    _write((log.item_id, step, actor) for log, step in [*steps, *ends])
    _keep(log for log, _ in steps)
    _bill_soon([(subscription_id, dated)] if any(s.charged_at_once for _, s in steps) else [])
    written = Event.objects.filter(item__subscription=subscription_id, at=dated)
    by_item = {event.item_id: event for event in written.select_related("item__product")}
    return [by_item[log.item_id] for log, _ in steps]


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
    logs = _logs(_items(subscription, codes))
    dated = _dated(subscription, logs, at)
    _write_pins((log.item_id, log.hold(dated), True, None) for log in logs)
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
    [log] = _logs(Item.objects.filter(pk=item_id))
    dated = max([at, *_floors([log])])
    pin = log.announce(price_id, at=dated, holds_from=holds_from, noticed_on=noticed_on)
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
                *(None, one.actor_name, one.cause),
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


def _items(subscription: Subscription, codes: Iterable[str]) -> QuerySet[Item]:
    """The subscription's items of these products, made where they are new."""
    products = dict(Product.objects.filter(code__in=codes).values_list("code", "pk"))
    unknown = set(codes) - products.keys()
    if unknown:
        raise ValueError(f"The catalogue has no product {', '.join(sorted(unknown))}.")
    items = Item.objects.filter(subscription=subscription, product__in=products.values())
    there = set(items.values_list("product_id", flat=True))
    Item.objects.bulk_create(
        Item(subscription=subscription, product_id=product_id)
        for product_id in products.values()
        if product_id not in there
    )
    return items


def _dated(subscription: Subscription, logs: Sequence[ItemLog], at: datetime) -> datetime:
    """The instant of events that are wanted at ``at``; the payer's lock is held."""
    floors = _floors(logs)
    changes = Bill.objects.filter(subscription=subscription, reason=Bill.Reason.CHANGE, at__gte=at)
    billed = changes.aggregate(last=Max("at"))["last"]
    if billed is not None:
        floors.append(billed + _INSTANT)
    dated = max([at, *floors])
    refuse_billed(subscription, at=dated)
    refuse_closed(subscription.account)
    openings = openings_of(subscription)
    if dated < openings.opens_at(0):
        raise ChangeRefused(
            f"The subscription starts on {subscription.starts_on}. Choose that day or a later one."
        )
    # The entry that ends what is bought now comes right after it, and still within the last cycle.
    if subscription.ends_on and dated + _INSTANT >= openings.first_instant(subscription.ends_on):
        raise ChangeRefused(
            f"The subscription has ended on {subscription.ends_on}. Open a new one."
        )
    opening = subscription.opening
    return dated + _INSTANT if opening is not None and dated == opening.at else dated


def _floors(logs: Iterable[ItemLog]) -> list[datetime]:
    """The earliest instants at which each of these logs can go on (decision 3)."""
    return [log.goes_on_at for log in logs if log.goes_on_at is not None]


def refuse_billed(subscription: Subscription, *, at: datetime) -> None:
    """Raise `QuoteChanged` for an instant before the last billed opening (decision 3)."""
    opening = subscription.opening
    if opening is not None and at < opening.at:
        raise QuoteChanged(
            "A new cycle has opened and was billed meanwhile. Look at the amounts again, then "
            "confirm."
        )


def refuse_closed(account: Account) -> None:
    """Raise `ChangeRefused` for an account that was closed."""
    if account.closed_at is not None:
        raise ChangeRefused(
            f"{account} was closed on {account.closed_at:%Y-%m-%d}. Choose an account that is open."
        )


def _ends(
    subscription: Subscription, logs: Iterable[ItemLog], at: datetime
) -> list[tuple[ItemLog, Step]]:
    """The entries by which what was wanted just before ``at`` ends with the subscription."""
    if subscription.ends_on is None:
        return []
    steps = [(log, log.append(quantity=0, at=at, holds=Event.Holds.OPENING)) for log in logs]
    return [(log, step) for log, step in steps if step is not None]


def _logs(items: QuerySet[Item]) -> list[ItemLog]:
    """Where the logs of these items stand. A constant number of queries."""
    rows = list(items.select_related("subscription", "product").order_by("pk"))
    products = {item.product_id for item in rows}
    catalogue = Catalogue(Versions.of(products), core_prices_of(products))
    last = _last_entries(items)
    by_subscription = {item.subscription_id: openings_of(item.subscription) for item in rows}
    openings = {item.pk: by_subscription[item.subscription_id] for item in rows}
    pins, held = _pins(items, catalogue, openings)
    return [
        ItemLog(
            item_id=item.pk,
            product_id=item.product_id,
            code=item.product.code,
            name=item.product.name_en,
            currency=item.subscription.currency,
            interval=item.subscription.interval,
            openings=openings[item.pk],
            catalogue=catalogue,
            sequence=item.last_sequence,
            pins=pins.get(item.pk, []),
            held=item.pk in held,
            last=last.get(item.pk),
        )
        for item in rows
    ]


def _in_order(codes: Iterable[str], logs: Sequence[ItemLog]) -> list[ItemLog]:
    by_code = {log.code: log for log in logs}
    return [by_code[code] for code in codes]


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


def _write(steps: Iterable[tuple[int, Step, tuple[int | None, str, str]]]) -> None:
    """Write the rows of these steps: item id, step, and the actor's id, name and cause."""
    steps = list(steps)
    rows = (
        (item_id, entry.sequence, entry.at, entry.holds, entry.was, entry.becomes, *actor)
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
