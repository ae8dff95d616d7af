"""Scheduled changes: numbers that wait for the next opening, read from the log; to be undone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import acting, visits
from accounts.access import Standing
from billing import buyers, events
from billing.foreseeing import Running, look
from billing.models import Product
from billing.refusals import ChangeRefused


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A number that takes the place of the one in force on ``from_on``, a local day."""

    product: Product
    was: int
    becomes: int
    from_on: date


def scheduled(running: Iterable[Running]) -> list[Scheduled]:
    """What waits in these subscriptions, in the order of the catalogue. PRICE-5, decision 4."""
    found = [
        Scheduled(one.product, one.quantity, one.waiting, together.opens_on)
        for together in running
        for one in together.items
        if one.waiting is not None
    ]
    return sorted(found, key=lambda one: (one.product.position, one.product.pk))


@transaction.atomic
def cancel(*, here: Standing, code: str, at: datetime) -> None:
    """Undo what waits for a product: the number in force is named again. PRICE-5.

    `ChangeRefused` where nothing waits any more.
    """
    product = Product.objects.get(code=code)
    here = acting.begin(here, needs=buyers.right_to_buy(product))
    waiting = [
        (together.row.id, one.quantity)
        for together in look(here.account, at=at)
        for one in together.items
        if one.waiting is not None and one.product == product
    ]
    if not waiting:
        raise ChangeRefused(_("Nothing is scheduled here any more. Look at what is in force."))
    [(subscription_id, number)] = waiting
    events.record(
        subscription_id=subscription_id,
        changes={code: number},
        at=at,
        by=here.by.person,
        cause=visits.cause(here),
    )
