"""A wish as the core reads it: the items that it makes, the prices that it agrees, its changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from billing.core.bill import Change
from billing.core.pins import Pin
from billing.models import Event, Product
from billing.reading import ItemRow, SubscriptionRow
from billing.wishes import Entries, Wish


def with_new_items(
    row: SubscriptionRow, found: Wish, *, products: Mapping[str, Product]
) -> SubscriptionRow:
    """The subscription as it will be read once the items of the wish are there.

    ``products``, by code, are at least those of all its items.
    """
    there = {item.code for item in row.items}
    new = [
        ItemRow(log.item_id, log.product_id, log.code, 0, None)
        for log, _ in found.steps
        if log.code not in there
    ]
    if not new:
        return row
    items = [*row.items, *new]
    items.sort(key=lambda item: (products[item.code].position, item.product_id))
    return replace(row, items=items)


def new_pins(found: Wish) -> list[Pin]:
    """The prices that the wish agrees, as the fold will read them."""
    return [
        Pin(log.code, log.catalogue.prices[step.pin.price_id], step.pin.holds_from, step.pin.at)
        for log, step in found.steps
        if step.pin is not None
    ]


def changes_of(entries: Entries, day: date) -> list[Change]:
    """Entries of the wish as the core reads them; their events have no ids yet."""
    return [
        Change(
            at=step.entry.at,
            day=day,
            product=log.code,
            quantity=step.entry.becomes,
            ref=f"wanted {log.code}",
            waits=step.entry.holds == Event.Holds.OPENING,
            replaces=step.entry.replaces,
        )
        for log, step in entries
    ]
