"""Orders in tests that were charged and cannot be settled: their price was withdrawn meanwhile."""

from __future__ import annotations

from decimal import Decimal

from accounts.access import Standing
from billing import calling_off
from billing.gateways.base import Gateway
from billing.gateways.sandbox_cards import Behaviour
from billing.models import Order, Price, RefundAttempt
from tests.billing.buying import GATEWAY, buy
from tests.billing.running import clock
from tests.billing.settling_book import LATER, swept
from tests.factories import CardFactory, PriceFactory, UserFactory

REASON = "The desk you ordered is sold no more"


def cannot_settle(here: Standing, amount: str = "30.00") -> Order:
    """A desk for 8 of 28 days at 21 %: 30.00 × 8/28 = 8.57, 10.37 are charged, nothing is settled.

    The bank's answer was lost, and by the time it is looked up the desk costs another amount.
    """
    PriceFactory(code="desk", amount=Decimal(amount))
    CardFactory(payer=here.account, behaviour=Behaviour.SILENT)
    order = buy(here, desk=1)
    costs("99.00")
    return swept(order)


def costs(amount: str) -> None:
    """What a desk costs is written anew, back in time."""
    Price.objects.filter(product__code="desk").update(amount=Decimal(amount))


def called_off(order: Order, *, gateway: Gateway = GATEWAY, reason: str = REASON) -> RefundAttempt:
    return calling_off.call_off(
        order_id=order.pk,
        reason=reason,
        by=UserFactory(name="Ines of billing"),
        gateway=gateway,
        clock=clock(LATER),
    )
