"""Customers whose plan has a contact limit, for tests."""

from __future__ import annotations

from decimal import Decimal

from accounts.models import Account
from billing.models import PlanLevel, PlanLine, Product
from tests.factories import (
    AccountFactory,
    MemberFactory,
    PriceFactory,
    SellerFactory,
    SubscriptionFactory,
    TierFactory,
)


def a_plan() -> None:
    """A plan for 1,000, 2,500 or 5,000 contacts, and who sells it."""
    SellerFactory()
    line = PlanLine.objects.create(code="marketing", family="plan", position=1)
    level = PlanLevel.objects.create(code="plus", family="plan", position=1)
    price = PriceFactory(code="plus", model="volume", amount=None)
    for up_to, flat in ((1000, 49), (2500, 98), (5000, 147)):
        TierFactory(price=price, up_to=up_to, flat=Decimal(flat), unit=0)
    Product.objects.filter(code="plus").update(kind=Product.Kind.PLAN, line=line, level=level)


def who_holds_it(limit: int = 1000) -> Account:
    """Somebody who holds the plan for so many contacts, with a primary account admin."""
    account: Account = AccountFactory()
    MemberFactory(account=account, name="Jana", primary_admin=True, signs_in=True)
    SubscriptionFactory(account=account, items={"plus": limit})
    return account


def a_customer(limit: int = 1000) -> Account:
    """The plan, and somebody who holds it."""
    a_plan()
    return who_holds_it(limit)
