"""The log: what is written, how it is dated, and what is refused."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate
from threading import Thread

import pytest
from django.db import connections

from billing import events
from billing.models import Bill, Event, Item, Price, PricePin, Subscription
from billing.openings import openings_of
from billing.refusals import ChangeRefused, QuoteChanged
from tests.factories import (
    AccountFactory,
    PriceFactory,
    SubscriptionFactory,
    TierFactory,
    UserFactory,
    instant,
)

pytestmark = pytest.mark.django_db

A_MOMENT = timedelta(microseconds=1)
FEBRUARY = date(2026, 2, 1)


@pytest.fixture
def seat() -> Price:
    return PriceFactory(code="seat")


@pytest.fixture
def plan(seat) -> Subscription:
    return SubscriptionFactory()


def change(plan: Subscription, day: str, **changes: int) -> list[Event]:
    return events.record(subscription_id=plan.pk, changes=changes, at=instant(day))


def opened(plan: Subscription, *, on: date) -> None:
    """The cycle that opens on this day has been billed."""
    openings = openings_of(plan)
    cycle = openings.cycle(openings.number_at(openings.first_instant(on)))
    plan.opening = Bill.objects.create(
        subscription=plan, reason=Bill.Reason.CYCLE, number=cycle.number, subtotal=0,
        starts_on=cycle.period.start, ends_on=cycle.period.end,
        at=openings.opens_at(cycle.number), state={"items": {}},
    )  # fmt: skip
    plan.next_number = cycle.number + 1
    plan.next_bill_at = openings.opens_at(cycle.number + 1)
    plan.save()


def item(plan: Subscription, code: str = "seat") -> Item:
    return Item.objects.get(subscription=plan, product__code=code)


def test_a_purchase_writes_the_event_and_pins_the_price(plan, seat):  # PRICE-8
    jana = UserFactory(name="Jana Nováková")

    [event] = events.record(
        subscription_id=plan.pk, changes={"seat": 3}, at=instant("2026-01-10"), by=jana, cause="new"
    )

    assert (event.was, event.becomes, event.holds) == (0, 3, "now")
    assert (event.actor, event.actor_name, event.cause) == (jana, "Jana Nováková", "new")
    assert (item(plan).quantity, item(plan).price) == (3, seat)
    pin = PricePin.objects.get(item=item(plan))
    assert (pin.price, pin.bought, pin.holds_from) == (seat, True, date(2026, 1, 10))


def test_a_later_version_moves_nobody_who_has_bought(plan, seat):  # PRICE-8
    newer = PriceFactory(code="seat", amount="12.00", valid_from=FEBRUARY)
    change(plan, "2026-01-10", seat=3)

    change(plan, "2026-02-10", seat=5)
    assert item(plan).price == seat

    change(plan, "2026-02-11", seat=0)
    opened(plan, on=date(2026, 3, 1))
    change(plan, "2026-03-10", seat=1)
    assert item(plan).price == newer


def test_the_price_is_lost_at_zero_unless_it_is_held(seat):  # decision 8
    PriceFactory(code="chat", decrease="now")
    PriceFactory(code="mail", decrease="now")
    plan = SubscriptionFactory(items={"mail": 0})

    change(plan, "2026-01-10", chat=3, mail=3)
    change(plan, "2026-01-11", chat=0, mail=0)

    assert item(plan, "chat").price is None
    assert item(plan, "mail").price is not None
    assert PricePin.objects.filter(item=item(plan, "mail")).count() == 1


def test_a_decrease_waits_by_the_rule_of_its_price(plan):  # PRICE-5
    change(plan, "2026-01-10", seat=5)

    [event] = change(plan, "2026-01-20", seat=2)

    assert (event.was, event.becomes, event.holds) == (5, 2, "opening")
    assert item(plan).quantity == 5


def test_a_waiting_decrease_has_taken_hold_however_late_the_run_is(plan):  # decision 4
    change(plan, "2026-01-10", seat=5)
    change(plan, "2026-01-20", seat=2)

    [event] = change(plan, "2026-02-03", seat=4)

    assert (event.was, event.becomes, event.holds) == (2, 4, "now")


def test_naming_todays_number_cancels_what_waits_and_else_sets_nothing(plan):  # decision 4
    change(plan, "2026-01-10", seat=5)
    change(plan, "2026-01-20", seat=2)

    [cancelled] = change(plan, "2026-01-21", seat=5)

    assert (cancelled.was, cancelled.becomes, cancelled.holds) == (5, 5, "now")
    assert change(plan, "2026-01-22", seat=5) == []


def test_what_is_bought_once_is_gone_at_the_next_opening(plan):  # PRICE-2
    PriceFactory(code="credits", once=True)
    change(plan, "2026-01-10", credits=1000)

    [event] = change(plan, "2026-02-10", credits=500)

    assert (event.was, event.becomes) == (0, 500)


def test_the_caller_may_say_that_a_change_waits(plan):  # decision 4
    change(plan, "2026-01-10", seat=2)

    [event] = events.record(
        subscription_id=plan.pk, changes={"seat": 9}, at=instant("2026-01-20"),
        holds=Event.Holds.OPENING,
    )  # fmt: skip

    assert (event.holds, item(plan).quantity) == ("opening", 2)


def test_events_of_an_item_are_dated_one_after_the_other(plan):  # decision 3
    change(plan, "2026-01-10", seat=5)

    [late] = change(plan, "2026-01-09", seat=6)

    assert late.at == instant("2026-01-10") + A_MOMENT
    assert late.sequence == 3


def test_one_deed_has_one_instant_and_keeps_its_order(plan):
    PriceFactory(code="mail")
    change(plan, "2026-01-10", seat=5)

    written = change(plan, "2026-01-09", mail=1, seat=6)

    assert [event.item.product.code for event in written] == ["mail", "seat"]
    assert {event.at for event in written} == {instant("2026-01-10") + A_MOMENT}


def test_before_the_last_billed_opening_nothing_is_written(plan):  # decision 3
    opened(plan, on=FEBRUARY)

    with pytest.raises(QuoteChanged, match="A new cycle has opened"):
        change(plan, "2026-01-31 23:59", seat=5)

    assert not Event.objects.exists()


def test_at_a_billed_opening_a_change_belongs_to_the_cycle(plan):
    opened(plan, on=FEBRUARY)

    [event] = change(plan, "2026-02-01", seat=5)

    assert event.at == instant("2026-02-01") + A_MOMENT


def test_at_an_opening_that_is_not_billed_a_decrease_holds_at_once(plan):  # rule 2
    change(plan, "2026-01-01", seat=5)

    [event] = change(plan, "2026-02-01", seat=2)

    assert (event.at, event.holds) == (instant("2026-02-01"), "now")
    assert item(plan).quantity == 2


def test_a_change_comes_after_the_last_one_that_was_billed(plan):
    PriceFactory(code="mail")
    opened(plan, on=FEBRUARY)
    Bill.objects.create(
        subscription=plan, reason=Bill.Reason.CHANGE, number=1, starts_on=FEBRUARY,
        ends_on=date(2026, 3, 1), at=instant("2026-02-10"), subtotal=0,
    )  # fmt: skip

    [event] = change(plan, "2026-02-10", mail=1)

    assert event.at == instant("2026-02-10") + A_MOMENT


def test_a_charge_today_lets_the_run_come_today(plan):
    opened(plan, on=FEBRUARY)

    change(plan, "2026-02-10", seat=5)

    plan.refresh_from_db()
    assert plan.next_bill_at == instant("2026-02-10")


@pytest.mark.parametrize(
    "price",
    [{"increase": "prorate_next"}, {"peak": True}],
    ids=["put off", "peak"],
)
def test_a_charge_later_leaves_the_run_for_the_opening(plan, price):
    PriceFactory(code="mail", **price)
    opened(plan, on=FEBRUARY)

    change(plan, "2026-02-10", mail=5)

    plan.refresh_from_db()
    assert plan.next_bill_at == instant("2026-03-01")


def test_beyond_the_last_tier_nothing_is_sold(plan):
    TierFactory(price=PriceFactory(code="contacts", volume=True), up_to=1000, flat=Decimal("49"))

    with pytest.raises(ChangeRefused, match="sold up to 1,000"):
        change(plan, "2026-01-10", contacts=1001)


def test_what_is_not_sold_in_this_currency_is_refused(plan):
    PriceFactory(code="mail", currency="USD")

    with pytest.raises(ChangeRefused, match="Mail has no price in EUR on 10 January 2026"):
        change(plan, "2026-01-10", mail=1)


def test_what_is_counted_cannot_be_chosen():
    PriceFactory(code="agent", members=True)
    plan = SubscriptionFactory(items={"agent": 0})

    with pytest.raises(ChangeRefused, match="counted, not chosen"):
        change(plan, "2026-01-10", agent=1)


def test_before_the_start_nothing_is_sold(plan):
    with pytest.raises(ChangeRefused, match="starts on 1 January 2026"):
        change(plan, "2025-12-31", seat=1)


def test_in_a_yearly_cycle_a_monthly_price_serves_where_there_is_no_yearly_one(seat):  # CONV-4
    yearly = PriceFactory(code="mail", interval="year", amount="100")
    PriceFactory(code="mail", amount="10")
    plan = SubscriptionFactory(interval="year")

    change(plan, "2026-01-10", seat=1, mail=1)

    assert (item(plan).price, item(plan, "mail").price) == (seat, yearly)


def test_the_day_is_that_of_the_billing_zone(seat):
    PriceFactory(code="seat", valid_from=date(2026, 2, 10), amount="12.00")
    plan = SubscriptionFactory(account=AccountFactory(time_zone="Asia/Tokyo"))

    change(plan, "2026-02-09 15:00", seat=1)

    assert Price.objects.get(items__subscription=plan).amount == 12


def test_an_announced_price_is_written_into_the_same_log(plan, seat):  # RSL-5
    newer = PriceFactory(code="seat", amount="12.00", valid_from=FEBRUARY)
    change(plan, "2026-01-10", seat=3)

    pin = events.announce_price(
        item_id=item(plan).pk, price_id=newer.pk, holds_from=date(2026, 3, 1),
        noticed_on=date(2026, 2, 1), at=instant("2026-02-01"),
    )  # fmt: skip

    assert (pin.sequence, pin.bought, pin.noticed_on) == (3, False, FEBRUARY)
    assert (item(plan).last_sequence, item(plan).price) == (3, seat)


def test_an_announced_price_has_to_be_of_the_same_product(plan):
    change(plan, "2026-01-10", seat=3)

    with pytest.raises(ValueError, match="is not of item"):
        events.announce_price(
            item_id=item(plan).pk, price_id=PriceFactory().pk, holds_from=FEBRUARY,
            noticed_on=FEBRUARY, at=instant("2026-02-01"),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("traits", "words"),
    [
        ({"interval": "year"}, "charged each month, the price announced each year"),
        ({"peak": True}, "charged by set in advance, the price announced by peak in arrears"),
        ({"once": True}, "charged by set in advance, the price announced by set in once"),
    ],
)
def test_an_announced_price_has_to_charge_alike(plan, traits, words):  # RSL-5
    change(plan, "2026-01-10", seat=3)
    newer = PriceFactory(code="seat", valid_from=FEBRUARY, **traits)

    with pytest.raises(ChangeRefused, match=words):
        announce(plan, newer)

    assert item(plan).last_sequence == 2


def test_a_monthly_price_can_be_announced_to_a_yearly_subscription(seat):  # RSL-5
    yearly = SubscriptionFactory(interval="year", items={"seat": 3})

    assert announce(yearly, PriceFactory(code="seat", valid_from=FEBRUARY)).sequence == 3


def announce(plan: Subscription, price: Price) -> PricePin:
    return events.announce_price(
        item_id=item(plan).pk, price_id=price.pk, holds_from=date(2026, 3, 1),
        noticed_on=FEBRUARY, at=instant("2026-02-01"),
    )  # fmt: skip


def test_an_event_comes_no_earlier_than_the_price_it_hangs_on(plan):  # decisions 3 and 8
    PriceFactory(code="voice", peak=True)
    events.hold(subscription_id=plan.pk, products=["voice"], at=instant("2026-01-10 10:00"))

    [event] = change(plan, "2026-01-10 09:00", voice=5)

    assert event.at == instant("2026-01-10 10:00")
    assert item(plan, "voice").price is not None


def test_what_is_counted_cannot_be_chosen_before_it_is_held(plan):  # decision 8
    PriceFactory(code="minutes", metered=True)
    events.hold(subscription_id=plan.pk, products=["minutes"], at=instant("2026-01-10 10:00"))

    with pytest.raises(ChangeRefused, match="is counted, not chosen"):
        change(plan, "2026-01-10 09:00", minutes=5)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_changes_at_the_same_moment_stand_one_after_the_other(plan):  # decision 3
    def buy() -> None:
        for _ in range(5):
            quantity = Item.objects.values_list("quantity", flat=True).get(subscription=plan)
            change(plan, "2026-01-10", seat=quantity + 1)
        connections.close_all()

    change(plan, "2026-01-10", seat=1)
    threads = [Thread(target=buy) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    log = list(Event.objects.order_by("sequence"))
    # Who read the number before others raised it may ask for fewer, which waits for the opening.
    in_force = list(accumulate((event.becomes for event in log), max))
    assert [event.was for event in log] == [0, *in_force[:-1]]
    assert [event.at for event in log] == sorted({event.at for event in log})
    assert item(plan).quantity == in_force[-1]
