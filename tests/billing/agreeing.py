"""Automatic upgrades in tests: a holder of 2,500 contacts who has agreed, and what comes of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.access import Standing
from accounts.deeds import NOBODY
from accounts.models import InboxMessage
from billing import auto_upgrades, auto_upgrading, contacts
from billing.models import AutoUpgrade, ContactEntry, Item, Order
from tests.billing import plan_book
from tests.billing.buying import GATEWAY, NOW
from tests.billing.running import clock

Source = ContactEntry.Source


def agree(here: Standing, up_to: int = 10_000, *, at: datetime = NOW) -> AutoUpgrade:
    """They agree to the prices that stand there."""
    offer = auto_upgrades.offer(here.account, at=at)
    assert offer is not None
    return auto_upgrades.agree(here=here, up_to=up_to, seen=offer.seen, at=at)


def agreed(up_to: int = 10_000, **more: Any) -> Standing:
    """2,500 contacts of Marketing Plus at 56.00; 5,000 would be 84.00, and 10,000 140.00."""
    here = plan_book.holder(**more)
    agree(here, up_to)
    return here


def store(here: Standing, count: int, source: str = Source.API, *, at: datetime = NOW) -> None:
    contacts.add(account_id=here.account.pk, count=count, source=source, at=at, by=NOBODY)


def upgrade(here: Standing, *, at: datetime = NOW, needs: int = 0) -> Order | None:
    """What the task does."""
    return auto_upgrading.upgrade(
        account_id=here.account.pk, clock=clock(at), gateway=GATEWAY, needs=needs
    )


def sweep(*, at: datetime) -> int:
    return auto_upgrading.upgrade_due(clock=clock(at), gateway=GATEWAY)


def limit(here: Standing) -> int:
    plans = Item.objects.filter(subscription__account=here.account, product__kind="plan")
    return sum(plans.values_list("quantity", flat=True))


def told(name: str) -> list[InboxMessage]:
    return list(InboxMessage.objects.filter(name=name).order_by("pk"))
