"""Metered use: counted once, in the cycle that is still open, never after it is billed."""

from datetime import date
from threading import Thread

import pytest
from django.db import connections, transaction

from billing import meters
from billing.models import Invoice, Line, Meter, Subscription, UsageRecord
from billing.refusals import ChangeRefused
from billing.subscribing import end_subscription
from tests.billing.running import bill
from tests.factories import (
    PriceFactory,
    SellerFactory,
    SubscriptionFactory,
    TaxRateFactory,
    instant,
)

pytestmark = pytest.mark.django_db

JANUARY, FEBRUARY, MARCH = (date(2026, month, 1) for month in (1, 2, 3))


@pytest.fixture
def plan() -> Subscription:
    SellerFactory()
    TaxRateFactory()
    PriceFactory(code="minutes", metered=True, amount="0.01", allowance=100)
    return SubscriptionFactory(items={"minutes": 0})


def use(plan: Subscription, key: str, at: str, quantity: int, product: str = "minutes"):
    return meters.add(
        account_id=plan.account_id, subscription_id=plan.pk, product=product, key=key,
        at=instant(at), quantity=quantity,
    )  # fmt: skip


def used() -> dict[date, int]:
    return dict(Meter.objects.order_by("cycle_start").values_list("cycle_start", "used"))


def test_use_is_counted_in_the_cycle_of_its_instant(plan):
    use(plan, "a", "2026-01-31 23:59", 300)
    use(plan, "b", "2026-02-01", 40)

    assert used() == {JANUARY: 300, FEBRUARY: 40}


def test_the_same_key_counts_once(plan):  # API-2
    first = use(plan, "a", "2026-01-10", 300)

    again = use(plan, "a", "2026-01-10", 300)

    assert again == first
    assert used() == {JANUARY: 300}


@pytest.mark.parametrize(("at", "quantity"), [("2026-01-10", 301), ("2026-01-11", 300)])
def test_a_key_that_counts_something_else_is_refused(plan, at, quantity):  # API-2
    use(plan, "a", "2026-01-10", 300)

    with pytest.raises(meters.KeyReused, match="key a has counted another use"):
        use(plan, "a", at, quantity)

    assert used() == {JANUARY: 300}


def test_a_bill_counts_what_is_above_the_allowance_and_says_how_far_it_read(plan):  # PRICE-3
    use(plan, "a", "2026-01-10", 90)
    use(plan, "b", "2026-01-11", 60)

    bill(at=instant("2026-02-01"))

    line = Line.objects.get()
    assert (line.quantity, line.counted, line.last_sequence) == (50, 150, 2)
    assert line.amount == Invoice.objects.get().subtotal


def test_late_use_is_counted_in_the_running_cycle(plan):  # decision 19
    use(plan, "a", "2026-01-10", 90)
    bill(at=instant("2026-02-01"))

    use(plan, "late", "2026-01-31", 60)

    assert used() == {JANUARY: 90, FEBRUARY: 60}


def test_late_use_of_a_cycle_without_any_is_counted_in_the_running_one(plan):  # decision 19
    bill(at=instant("2026-03-01"))

    use(plan, "late", "2026-01-31", 60)

    assert used() == {JANUARY: 0, FEBRUARY: 0, MARCH: 60}
    assert list(Meter.objects.filter(closed=True).values_list("cycle_start", flat=True)) == [
        FEBRUARY, JANUARY,
    ]  # fmt: skip


def test_what_is_not_metered_is_refused(plan):
    PriceFactory(code="seat")
    SubscriptionFactory(account=plan.account, code="other", items={"seat": 1})

    with pytest.raises(ChangeRefused, match="Seat is not metered"):
        use(Subscription.objects.get(code="other"), "a", "2026-01-10", 1, product="seat")


def test_before_the_start_and_after_the_end_nothing_is_counted(plan):
    bill(at=instant("2026-01-01"))
    end_subscription(subscription_id=plan.pk, at=instant("2026-01-20"))

    with pytest.raises(ChangeRefused, match="metered from 1 January 2026 on"):
        use(plan, "early", "2025-12-31", 1)
    with pytest.raises(ChangeRefused, match="has ended on 1 February 2026"):
        use(plan, "late", "2026-02-01", 1)

    assert not UsageRecord.objects.exists()


def test_a_use_below_zero_is_a_mistake(plan):
    with pytest.raises(ValueError, match="zero or more, got -1"):
        use(plan, "a", "2026-01-10", -1)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_use_that_is_being_counted_while_the_run_closes_is_billed_or_counted_later(plan):
    """The run waits for use in flight; what comes after it finds the meter closed."""
    use(plan, "first", "2026-01-10", 200)
    subscription = Subscription.objects.get()

    def count_another() -> None:
        use(subscription, "second", "2026-01-31", 50)
        connections.close_all()

    with transaction.atomic():
        meters.close_due(payer_ids=[subscription.payer_id], at=instant("2026-02-01"))
        thread = Thread(target=count_another)
        thread.start()
        thread.join(timeout=0.3)
        assert thread.is_alive(), "counting has to wait for the run"
        Subscription.objects.update(next_number=2)
    thread.join()

    assert used() == {JANUARY: 200, FEBRUARY: 50}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_same_key_at_the_same_moment_counts_once(plan):
    def count() -> None:
        for number in range(10):
            use(plan, f"key {number}", "2026-01-10", 1)
        connections.close_all()

    threads = [Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert used() == {JANUARY: 10}
    assert list(UsageRecord.objects.values_list("sequence", flat=True)) == list(range(1, 11))
