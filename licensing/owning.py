"""How many licences of each type an account owns, now and after the next opening. LIC-7."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Subquery

from accounts.models import Account
from billing.itemlog import Entry
from billing.models import Event, Item
from billing.models.subscriptions import LICENSING
from licensing.cards import Licence
from licensing.entitlement_rows import EVENT, ITEM, Row


@dataclass(frozen=True, slots=True)
class Owning:
    """So many licences are in ``force``, and so many ``stay`` after the next opening.

    What was asked to be removed goes at the next opening, and is given to nobody until then: else
    more would be held than owned from that opening on. Of a subscription that ends all go, and are
    given on until then.
    """

    force: int = 0
    stay: int = 0

    @property
    def given(self) -> int:
        """How many people can hold one."""
        return min(self.force, self.stay)


def owning(account: Account, *, at: datetime) -> dict[Licence, Owning]:
    """What the account owns of each type at this instant, in all its subscriptions.

    Two queries. It is read from the log, so it is right however late the run is.
    """
    items = Item.objects.filter(
        subscription__account=account, subscription__code=LICENSING, product__code__in=Licence
    ).order_by()
    latest = Event.objects.filter(item=OuterRef("pk")).order_by("-sequence").values("pk")[:1]
    last = Event.objects.order_by().filter(pk__in=items.values(last=Subquery(latest)))
    log = {item_id: Entry(*entry) for item_id, *entry in last.values_list(*EVENT)}
    force: Counter[str] = Counter()
    stay: Counter[str] = Counter()
    for values in items.values_list(*ITEM):
        row = Row.of(values, log=log, at=at)
        force[row.product.code] += row.quantity  # one that has ended holds nothing
        stay[row.product.code] += row.stays
    return {licence: Owning(force[licence], stay[licence]) for licence in Licence}


def owned_by(account: Account, *, at: datetime) -> dict[Licence, int]:
    """How many licences of each type are in force, also those that go at the next opening."""
    return {licence: one.force for licence, one in owning(account, at=at).items()}
