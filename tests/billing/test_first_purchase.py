"""The first purchase: quoted without a subscription, which is opened with the order it settles."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from accounts.access import Standing
from billing import checkout, settling, subscribing
from billing.auditing import audit
from billing.carts import Wanted
from billing.models import Bill, Item, Line, Order, PaymentAttempt, Product, Subscription
from billing.quoting import quote
from billing.refusals import ChangeRefused, QuoteChanged
from tests.billing import plan_book
from tests.billing.buying import GATEWAY, NOW
from tests.billing.running import bill, clock
from tests.factories import (
    AccountFactory,
    SellerFactory,
    SubscriptionFactory,
    TaxRateFactory,
    instant,
)
from tests.lasting import lasting
from tests.standing import chief

pytestmark = pytest.mark.django_db

PRO = {"marketing-pro": 2500, "users-pro": 4}


@lasting
def here() -> Standing:
    plan_book.catalogue()
    SellerFactory()
    TaxRateFactory()
    return chief(AccountFactory(time_zone="Europe/Prague"))


def buys(here: Standing, *, interval: str = "month", **more: int) -> Order:
    wanted = Wanted({**PRO, **more}, interval=interval)
    quoted = checkout.quote_with(wanted, here=here, at=NOW)
    order = checkout.confirm(here=here, seen=checkout.shown(quoted), at=NOW, wanted=wanted)
    order = checkout.pay(order_id=order.pk, gateway=GATEWAY, clock=clock(NOW))
    assert order.total.amount == quoted.due_now.total, "quote = charge"
    return order


@pytest.mark.parametrize(
    ("interval", "now", "renewal"),
    # 112 of contacts and the fourth seat at 28; a year is 10 months of the one, 12 of the other.
    [("month", "169.40", date(2026, 3, 20)), ("year", "1761.76", date(2027, 2, 20))],
)
def test_a_first_plan_opens_its_subscription_on_the_day_of_purchase(here, interval, now, renewal):
    order = buys(here, interval=interval)

    subscription = Subscription.objects.get()
    assert (order.state, order.total.amount) == ("done", Decimal(now))
    assert (subscription.starts_on, subscription.interval) == (date(2026, 2, 20), interval)
    assert (subscription.time_zone, subscription.next_opening) == ("Europe/Prague", renewal)
    assert dict(Item.objects.values_list("product__code", "quantity")) == PRO
    lines = Line.objects.filter(bill__invoice=order.invoice)
    assert {line.share_days for line in lines} == {None}, "the whole first cycle"
    assert list(audit()) == []

    bill(at=instant(f"{renewal} 08:00"))
    opening = Bill.objects.get(reason="cycle", starts_on=renewal)
    assert opening.invoice is not None
    assert opening.invoice.total.amount == Decimal(now)
    assert list(audit()) == []


def test_looking_at_the_price_writes_nothing(here):
    checkout.quote_with(Wanted(PRO, interval="month"), here=here, at=NOW)

    assert not Subscription.objects.exists()
    assert not Item.objects.exists()


def test_an_order_that_is_declined_leaves_no_subscription(here):  # decision 17
    here.account.tax_exempt = True
    here.account.save()
    Product.objects.filter(code="extra").update(kind="add_on")
    price = Product.objects.get(code="extra").prices.get()
    price.amount = Decimal("10.13")
    price.save()

    order = buys(here, extra=1)

    # 112 + 28 + 10.13 = 150.13, which the sandbox declines.
    assert order.state == "declined"
    assert not Subscription.objects.exists()


def test_an_order_that_is_abandoned_leaves_no_subscription(here):  # decision 17
    wanted = Wanted(PRO, interval="month")
    seen = checkout.shown(checkout.quote_with(wanted, here=here, at=NOW))

    checkout.confirm(here=here, seen=seen, at=NOW, wanted=wanted)

    assert PaymentAttempt.objects.get().state == "queued"
    assert not Subscription.objects.exists()
    bill(at=instant("2026-03-21 08:00"))
    assert not Bill.objects.exists()


def test_an_add_on_comes_with_its_plan_and_not_alone(here):  # PRICE-7
    with pytest.raises(ChangeRefused, match="no subscription"):
        quote(account=here.account, changes={"extra": 1}, at=NOW, interval="month")

    assert buys(here, extra=1).state == "done"
    assert Item.objects.get(product__code="extra").quantity == 1


def test_a_plan_that_somebody_opened_meanwhile_is_shown_again(here):
    wanted = Wanted(PRO, interval="month")
    seen = checkout.shown(checkout.quote_with(wanted, here=here, at=NOW))
    SubscriptionFactory(account=here.account, starts_on=date(2026, 2, 1))

    with pytest.raises(QuoteChanged):
        checkout.confirm(here=here, seen=seen, at=NOW, wanted=wanted)


def test_two_plans_at_once_are_refused(here):
    found = quote(
        account=here.account,
        changes={"marketing-pro": 1000, "sales-pro": 1000},
        at=NOW,
        interval="month",
    )

    assert {one.product for one in found.objections} == {"marketing-pro", "sales-pro"}


def test_an_interval_of_a_plan_that_is_held_changes_nothing():  # PLAN-9
    here = plan_book.holder()
    wanted = Wanted({"users-plus": 4}, interval="year")
    seen = checkout.shown(checkout.quote_with(wanted, here=here, at=NOW))

    checkout.confirm(here=here, seen=seen, at=NOW, wanted=wanted)

    assert Subscription.objects.get().interval == "month"


def test_what_would_be_billed_otherwise_is_not_written(here):
    wanted = Wanted(PRO, interval="month")
    seen = checkout.shown(checkout.quote_with(wanted, here=here, at=NOW))
    order = checkout.confirm(here=here, seen=seen, at=NOW, wanted=wanted)
    Order.objects.filter(pk=order.pk).update(quote={**order.quote, "lines": []})

    paid = checkout.pay(order_id=order.pk, gateway=GATEWAY, clock=clock(NOW))

    assert paid.state == "paying"
    assert not Subscription.objects.exists()
    assert settling.NotAsAgreed.__name__ in PaymentAttempt.objects.get().reason


def test_a_plan_is_bought_again_after_the_end_of_the_one_before():
    here = plan_book.holder()
    [old] = Subscription.objects.all()
    subscribing.end_subscription(subscription_id=old.pk, at=NOW)
    bill(at=instant("2026-02-28 08:00"))
    at = instant("2026-03-05 12:00")
    wanted = Wanted(PRO, interval="month")

    seen = checkout.shown(checkout.quote_with(wanted, here=here, at=at))
    order = checkout.confirm(here=here, seen=seen, at=at, wanted=wanted)
    order = checkout.pay(order_id=order.pk, gateway=GATEWAY, clock=clock(at))

    new = Subscription.objects.exclude(pk=old.pk).get()
    assert (order.state, order.total.amount) == ("done", Decimal("169.40"))
    assert (new.starts_on, new.next_opening) == (date(2026, 3, 5), date(2026, 4, 5))
    assert list(audit()) == []
    bill(at=instant("2026-04-05 08:00"))
    assert Bill.objects.get(reason="cycle", starts_on="2026-04-05").subscription == new
    assert list(audit()) == []


def test_a_plan_that_still_runs_is_not_opened_a_second_time():
    here = plan_book.holder()
    [old] = Subscription.objects.all()
    subscribing.end_subscription(subscription_id=old.pk, at=NOW)

    found = quote(
        account=here.account,
        changes={"sales-pro": 1000},
        at=instant("2026-02-21 12:00"),
        interval="month",
    )

    assert [one.product for one in found.objections] == ["sales-pro"]
    assert {part.subscription.pk for part in found.parts} == {old.pk}
