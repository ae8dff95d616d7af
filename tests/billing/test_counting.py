"""Batches of metered use: each counted once by its key, none above its limit, all or nothing."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing import meters
from billing.models import Item, Meter, Subscription, UsageRecord
from billing.uses import Answer, Outcome, Use, Why
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

pytestmark = [pytest.mark.django_db(databases=["default", "readonly"])]

NOW = instant("2026-01-20")
JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)
ACCEPTED, DUPLICATE, REFUSED = Outcome


@lasting
def minutes() -> Item:
    SellerFactory()
    TaxRateFactory()
    PriceFactory(code="minutes", metered=True, amount="0.01", allowance=100)
    return metered(SubscriptionFactory(items={"minutes": 0}))


def metered(plan: Subscription) -> Item:
    return plan.items.select_related("subscription", "product").get(product__code="minutes")


def use(item: Item, key: str, quantity: int, at="2026-01-10", limit: int | None = None) -> Use:
    return Use(item, key, instant(at), quantity, limit)


def outcomes(answers: list[Answer]) -> list[tuple[Outcome, int | None]]:
    return [(one.outcome, one.used) for one in answers]


def test_a_batch_says_of_each_use_what_the_meter_stands_at(minutes):  # API-2
    answers = meters.count([use(minutes, "a", 30), use(minutes, "b", 40)], now=NOW)

    assert outcomes(answers) == [(ACCEPTED, 30), (ACCEPTED, 70)]
    assert {(one.cycle, one.late) for one in answers} == {(JANUARY, False)}
    assert list(UsageRecord.objects.values_list("key", "sequence")) == [("a", 1), ("b", 2)]


def test_up_to_the_limit_and_not_one_beyond(minutes):  # LIC-10
    fits, beyond = meters.count(
        [use(minutes, "a", 150, limit=150), use(minutes, "b", 1, limit=150)], now=NOW
    )

    assert (fits.outcome, fits.left) == (ACCEPTED, 0)
    assert (beyond.outcome, beyond.why, beyond.used, beyond.limit, beyond.left) == (
        *(REFUSED, Why.LIMIT, 150, 150, 0),
    )  # fmt: skip
    assert "Minutes stops at 150 in a cycle: 150 are used, and 1 more do not fit." in beyond.text
    assert Meter.objects.get().used == 150


def test_of_a_batch_that_does_not_fit_what_fits_is_taken_in_order(minutes):  # API-2
    wanted = [60, 50, 30, 10, 1]

    answers = meters.count(
        [use(minutes, f"{number}", one, limit=100) for number, one in enumerate(wanted)], now=NOW
    )

    assert outcomes(answers) == [
        *((ACCEPTED, 60), (REFUSED, 60), (ACCEPTED, 90), (ACCEPTED, 100), (REFUSED, 100)),
    ]  # fmt: skip
    assert (Meter.objects.get().used, Meter.objects.get().last_sequence) == (100, 3)


def test_what_was_refused_may_come_again_by_its_key(minutes):  # LIC-11
    meters.count([use(minutes, "a", 20, limit=10)], now=NOW)

    [again] = meters.count([use(minutes, "a", 20, limit=30)], now=NOW)

    assert (again.outcome, again.used, again.left) == (ACCEPTED, 20, 10)


def test_a_key_is_counted_once_within_a_batch_and_after_it(minutes):  # API-2
    batch = [use(minutes, "a", 5), use(minutes, "a", 5), use(minutes, "a", 6), use(minutes, "b", 1)]

    first, second = (meters.count(batch, now=NOW) for _ in range(2))

    assert [one.outcome for one in first] == [ACCEPTED, DUPLICATE, REFUSED, ACCEPTED]
    assert [one.outcome for one in second] == [DUPLICATE, DUPLICATE, REFUSED, DUPLICATE]
    assert first[2].why == second[2].why == Why.KEY_REUSED
    assert Meter.objects.get().used == 6


def test_of_a_key_twice_in_a_batch_that_does_not_fit_both_are_refused(minutes):
    answers = meters.count([use(minutes, "a", 5, limit=4)] * 2, now=NOW)

    assert [(one.outcome, one.why) for one in answers] == [(REFUSED, Why.LIMIT)] * 2


def test_two_accounts_may_use_the_same_key(minutes):
    other = metered(SubscriptionFactory(account=AccountFactory(), items={"minutes": 0}))

    answers = meters.count([use(minutes, "a", 1), use(other, "a", 2)], now=NOW)

    assert outcomes(answers) == [(ACCEPTED, 1), (ACCEPTED, 2)]


def test_use_that_comes_late_is_marked_and_counted_where_it_is_billed(minutes):  # decision 19
    early, late = use(minutes, "a", 1), use(minutes, "b", 2)
    meters.count([early], now=NOW)
    bill(at=instant("2026-02-01"))

    answers = meters.count([early, late], now=instant("2026-02-03"))

    assert [(one.outcome, one.cycle, one.late) for one in answers] == [
        (DUPLICATE, JANUARY, False),
        (ACCEPTED, FEBRUARY, True),
    ]


def test_a_closed_meter_sends_use_on_even_where_the_caller_has_read_an_old_subscription(minutes):
    Meter.objects.create(item=minutes, cycle_start=JANUARY, closed=True)

    answers = meters.count(
        [use(minutes, "a", 1), use(minutes, "b", 2, at="2026-02-02")], now=instant("2026-02-03")
    )

    assert [(one.cycle, one.late, one.used) for one in answers] == [
        (FEBRUARY, True, 1),
        (FEBRUARY, False, 3),
    ]


@pytest.mark.parametrize(
    ("at", "why"),
    [
        (NOW - timedelta(days=91), Why.TOO_OLD),
        (NOW + timedelta(minutes=6), Why.AHEAD),
        (instant("2025-12-31"), Why.NOT_STARTED),
    ],
)
def test_too_old_too_early_and_before_the_start_is_refused(minutes, at, why):  # decision 19
    [answer] = meters.count([Use(minutes, "a", at, 1)], now=NOW)

    assert (answer.outcome, answer.why) == (REFUSED, why)
    assert not UsageRecord.objects.exists()


@pytest.mark.parametrize("at", ["9999-11-01", "9999-12-31 23:59"])
def test_the_end_of_the_calendar_is_refused_and_the_rest_counted(minutes, at):  # API-2
    answers = meters.count([use(minutes, "a", 1, at=at), use(minutes, "b", 2)], now=NOW)

    assert [(one.outcome, one.why) for one in answers] == [(REFUSED, Why.AHEAD), (ACCEPTED, "")]
    assert Meter.objects.get().used == 2


def test_what_nobody_could_be_charged_for_is_refused_and_the_rest_counted(minutes):
    answers = meters.count(
        [use(minutes, "a", 10**12), use(minutes, "b", 7), use(minutes, "c", 10**12)], now=NOW
    )

    assert [(one.outcome, one.why) for one in answers] == [
        (ACCEPTED, ""),
        (REFUSED, Why.TOO_MUCH),
        (REFUSED, Why.TOO_MUCH),
    ]
    assert Meter.objects.get().used == 10**12


def test_a_charge_beyond_every_invoice_is_taken_back_and_the_rest_counted():
    PriceFactory(code="minutes", metered=True, amount="1000.00")
    item = metered(SubscriptionFactory(items={"minutes": 0}))

    answers = meters.count([use(item, "a", 10**8), use(item, "b", 1), use(item, "c", 0)], now=NOW)

    assert [one.outcome for one in answers] == [ACCEPTED, REFUSED, ACCEPTED]
    assert (Meter.objects.get().used, Meter.objects.get().last_sequence) == (10**8, 2)


def test_five_hundred_uses_cost_as_many_statements_as_five(minutes):  # decision 27
    meters.count([use(minutes, "first", 1)], now=NOW)

    def statements(count: int) -> int:
        with CaptureQueriesContext(connection) as seen:
            meters.count([use(minutes, f"{count}-{n}", 1) for n in range(count)], now=NOW)
        return len(seen)

    assert statements(5) == statements(500) <= 5


def test_a_known_key_among_new_ones_is_counted_once_and_leaves_no_gap(minutes):  # API-2
    meters.count([use(minutes, "b", 30)], now=NOW)

    answers = meters.count([use(minutes, key, 30, limit=90) for key in "abcd"], now=NOW)

    assert outcomes(answers) == [(ACCEPTED, 60), (DUPLICATE, 30), (ACCEPTED, 90), (REFUSED, 90)]
    assert list(UsageRecord.objects.values_list("key", "sequence")) == [
        *(("b", 1), ("a", 2), ("c", 3)),
    ]
    assert Meter.objects.get().used == 90
