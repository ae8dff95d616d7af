"""Seats of Conversations in tests: who holds how many, and who is an agent."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from accounts.access import Standing
from accounts.models import Member
from billing.models import Product, SellerDetails
from licensing import assigning
from tests.factories import (
    AccountFactory,
    MemberFactory,
    PriceFactory,
    SellerFactory,
    SubscriptionFactory,
    TaxRateFactory,
    instant,
)
from tests.standing import chief

NOW = instant("2026-02-14 12:00")


def sold() -> None:
    """Seats at 19.00 a month, closed to new customers; written down once."""
    if Product.objects.filter(code="conversations-seats").exists():
        return
    if not SellerDetails.objects.exists():
        SellerFactory()
    TaxRateFactory()
    PriceFactory(code="conversations-seats", amount="19.00", decrease="by_request")
    Product.objects.filter(code="conversations-seats").update(
        family="conversations",
        who_may_buy=Product.Who.PRIMARY,
        closed_from=date(2023, 1, 3),
        unit_en="seat|seats",
    )


def owner(*, seats: int, interval: str = "month", **traits: Any) -> Standing:
    """Where the primary account admin, Jana, of an account stands that owns so many seats."""
    sold()
    account = AccountFactory(**{"pays_by": "transfer", **traits})
    here = chief(account, name="Jana")
    SubscriptionFactory(
        account=account,
        starts_on=date(2022, 1, 31),
        anchor_day=31,
        interval=interval,
        items={"conversations-seats": seats} if seats else {},
    )
    return here


def agents(here: Standing, *names: str, level: str = "agent", at: datetime = NOW) -> list[Member]:
    """People of these names, given this level one after the other."""
    found: list[Member] = [MemberFactory(account=here.account, name=name) for name in names]
    for member in found:
        assigning.set_level(here=here, member_id=member.pk, level=level, at=at)
    return found
