"""Old reports of use: their keys are forgotten after 90 days, and every sum stays as it was."""

from datetime import date

import pytest

from billing import meters, rolling_up
from billing.auditing import audit
from billing.contact_calls import forget
from billing.models import ContactCall, Line, Meter, Subscription, UsageDay, UsageRecord
from billing.uses import Use
from billing.why import UsedOnDay, why
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

pytestmark = [pytest.mark.django_db]

# 31 January and 90 days are 1 May; two more days are for zones and for clocks.
OLD = instant("2026-05-06")


@lasting
def plan() -> Subscription:
    """300 minutes of January in four reports, 50 of February, and what both were billed."""
    SellerFactory()
    TaxRateFactory()
    PriceFactory(code="minutes", metered=True, amount="0.01", allowance=100)
    plan = SubscriptionFactory(items={"minutes": 0})
    for key, at, quantity in (
        ("a", "2026-01-10", 120), ("b", "2026-01-10", 30), ("c", "2026-01-31", 100),
        ("d", "2026-01-12", 50), ("e", "2026-02-03", 50),
    ):  # fmt: skip
        use(plan, key, at, quantity)
    bill(at=instant("2026-03-01"))
    return plan


def use(plan: Subscription, key: str, at: str, quantity: int, *, now: str = ""):
    item = plan.items.select_related("subscription", "product").get()
    report = Use(item, key, instant(at), quantity)
    [answer] = meters.count([report], now=instant(now or at))
    return answer


def days() -> list[tuple[date, int, int]]:
    return list(UsageDay.objects.values_list("day", "records", "quantity"))


def lines() -> list[tuple[object, ...]]:
    return list(Line.objects.order_by("pk").values_list("quantity", "counted", "amount"))


@pytest.mark.parametrize("size", [1, 2, 5000])  # decision 19
def test_old_reports_are_added_up_by_day_once_and_nothing_else_changes(plan, size):
    before = lines(), list(Meter.objects.values_list("used", "last_sequence"))

    for _ in range(2):
        while rolling_up.roll_up(at=OLD, pages=1, size=size):
            assert list(audit()) == []

    january = [(date(2026, 1, 10), 2, 150), (date(2026, 1, 12), 1, 50), (date(2026, 1, 31), 1, 100)]
    assert days() == january
    assert list(UsageRecord.objects.values_list("key", flat=True)) == ["e"]
    assert (lines(), list(Meter.objects.values_list("used", "last_sequence"))) == before
    line = why(Line.objects.order_by("pk")[0].pk)
    assert line.right
    assert line.used == 300
    told = [one for one in line.causes if isinstance(one, UsedOnDay)]
    assert [(one.day, one.records, one.quantity) for one in told] == january
    assert len(line.causes) == 3


def test_a_key_is_known_for_90_days_and_is_refused_after_them(plan):  # API-2, decision 19
    rolling_up.roll_up(at=instant("2026-05-01"), pages=9)
    assert UsageRecord.objects.count() == 5

    rolling_up.roll_up(at=OLD, pages=9)

    assert use(plan, "a", "2026-01-10", 120, now="2026-05-06").why == "too_old"
    assert use(plan, "e", "2026-02-03", 50, now="2026-05-06").outcome == "duplicate"


def test_what_is_not_billed_yet_is_kept_as_it_is(plan):
    use(plan, "f", "2026-03-10", 70)

    rolling_up.roll_up(at=instant("2026-12-01"), pages=9)

    assert list(UsageRecord.objects.values_list("key", flat=True)) == ["f"]
    assert use(plan, "f", "2026-03-10", 71).why == "key_reused"


def test_calls_about_contacts_are_forgotten_after_90_days():  # PLAN-10
    account = AccountFactory()
    for key, at in (("old", "2026-01-10"), ("new", "2026-01-11")):
        ContactCall.objects.create(
            account=account, key=key, change=1, at=instant(at), stored=1
        )  # fmt: skip

    for _ in range(2):
        assert not forget(at=instant("2026-04-11"), pages=1)

    assert [one.key for one in ContactCall.objects.all()] == ["new"]
