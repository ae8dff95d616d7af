"""Bought again within a cycle, at another version: what was paid and reached keeps its price."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from billing.core.bill import Change, Happened, Pin, replace
from billing.core.pricing import Basis, Decrease, Model, Price, Tier, Timing
from billing.core.quote import Quote, Terms, quote
from billing.core.state import Paid, from_json
from billing.core.tax import Category, Treatment
from tests.core.subscription import JANUARY, ZONE, Subscription, at, price, sets, told

TEN_FEBRUARY = date(2026, 2, 10)
TWENTY_FEBRUARY = date(2026, 2, 20)
PEAK: dict[str, Any] = {"timing": Timing.ARREARS, "basis": Basis.PEAK}


def sold_anew(old: Price, new: Price, day: date, product: str = "seat", hour: int = 12) -> Pin:
    """The pin of a purchase from zero on this day, at the version sold then."""
    assert old.version != new.version
    return Pin(product, new, day, at=at(day, hour))


def held(product: str, old: Price, new: Price, *, quantity: int, again: date) -> Subscription:
    """A quantity held at `old` from the first opening on; bought again from zero it costs `new`."""
    found = Subscription.of(**{product: old})
    found.pins.append(sold_anew(old, new, again, product))
    found.opens(sets(JANUARY, product, quantity, "first", hour=0))
    return found


def steps(version: str, small: int, large: int, decrease: Decrease = Decrease.NOW) -> Price:
    tiers = (Tier(1000, flat=Decimal(small)), Tier(2500, flat=Decimal(large)))
    return price(version=version, model=Model.VOLUME, tiers=tiers, decrease=decrease)


LAST_DAY = date(2026, 2, 27)
DEAR, CHEAP = price("30.00", **PEAK), price("3.00", version="v2", **PEAK)


@pytest.mark.parametrize(
    ("again", "billed"),
    [
        pytest.param(1, ("peak", 9, "270.00", "v1", "first"), id="less than before"),
        pytest.param(9, ("peak", 9, "270.00", "v1", "first"), id="as many as before"),
        pytest.param(10, ("peak", 9, "270.00", "v1", "first"), id="more, and cheaper"),
        pytest.param(91, ("peak", 91, "273.00", "v2", "again"), id="more, and no cheaper"),
    ],
)
def test_a_peak_costs_what_it_cost_when_it_was_first_reached(  # LIC-5 PRICE-8
    again: int, billed: tuple[str, int, str, str, str]
) -> None:
    voice = held("voice", DEAR, CHEAP, quantity=9, again=LAST_DAY)

    opening = voice.opens(
        sets(LAST_DAY, "voice", 0, "none", hour=11), sets(LAST_DAY, "voice", again, "again")
    )

    (line,) = opening.lines
    said = (line.kind.value, line.quantity, f"{line.amount:f}", line.price_version, *line.because)
    assert said == billed


def test_the_cycle_after_a_purchase_has_the_new_price() -> None:  # PRICE-8
    voice = held("voice", DEAR, CHEAP, quantity=9, again=LAST_DAY)
    voice.opens(sets(LAST_DAY, "voice", 0, hour=11), sets(LAST_DAY, "voice", 9))

    march = voice.opens()

    assert told(march.lines) == [("peak", 9, "27.00")]


def test_a_peak_is_billed_although_the_product_is_sold_by_another_basis_now() -> None:  # LIC-5
    seats = price("5.00", version="v2", decrease=Decrease.NOW)
    voice = held("voice", DEAR, seats, quantity=9, again=TWENTY_FEBRUARY)

    opening = voice.opens(sets(TEN_FEBRUARY, "voice", 0), sets(TWENTY_FEBRUARY, "voice", 2))

    assert told(opening.lines) == [("peak", 9, "270.00"), ("advance", 2, "10.00")]


def test_a_chosen_number_is_no_peak_of_the_version_that_bills_peaks() -> None:  # LIC-5
    seats = price("5.00", decrease=Decrease.NOW)
    peaks = price("30.00", version="v2", **PEAK)
    voice = held("voice", seats, peaks, quantity=9, again=TWENTY_FEBRUARY)

    opening = voice.opens(sets(TEN_FEBRUARY, "voice", 0), sets(TWENTY_FEBRUARY, "voice", 2))

    assert told(opening.lines) == [("peak", 2, "60.00")]


def test_what_a_peak_does_not_save_is_priced_as_the_peak() -> None:  # PRICE-10 LIC-5
    voice = held("voice", DEAR, CHEAP, quantity=9, again=TEN_FEBRUARY)
    log = (sets(TEN_FEBRUARY, "voice", 0, hour=11), sets(TEN_FEBRUARY, "voice", 5))

    unsaved = wished(voice, log, sets(TWENTY_FEBRUARY, "voice", 2)).unsaved

    assert [(one.quantity, one.amount) for one in unsaved] == [(7, Decimal("210.00"))]


def wished(subscription: Subscription, log: tuple[Change, ...], wish: Change) -> Quote:
    return quote(
        subscription.state,
        cycles=subscription.cycles,
        cycle=subscription.cycles.nth(subscription.opened - 1),
        zone=ZONE,
        happened=Happened(log),
        wanted=[wish],
        pins=subscription.pins,
        products=subscription.products,
        terms=Terms("EUR", Decimal(0), Treatment(Decimal(21), Category.STANDARD)),
        on=wish.day,
    )


def test_the_old_quantity_is_credited_at_the_price_it_was_paid_at() -> None:  # PRICE-8 PRICE-9
    contacts = held(
        "contacts", steps("v1", 49, 98), steps("v2", 490, 500), quantity=1000, again=TEN_FEBRUARY
    )

    opening = contacts.opens(
        sets(TEN_FEBRUARY, "contacts", 0, hour=11), sets(TEN_FEBRUARY, "contacts", 2500)
    )

    lines = opening.changes[0].lines
    assert told(lines) == [("credit", 1000, "-31.50"), ("proration", 2500, "321.43")]
    assert [line.price_version for line in lines] == ["v1", "v2"]


def test_a_decrease_after_a_purchase_never_costs_anything() -> None:  # PRICE-5 PRICE-8
    dearer = steps("v2", 490, 500, Decrease.NOW_CREDIT)
    contacts = held("contacts", steps("v1", 49, 98), dearer, quantity=2500, again=TEN_FEBRUARY)

    opening = contacts.opens(
        sets(TEN_FEBRUARY, "contacts", 0, hour=11),
        sets(TEN_FEBRUARY, "contacts", 2000),
        sets(TWENTY_FEBRUARY, "contacts", 500),
    )

    assert opening.changes == ()
    assert told(opening.lines) == [
        ("credit", 2500, "-28.00"),
        ("proration", 500, "14.00"),
        ("advance", 500, "490.00"),
    ]


def test_units_bought_at_two_versions_are_each_credited_at_their_own() -> None:  # PRICE-5 PRICE-8
    old = price("10.00", decrease=Decrease.NOW)
    new = price("100.00", version="v2", decrease=Decrease.NOW_CREDIT)
    seats = held("seat", old, new, quantity=5, again=TEN_FEBRUARY)

    opening = seats.opens(
        sets(TEN_FEBRUARY, "seat", 0, hour=11),
        sets(TEN_FEBRUARY, "seat", 6),
        sets(date(2026, 2, 14), "seat", 2),
    )

    assert told(opening.changes[0].lines) == [("proration", 1, "64.29")]
    assert told(opening.lines) == [
        ("credit", 1, "-50.00"),
        ("credit", 3, "-15.00"),
        ("advance", 2, "200.00"),
    ]


def test_a_replacement_credits_what_was_paid_at_the_price_it_was_paid_at() -> None:  # PLAN-5
    old = price("10.00", decrease=Decrease.NOW)
    new = price("100.00", version="v2", decrease=Decrease.NOW)
    seats = held("seat", old, new, quantity=5, again=TEN_FEBRUARY)
    seats.pins.append(Pin("pro", price("20.00"), date.min))
    on = date(2026, 2, 14)
    upgrade = replace(old=["seat"], new={"pro": 5}, at=at(on), day=on, ref="up")

    opening = seats.opens(
        sets(TEN_FEBRUARY, "seat", 0, hour=11), sets(TEN_FEBRUARY, "seat", 5), *upgrade
    )

    assert told(opening.changes[0].lines) == [("credit", 5, "-25.00"), ("proration", 5, "50.00")]


def test_a_reading_says_at_which_version_units_are_paid() -> None:
    old = price("10.00", decrease=Decrease.NOW)
    new = price("100.00", version="v2", decrease=Decrease.NOW)
    seats = held("seat", old, new, quantity=5, again=TEN_FEBRUARY)

    _, now = seats.so_far(sets(TEN_FEBRUARY, "seat", 0, hour=11), sets(TEN_FEBRUARY, "seat", 6))

    assert now.items["seat"].paid == 6
    assert now.items["seat"].paid_at == (Paid(5, "v1"), Paid(1, "v2"))


def test_a_state_stored_without_versions_is_paid_at_the_items_own() -> None:
    stored = {"items": {"seat": [3, "first", None, 5, "v1"]}}

    seat = from_json(stored).items["seat"]

    assert (seat.paid, seat.paid_at) == (5, (Paid(5, "v1"),))


@pytest.mark.parametrize("paid", [[5, "v1"], [[5]], [["5", "v1"]], "v1"])
def test_versions_that_cannot_be_read_are_refused(paid: object) -> None:
    with pytest.raises(ValueError, match="no stored"):
        from_json({"items": {"seat": [3, "first", None, 5, "v1", paid]}})


def test_what_was_paid_at_an_unknown_version_is_not_credited_at_another() -> None:
    seats = Subscription.of(seat=price(decrease=Decrease.NOW_CREDIT))
    seats.opens(sets(JANUARY, "seat", 5, hour=0))
    seats.pins = [Pin("seat", price(version="v9", decrease=Decrease.NOW_CREDIT), date.min)]

    with pytest.raises(ValueError, match="version v1 of seat"):
        seats.opens(sets(TEN_FEBRUARY, "seat", 3))
