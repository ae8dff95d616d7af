"""The peak of the running cycle, day by day, is what the run then bills (LIC-5, PRICE-3)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from billing.events import record
from billing.models import Line, Product
from billing.peak_strips import strips
from billing.peaks import changes_behind, peaks
from billing.whole import read_whole
from tests.billing.running import bill
from tests.factories import (
    AccountFactory,
    PriceFactory,
    SellerFactory,
    SubscriptionFactory,
    instant,
)
from tests.standing import chief

pytestmark = [pytest.mark.django_db]

FEBRUARY = date(2026, 2, 1)


def owner(number=4):
    """So many Voice licences since February began, in Prague."""
    SellerFactory()
    PriceFactory(code="voice", amount="30.00", peak=True)
    account = AccountFactory(time_zone="Europe/Prague")
    SubscriptionFactory(
        account=account, code="plan", starts_on=FEBRUARY, anchor_day=1, items={"voice": number}
    )
    bill(at=instant("2026-01-31 23:00"))
    return account


def own(account, number, at, **who):
    record(subscription_id=account.subscriptions.get().pk, changes={"voice": number}, at=at, **who)


def cycle_of(account, at):
    return peaks(read_whole(account, codes=["voice"]), at=at)["voice"]


def test_each_day_has_its_highest_number_and_what_was_carried_in_counts():  # LIC-5
    account = owner(4)
    own(account, 9, instant("2026-02-12 10:00"), by_name="Jana")
    own(account, 3, instant("2026-02-20 10:00"))
    own(account, 5, instant("2026-02-20 11:00"))

    found = cycle_of(account, instant("2026-02-22 12:00"))
    days = {one.on.day: one.number for one in found.days()}

    assert (found.period.start, found.period.end) == (FEBRUARY, date(2026, 3, 1))
    assert [days[day] for day in (1, 11, 12, 19, 20, 21, 22)] == [4, 4, 9, 9, 9, 5, 5]
    assert {days[day] for day in range(23, 29)} == {None}
    assert (found.number, found.peak.quantity, found.peak.on) == (5, 9, date(2026, 2, 12))


def test_who_set_what_stands_on_its_day(django_assert_num_queries):
    account = owner(4)
    own(account, 9, instant("2026-02-12 22:59"), by_name="Jana")
    own(account, 6, instant("2026-02-12 23:01"), by_name="Ben")
    found = cycle_of(account, instant("2026-02-22 12:00"))

    with django_assert_num_queries(1):
        days = found.days(changes_behind([found]))

    said = {one.on.day: [(made.who, made.becomes) for made in one.changes] for one in days}
    # Ben's was the next day in Prague.
    assert {day: made for day, made in said.items() if made} == {
        12: [("Jana", 9)],
        13: [("Ben", 6)],
    }


def test_the_strip_says_what_is_billed_and_what_a_cart_would_bill():  # LIC-3
    account = owner(4)
    here = chief(account)
    own(account, 9, instant("2026-02-12 10:00"), by_name="Jana")
    whole = read_whole(account, codes=["voice"])
    cycle = cycle_of(account, instant("2026-02-22 12:00"))

    def strip(**wanted):
        [found] = strips([cycle], products=whole.products, here=here, language="en", wanted=wanted)
        return found

    as_it_is, more, fewer = strip(), strip(voice=11), strip(voice=2)
    assert as_it_is.caption == "Voice in February 2026"
    assert as_it_is.days[11]["said"] == "Jana: 4 → 9"
    assert as_it_is.billed == "9\N{NO-BREAK SPACE}units billed, peak on 12 February 2026"
    assert more.billed.endswith("billed, peak on 22 February 2026")
    assert (more.days[21]["number"], more.days[21]["said"]) == (11, "your cart: 9 → 11")
    assert fewer.billed == as_it_is.billed


def test_no_bar_is_higher_than_what_is_billed_of_two_versions():  # LIC-5, decision 32
    account = owner(9)
    voice = Product.objects.get(code="voice")
    PriceFactory(product=voice, amount="3.00", peak=True, valid_from=date(2026, 2, 20))
    own(account, 0, instant("2026-02-21 10:00"))
    own(account, 10, instant("2026-02-25 10:00"), by_name="Jana")
    cycle = cycle_of(account, instant("2026-02-26 12:00"))
    whole, here = read_whole(account, codes=["voice"]), chief(account)

    [shown] = strips([cycle], products=whole.products, here=here, language="en")
    bill(at=instant("2026-02-28 23:00"))

    assert Line.objects.get(kind=Line.Kind.PEAK).quantity == 9
    assert max(day["number"] or 0 for day in shown.days) == 9
    assert shown.billed == "9\N{NO-BREAK SPACE}units billed, peak on 1 February 2026"
    assert shown.days[24]["said"] == "Jana: 0 → 10; 10 owned, which cost less than the peak does"


@pytest.mark.once  # arithmetic: the database only keeps it
class Law(TestCase):
    @given(st.lists(st.tuples(st.integers(0, 60 * 24 * 27), st.integers(0, 12)), max_size=8))
    def test_the_highest_bar_is_what_the_run_bills(self, set_at):  # LIC-5
        account = owner(4)
        for minute, number in sorted(set_at):
            own(account, number, instant("2026-02-01 00:00") + timedelta(minutes=minute))
        shown = cycle_of(account, instant("2026-02-28 22:59"))
        highest = max(one.number for one in shown.days())

        bill(at=instant("2026-02-28 23:00"))

        billed = Line.objects.filter(kind=Line.Kind.PEAK).values_list("quantity", flat=True)
        assert [highest] == list(billed) or (highest, list(billed)) == (0, [])
        assert shown.peak.quantity == highest
