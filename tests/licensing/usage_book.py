"""An account with counted services, for tests: what it holds, what it uses, what it is told."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from accounts.models import Account, InboxMessage
from accounts.rights import Right
from billing.models import Item, Meter, Price, Product
from billing.subscribing import open_subscription
from licensing import usage
from licensing.metered import Service
from licensing.models import UsageLimit
from licensing.usage import Counted, Record
from tests.factories import AccessFactory, AccountFactory, MemberFactory, PriceFactory, instant

STT, ROUTING, TOPICS, QA = Service
JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)
NOW = instant("2026-01-20")
_PEAK = {"timing": Price.Timing.ARREARS, "basis": Price.Basis.PEAK}
_METERED = {"timing": Price.Timing.ARREARS, "basis": Price.Basis.METERED}
_PACKS = {**_METERED, "model": Price.Model.PACKAGE, "amount": Decimal(25)}
_SOLD: dict[str, dict[str, Any]] = {
    "speech-to-text": {**_PEAK, "model": Price.Model.FLAT, "amount": Decimal(50)},
    STT: {**_METERED, "amount": Decimal("0.01"), "allowance": 5000},
    "power-packs": {**_PEAK, "model": Price.Model.FLAT, "amount": Decimal(0)},
    ROUTING: {**_PACKS, "size": 1000},
    TOPICS: {**_PACKS, "size": 1000},
    QA: {**_PACKS, "size": 200},
}


def catalogue() -> None:
    """Everything that is counted, and what switches it on."""
    for code, price in _SOLD.items():
        if not Product.objects.filter(code=code).exists():
            PriceFactory(code=code, **price)
    who = {"subscription_code": "licensing", "who_may_buy": Product.Who.LICENSING}
    Product.objects.filter(code__in=_SOLD).update(family="licensing", **who)


def licensed(
    *, holds: tuple[str, ...] = tuple(_SOLD), since: date = JANUARY, **details: Any
) -> Account:
    """An account that has switched everything on, or holds these products alone."""
    catalogue()
    account = AccountFactory(licensing_enabled=True, **details)
    switches = {"speech-to-text", "power-packs"}
    open_subscription(
        account_id=account.pk,
        code="licensing",
        starts_on=since,
        anchor_day=1,
        items={code: 1 if code in switches else 0 for code in holds},
    )
    return account


def limited(account: Account, service: Service, over: int | None) -> UsageLimit:
    return UsageLimit.objects.create(account=account, service=service, over=over)


def raiser(account: Account, name: str = "Ruth") -> Any:
    """Somebody who may raise limits."""
    rights = AccessFactory(account=account, rights=[Right.UPDATE_LICENSING])
    return MemberFactory(account=account, access=rights, name=name, signs_in=True)


def use(
    account: Account,
    service: Service,
    quantity: int,
    *,
    key: str = "",
    at: datetime = NOW,
    now: datetime | None = None,
) -> Counted:
    """One record, counted; the key is one of its own unless it is named."""
    key = key or f"key {Meter.objects.count()}-{account.usage.count()}"
    [counted] = usage.count([Record(account.pk, service, key, at, quantity)], now=now or at)
    return counted


def used(account: Account, service: Service) -> dict[date, int]:
    meters = Meter.objects.filter(
        item__subscription__account=account, item__product__code=service
    ).order_by("cycle_start")
    return dict(meters.values_list("cycle_start", "used"))


def told(account: Account) -> list[tuple[str, int]]:
    """Which service's thresholds were told, in order."""
    rows = InboxMessage.objects.filter(account=account, name="usage_limit").order_by("pk")
    return [(one.details["service"], one.details["percent"]) for one in rows]


def held(account: Account, service: Service) -> bool:
    return Item.objects.filter(
        subscription__account=account, product__code=service, price__isnull=False
    ).exists()
