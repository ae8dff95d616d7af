"""To whom a product is sold, and together with what."""

from __future__ import annotations

from datetime import date

import pytest

from billing import events, subscribing
from billing.models import Event, Item, Product, Subscription
from billing.refusals import ChangeRefused
from tests.factories import AccountFactory, PriceFactory, SubscriptionFactory, instant
from tests.lasting import lasting

pytestmark = pytest.mark.django_db


@lasting
def plan() -> Subscription:
    PriceFactory(code="seat")
    PriceFactory(code="voice")
    outbound = PriceFactory(code="outbound").product
    outbound.requires.add(Product.objects.get(code="voice"))
    return SubscriptionFactory(items={"seat": 3})


def buy(plan: Subscription, day: str, *, granted: bool = False, **changes: int) -> list[Event]:
    return events.record(subscription_id=plan.pk, changes=changes, at=instant(day), granted=granted)


def close(code: str, day: date) -> None:
    Product.objects.filter(code=code).update(closed_from=day)


def test_what_is_closed_is_sold_until_that_day_and_then_to_nobody_new(plan):  # PRICE-7
    close("voice", date(2026, 1, 20))

    assert buy(plan, "2026-01-19", voice=1)
    buy(plan, "2026-01-21", voice=0)
    with pytest.raises(ChangeRefused, match="not sold to new customers since 20 January 2026"):
        buy(plan, "2026-02-10", voice=1)


def test_those_who_hold_what_is_closed_buy_and_remove_more_of_it(plan):  # PRICE-7 CONV-6
    close("seat", date(2023, 1, 3))

    buy(plan, "2026-01-10", seat=9)

    assert Item.objects.get(product__code="seat").quantity == 9


def test_the_vendor_may_grant_what_is_closed(plan):  # PRICE-7
    close("voice", date(2023, 1, 3))

    assert buy(plan, "2026-01-10", voice=2, granted=True)


def test_what_needs_another_product_is_refused_without_it(plan):  # PRICE-7
    with pytest.raises(ChangeRefused, match="only together with"):
        buy(plan, "2026-01-10", outbound=1)

    assert not Item.objects.filter(product__code="outbound", quantity__gt=0).exists()


def test_both_may_be_bought_together_or_one_after_the_other(plan):  # PRICE-7
    assert len(buy(plan, "2026-01-10", voice=1, outbound=1)) == 2


def test_the_other_product_may_stand_in_another_subscription_of_the_account(plan):  # PRICE-7
    buy(plan, "2026-01-10", voice=1)

    licensing = subscribing.open_subscription(
        account_id=plan.account_id,
        code="licensing",
        starts_on=date(2026, 2, 1),
        items={"outbound": 1},
    )

    assert licensing.items.get().quantity == 1


def test_a_new_account_cannot_open_with_what_is_closed(plan):  # PRICE-7
    close("seat", date(2023, 1, 3))

    with pytest.raises(ChangeRefused, match="not sold to new customers"):
        subscribing.open_subscription(
            account_id=AccountFactory().pk, starts_on=date(2026, 2, 1), items={"seat": 1}
        )
