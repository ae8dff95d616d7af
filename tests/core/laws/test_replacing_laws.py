"""Laws of a plan in the place of another: contacts by volume, seats by tiers, some of them free."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from billing.core.bill import Change, ChangeBill, Pin, replace
from billing.core.happened import Happened
from billing.core.lines import Kind, Line
from billing.core.money import to_minor_unit
from billing.core.periods import Cycle, Cycles, Interval
from billing.core.pricing import Model, Price, Tier, amount_of
from billing.core.quote import Terms, quote
from billing.core.tax import Category, Treatment
from tests.core.subscription import JANUARY, ZONE, Subscription, at, price, sets

STOPS = (1000, 2500, 5000)
OLD, NEW = ("plus", "users-plus"), ("pro", "users-pro")
TERMS = Terms("EUR", Decimal(10), Treatment(Decimal(21), Category.STANDARD))

cents = st.integers(0, 50_000).map(lambda number: Decimal(number).scaleb(-2))


@st.composite
def volumes(draw: Any, version: str) -> Price:
    tiers = tuple(Tier(stop, flat=draw(cents)) for stop in STOPS)
    return price(version=version, model=Model.VOLUME, tiers=tiers, **draw(intervals))


@st.composite
def seats(draw: Any, version: str) -> Price:
    tiers = (Tier(draw(st.integers(1, 5))), Tier(None, unit=draw(cents)))
    return price(version=version, model=Model.TIERED, tiers=tiers, **draw(intervals))


# A price of a month counts twelve times in a yearly cycle.
intervals = st.sampled_from([{}, {"interval": Interval.MONTH}])


@dataclass(frozen=True)
class Told:
    """A subscription that has opened with a plan, and the plan that takes its place on a day."""

    subscription: Subscription
    prices: dict[str, Price]
    contacts: int
    seats: int
    day: date

    @property
    def cycle(self) -> Cycle:
        return self.subscription.cycles.nth(0)

    def deed(self, old: tuple[str, str], new: tuple[str, str], hour: int = 12) -> list[Change]:
        wanted = dict(zip(new, (self.contacts, self.seats), strict=True))
        return list(replace(old=old, new=wanted, at=at(self.day, hour), day=self.day, ref="up"))

    def whole(self, product: str, quantity: int) -> Decimal:
        """The price of a whole cycle, exactly, as a number of 12 months where it is one."""
        priced = self.prices[product]
        yearly = self.subscription.cycles.nth(0).whole.days > 31
        months = 12 if yearly and priced.interval is Interval.MONTH else 1
        exact = amount_of(priced, quantity) * months
        return Decimal(exact.numerator) / Decimal(exact.denominator)


@st.composite
def stories(draw: Any) -> Told:
    prices = {
        "plus": draw(volumes("plus-1")),
        "users-plus": draw(seats("users-plus-1")),
        "pro": draw(volumes("pro-1")),
        "users-pro": draw(seats("users-pro-1")),
    }
    interval = draw(st.sampled_from([Interval.MONTH, Interval.YEAR]))
    subscription = Subscription(
        [Pin(code, priced, date.min) for code, priced in prices.items()],
        cycles=Cycles(JANUARY, interval),
    )
    contacts, number = draw(st.sampled_from(STOPS)), draw(st.integers(1, 20))
    subscription.opens(
        sets(JANUARY, "plus", contacts, "bought", hour=0),
        sets(JANUARY, "users-plus", number, "bought", hour=0),
    )
    cycle = subscription.cycles.nth(0)
    day = cycle.period.start + timedelta(days=draw(st.integers(0, cycle.period.days - 1)))
    return Told(subscription, prices, contacts, number, day)


def net(bills: tuple[ChangeBill, ...]) -> Decimal:
    return sum((line.amount for bill in bills for line in bill.lines), Decimal(0))


def share(told: Told, product: str, quantity: int) -> Decimal:
    left = (told.cycle.period.end - told.day).days
    return to_minor_unit(told.whole(product, quantity) * left / told.cycle.whole.days, "EUR")


@given(told=stories())
def test_each_side_is_its_price_for_the_days_left_rounded_once(told: Told) -> None:  # PLAN-5
    charged, _ = told.subscription.so_far(*told.deed(OLD, NEW))

    numbers = dict(zip((*OLD, *NEW), (told.contacts, told.seats) * 2, strict=True))
    expected = {code: share(told, code, numbers[code]) for code in (*OLD, *NEW)}
    found = {line.product: line for bill in charged for line in bill.lines}
    assert {code: abs(line.amount) for code, line in found.items()} == {
        code: amount for code, amount in expected.items() if amount
    }
    assert all((line.kind is Kind.CREDIT) == (line.product in OLD) for line in found.values())


@given(told=stories())
def test_what_is_quoted_is_what_is_charged_and_billed(told: Told) -> None:  # PRICE-10
    deed = told.deed(OLD, NEW)
    subscription = told.subscription
    quoted = quote(
        subscription.state,
        cycles=subscription.cycles,
        cycle=told.cycle,
        zone=ZONE,
        happened=Happened(),
        wanted=deed,
        pins=subscription.pins,
        products=subscription.products,
        terms=TERMS,
        on=told.day,
    )

    charged, _ = subscription.so_far(*deed)
    billed = subscription.opens(*deed)

    assert lines(charged) == list(quoted.due_now.lines) == lines(billed.changes)
    assert list(billed.lines) == list(quoted.next_invoice.lines)
    assert list(subscription.opens().lines) == list(quoted.every_cycle.lines)


@given(told=stories())
def test_the_next_cycle_bills_the_new_plan_alone(told: Told) -> None:  # PLAN-5
    opening = told.subscription.opens(*told.deed(OLD, NEW))

    assert {line.product for line in opening.lines} <= set(NEW)
    assert all(line.kind is Kind.ADVANCE for line in opening.lines)
    cycle = sum((line.amount for line in opening.lines), Decimal(0))
    whole = [told.whole("pro", told.contacts), told.whole("users-pro", told.seats)]
    assert cycle == sum((to_minor_unit(amount, "EUR") for amount in whole), Decimal(0))


@given(told=stories())
def test_there_and_back_on_one_day_is_nothing(told: Told) -> None:  # decision 7
    there, back = told.deed(OLD, NEW, hour=12), told.deed(NEW, OLD, hour=13)

    charged, state = told.subscription.so_far(*there, *back)

    assert net(charged) == 0
    assert state.items["plus"].quantity == told.contacts
    assert state.items["pro"].quantity == 0


def lines(bills: tuple[ChangeBill, ...]) -> list[Line]:
    return [line for bill in bills for line in bill.lines]
