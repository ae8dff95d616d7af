"""Opening and ending subscriptions: what is held from which day, and until when."""

from datetime import date

import pytest

from billing import events
from billing.models import Event, Item, PricePin, Subscription
from billing.refusals import ChangeRefused, QuoteChanged
from billing.subscribing import end_subscription
from tests.billing.running import bill
from tests.factories import (
    AccountFactory,
    PriceFactory,
    SellerFactory,
    SubscriptionFactory,
    TaxRateFactory,
    instant,
)
from tests.lasting import lasting

pytestmark = pytest.mark.django_db

FEBRUARY, MARCH = date(2026, 2, 1), date(2026, 3, 1)


@lasting(autouse=True)
def catalogue() -> None:
    SellerFactory()
    TaxRateFactory()
    PriceFactory(code="seat")
    PriceFactory(code="agent", members=True)


def ended(plan: Subscription, at: str) -> date:
    return end_subscription(subscription_id=plan.pk, at=instant(at))


def test_what_is_chosen_at_the_start_is_bought_at_its_first_instant():
    tokyo = AccountFactory(time_zone="Asia/Tokyo", currency="EUR")

    plan = SubscriptionFactory(account=tokyo, items={"seat": 3})

    assert Event.objects.get().at == plan.next_bill_at == instant("2025-12-31 15:00")
    assert Item.objects.get().quantity == 3


def test_what_is_counted_is_held_at_its_price():  # decision 8
    plan = SubscriptionFactory(items={"agent": 0})

    item = Item.objects.get(subscription=plan)
    assert (item.quantity, item.price) == (0, PricePin.objects.get().price)
    assert not Event.objects.exists()


def test_a_child_that_is_paid_for_has_its_payers_currency_and_billing_zone():  # decision 6
    reseller = AccountFactory(reseller=True, currency="USD", time_zone="America/New_York")
    client = AccountFactory(client=True, paid_by=reseller, time_zone="Europe/Prague")

    plan = SubscriptionFactory(account=client)

    assert plan.payer == reseller
    assert (plan.currency, plan.time_zone) == ("USD", "America/New_York")


def test_an_account_has_one_subscription_of_a_code():
    plan = SubscriptionFactory()

    with pytest.raises(ChangeRefused, match="a subscription plan already"):
        SubscriptionFactory(account=plan.account)


def test_a_subscription_ends_with_its_running_cycle():
    plan = SubscriptionFactory(items={"seat": 3})
    bill(at=instant("2026-01-01"))

    assert ended(plan, "2026-01-15") == FEBRUARY

    last = Event.objects.latest("sequence")
    assert (last.was, last.becomes, last.holds) == (3, 0, "opening")


def test_it_ends_with_the_cycle_that_really_runs_also_when_openings_are_overdue():
    plan = SubscriptionFactory(items={"agent": 0})

    assert ended(plan, "2026-02-10") == MARCH


def test_a_cycle_that_was_billed_is_not_taken_back():  # decision 3
    plan = SubscriptionFactory(items={"agent": 0})
    bill(at=instant("2026-02-01"))

    with pytest.raises(QuoteChanged):
        ended(plan, "2026-01-15")

    assert ended(plan, "2026-02-01") == MARCH


def test_it_ends_once():
    plan = SubscriptionFactory()
    ended(plan, "2026-01-15")

    with pytest.raises(ChangeRefused, match="ends on 1 February 2026 already"):
        ended(plan, "2026-01-16")


def test_after_the_end_nothing_is_sold():
    plan = SubscriptionFactory(items={"seat": 3})
    ended(plan, "2026-01-15")

    with pytest.raises(ChangeRefused, match="has ended on 1 February 2026"):
        events.record(subscription_id=plan.pk, changes={"seat": 1}, at=instant("2026-02-01"))
