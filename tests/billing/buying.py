"""Buying in tests: a customer with five seats, what is shown to them, and what they confirm."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from accounts.access import Standing
from billing import carts, checkout, collecting
from billing.gateways.sandbox import SandboxGateway
from billing.models import Invoice, Item, Order
from billing.quoting import Quoted
from tests.billing.running import bill, clock
from tests.factories import (
    AccountFactory,
    PriceFactory,
    SellerFactory,
    SubscriptionFactory,
    TaxRateFactory,
    instant,
)
from tests.standing import chief

OPENS = instant("2026-01-31 08:00")
NOW = instant("2026-02-20 12:00")
GATEWAY = SandboxGateway()


def customer() -> Standing:
    """Five seats at 19.00 from 31 January, billed and paid; taxed at 21 %."""
    SellerFactory()
    TaxRateFactory()
    PriceFactory(code="seat", amount=Decimal("19.00"))
    account = AccountFactory(time_zone="Europe/Prague")
    here = chief(account)
    SubscriptionFactory(account=account, starts_on=OPENS.date(), anchor_day=31, items={"seat": 5})
    bill(at=OPENS)
    collecting.collect(clock=clock(OPENS), gateway=GATEWAY)
    return here


def price_of(here: Standing, *, at: datetime = NOW) -> Quoted:
    found = checkout.quote_cart(here=here, at=at)
    assert found is not None
    return found


def buy(here: Standing, *, at: datetime = NOW, replaces: bool = False, **changes: int) -> Order:
    """Put these into the cart, look, confirm, and pay."""
    carts.put(here=here, changes=changes, at=at, replaces=replaces)
    order = checkout.confirm(here=here, seen=checkout.shown(price_of(here, at=at)), at=at)
    return checkout.pay(order_id=order.pk, gateway=GATEWAY, clock=clock(at))


def waiting(here: Standing, **changes: int) -> Order:
    """An order that is confirmed and whose payment nobody has begun."""
    carts.put(here=here, changes=changes, at=NOW)
    return checkout.confirm(here=here, seen=checkout.shown(price_of(here)), at=NOW)


def issued(order: Order) -> Invoice:
    """The document that the order was charged by."""
    assert order.invoice is not None
    return order.invoice


def seats(here: Standing) -> int:
    return Item.objects.get(subscription__account=here.account, product__code="seat").quantity
