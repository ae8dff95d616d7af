"""Metered use: this file is the one hand that counts it, once each, and closes what is billed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext as _

from billing.due import due
from billing.limits import LARGEST_USE, beyond_a_meter, refuse_use
from billing.models import Item, Meter, Price, PricePin, Subscription, UsageRecord
from billing.openings import openings_of
from billing.prices import core_prices
from billing.refusals import ChangeRefused
from billing.speaking import day_words, named

_METERED = Price.Basis.METERED


class KeyReused(ValueError):
    """A key that has counted another use already: the caller has to choose a new one."""


def add(
    *, account_id: int, subscription_id: int, product: str, key: str, at: datetime, quantity: int
) -> UsageRecord:
    """Count a use once: the same key with the same use gives the record that is there already.

    It belongs to the cycle of its instant as long as that one's meter is open, else to the first
    later one that is (decision 19). Raises `KeyReused` for a key that has counted something else,
    `ChangeRefused` for a product that the subscription does not meter at that instant, and for more
    than the cycle's meter can hold or an invoice can charge.
    """
    item = Item.objects.select_related("subscription", "product").get(
        subscription=subscription_id, subscription__account=account_id, product__code=product
    )
    seen = _seen(account_id, key, item, at, quantity)
    if seen is not None:
        return seen
    try:
        with transaction.atomic():
            return _count(item, account_id=account_id, key=key, at=at, quantity=quantity)
    except IntegrityError:
        # Somebody else has counted this key meanwhile; anything else is raised again.
        seen = _seen(account_id, key, item, at, quantity)
        if seen is None:
            raise
        return seen


def close_due(*, payer_ids: Sequence[int], at: datetime) -> None:
    """Close the meters of every cycle that has ended by ``at`` and is due to be billed.

    Belongs into the transaction that bills them, after the payers are locked: it waits for use that
    is just being counted, and whatever comes later is counted in the next cycle. A cycle without
    any use gets a closed meter, too, so that nothing can be added once it is billed.
    """
    billed = due(at=at).filter(payer_id__in=payer_ids)
    metered = Item.objects.filter(
        Exists(PricePin.objects.filter(item=OuterRef("pk"), price__basis=_METERED)),
        subscription__in=billed,
    )
    found = list(metered.order_by("pk").values_list("pk", "subscription_id"))
    subscriptions = billed.in_bulk() if found else {}
    ended = [
        Meter(item_id=item_id, cycle_start=start, closed=True)
        for item_id, subscription_id in found
        for start in _ended(subscriptions[subscription_id], at)
    ]
    Meter.objects.bulk_create(
        ended,
        update_conflicts=True,
        update_fields=["closed"],
        unique_fields=["item", "cycle_start"],
    )


def _ended(subscription: Subscription, at: datetime) -> Iterator[date]:
    """The first days of the cycles that have ended by ``at`` and are not billed yet."""
    openings = openings_of(subscription)
    for number in range(max(subscription.next_number - 1, 0), openings.number_at(at)):
        yield openings.cycle(number).period.start


def _seen(account_id: int, key: str, item: Item, at: datetime, quantity: int) -> UsageRecord | None:
    """The record of this key, if there is one; `KeyReused` when it counts something else."""
    record = UsageRecord.objects.filter(account=account_id, key=key).select_related("meter").first()
    if record is None:
        return None
    if (record.meter.item_id, record.at, record.quantity) != (item.pk, at, quantity):
        raise KeyReused(f"The key {key} has counted another use already. Choose a new key.")
    return record


def _count(item: Item, *, account_id: int, key: str, at: datetime, quantity: int) -> UsageRecord:
    if quantity < 0:
        raise ValueError(f"A use is zero or more, got {quantity}.")
    if quantity > LARGEST_USE:
        raise beyond_a_meter(named(item.product))
    agreed = item.pins.filter(price__basis=_METERED).values_list("price", flat=True)
    prices = core_prices(agreed)
    if not prices:
        words = _("The use of %(product)s is not metered. Leave it out.")
        raise ChangeRefused(words % {"product": named(item.product)})
    meter = _fill(item, at, quantity)
    for price in prices.values():
        refuse_use(
            meter.used,
            name=named(item.product),
            price=price,
            interval=item.subscription.interval,
        )
    return UsageRecord.objects.create(
        account_id=account_id,
        meter=meter,
        sequence=meter.last_sequence,
        key=key,
        at=at,
        quantity=quantity,
    )


def _fill(item: Item, at: datetime, quantity: int) -> Meter:
    """Add to the meter of the cycle of ``at``, or to the first open one after it."""
    subscription = item.subscription
    openings = openings_of(subscription)
    number = openings.number_at(at)
    if number < 0:
        words = _("%(product)s is metered from %(day)s on.")
        said = {"product": named(item.product), "day": day_words(subscription.starts_on)}
        raise ChangeRefused(words % said)
    # The cycles before the running one are billed, so their meters are closed.
    number = max(number, subscription.next_number - 1)
    while True:
        start = openings.cycle(number).period.start
        if subscription.ends_on is not None and start >= subscription.ends_on:
            words = _("The subscription has ended on %(day)s. Open a new one.")
            raise ChangeRefused(words % {"day": day_words(subscription.ends_on)})
        meter = _fill_if_open(item, start, quantity)
        if meter is not None:
            return meter
        number += 1


def _fill_if_open(item: Item, start: date, quantity: int) -> Meter | None:
    meter = Meter.objects.filter(item=item, cycle_start=start)
    roomy = meter.filter(closed=False, used__lte=LARGEST_USE - quantity)
    more = {"used": F("used") + quantity, "last_sequence": F("last_sequence") + 1}
    if not roomy.update(**more):
        Meter.objects.bulk_create([Meter(item=item, cycle_start=start)], ignore_conflicts=True)
        if not roomy.update(**more):
            if meter.filter(closed=False).exists():
                raise beyond_a_meter(named(item.product))
            return None
    return meter.get()
