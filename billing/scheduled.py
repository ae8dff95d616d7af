"""Scheduled changes: numbers that wait for the next opening, read from the log; to be undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import acting, visits
from accounts.access import Standing
from accounts.models import Account
from billing import buyers, events
from billing.itemlog import ItemLog
from billing.logs import items_with_logs
from billing.models import Item, Product
from billing.refusals import ChangeRefused


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A number that takes the place of the one in force on ``from_on``, a local day."""

    product: Product
    was: int
    becomes: int
    from_on: date


def scheduled(
    account: Account, *, at: datetime, held: Sequence[tuple[Item, ItemLog]] | None = None
) -> list[Scheduled]:
    """What waits in this account at ``at``, in the order of the catalogue. PRICE-5, decision 4.

    ``held`` are its items with their logs, where they were read already.
    """
    if held is None:
        held = items_with_logs(Item.objects.filter(subscription__account=account))
    found = []
    for item, log in held:
        if log.waiting(at) and log.last is not None:
            opens = log.openings.cycle(log.openings.number_at(at) + 1).period.start
            found.append(Scheduled(item.product, log.in_force(at), log.last.becomes, opens))
    return sorted(found, key=lambda one: (one.product.position, one.product.pk))


@transaction.atomic
def cancel(*, here: Standing, code: str, at: datetime) -> None:
    """Undo what waits for a product: the number in force is named again. PRICE-5.

    `ChangeRefused` where nothing waits any more.
    """
    product = Product.objects.get(code=code)
    here = acting.begin(here, needs=buyers.right_to_buy(product))
    item = Item.objects.filter(subscription__account=here.account, product=product).first()
    waiting = [one for one in scheduled(here.account, at=at) if one.product == product]
    if item is None or not waiting:
        raise ChangeRefused(_("Nothing is scheduled here any more. Look at what is in force."))
    events.record(
        subscription_id=item.subscription_id,
        changes={code: waiting[0].was},
        at=at,
        by=here.by.person,
        cause=visits.cause(here),
    )
