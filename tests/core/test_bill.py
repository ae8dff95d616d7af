"""The bill of a cycle: what is charged at once, put off, in arrears and in advance."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from billing.core.bill import BeyondLastTier, Pin, replace
from billing.core.periods import Cycles, Interval
from billing.core.pricing import Basis, Decrease, Increase, Model, Tier, Timing
from billing.core.state import State
from tests.core.subscription import JANUARY, Subscription, at, joins, leaves, price, sets, told

TEN_FEBRUARY = date(2026, 2, 10)
TWENTY_FEBRUARY = date(2026, 2, 20)
FEBRUARY_ENDS = date(2026, 2, 28)
PEAK: dict[str, Any] = {"timing": Timing.ARREARS, "basis": Basis.PEAK}
MEMBERS: dict[str, Any] = {"basis": Basis.MEMBERS}
ONCE: dict[str, Any] = {"timing": Timing.ONCE}
STEPS: dict[str, Any] = {
    "model": Model.VOLUME,
    "tiers": (Tier(1000, flat=Decimal(49)), Tier(2500, flat=Decimal(98))),
}


def test_an_increase_is_charged_for_the_days_that_are_left() -> None:  # PRICE-4 PRICE-9
    seats = Subscription.of(seat=price())
    seats.opens(sets(JANUARY, "seat", 3, hour=0))

    february = seats.opens(sets(TEN_FEBRUARY, "seat", 5, "click"))

    assert told(february.changes[0].lines) == [("proration", 2, "24.43")]
    assert february.changes[0].lines[0].share == (18, 28)
    assert told(february.lines) == [("advance", 5, "95.00")]
    assert february.lines[0].because == ("click",)


def test_an_increase_of_any_other_model_credits_the_old_and_charges_the_new() -> None:  # PRICE-9
    contacts = Subscription.of(contacts=price(**STEPS))
    contacts.opens(sets(JANUARY, "contacts", 1000, hour=0))

    february = contacts.opens(sets(date(2026, 2, 15), "contacts", 2500))

    assert told(february.changes[0].lines) == [
        ("credit", 1000, "-22.75"),
        ("proration", 2500, "45.50"),
    ]


def test_an_increase_within_the_same_step_shows_no_lines() -> None:  # PRICE-9
    contacts = Subscription.of(contacts=price(**STEPS))
    contacts.opens(sets(JANUARY, "contacts", 300, hour=0))

    february = contacts.opens(sets(TEN_FEBRUARY, "contacts", 900))

    assert february.changes == ()
    assert told(february.lines) == [("advance", 900, "49.00")]


def test_an_increase_on_account_is_put_off_to_the_next_invoice() -> None:  # PRICE-4
    seats = Subscription.of(seat=price(increase=Increase.PRORATE_NEXT))
    seats.opens(sets(JANUARY, "seat", 3, hour=0))

    february = seats.opens(sets(TEN_FEBRUARY, "seat", 5))

    assert february.changes == ()
    assert told(february.lines) == [("proration", 2, "24.43"), ("advance", 5, "95.00")]


@pytest.mark.parametrize("decrease", [Decrease.AT_RENEWAL, Decrease.BY_REQUEST])
def test_a_decrease_waits_for_the_opening(decrease: Decrease) -> None:  # PRICE-5
    seats = Subscription.of(seat=price(decrease=decrease))
    seats.opens(sets(JANUARY, "seat", 5, hour=0))

    _, now = seats.so_far(sets(TEN_FEBRUARY, "seat", 2))
    february = seats.opens(sets(TEN_FEBRUARY, "seat", 2))

    assert now.items["seat"].quantity == 5
    assert now.items["seat"].waiting is not None
    assert told(february.lines) == [("advance", 2, "38.00")]


def test_naming_todays_number_cancels_a_waiting_decrease() -> None:  # PRICE-5
    seats = Subscription.of(seat=price())
    seats.opens(sets(JANUARY, "seat", 5, "first", hour=0))

    february = seats.opens(
        sets(TEN_FEBRUARY, "seat", 2, "fewer"), sets(TWENTY_FEBRUARY, "seat", 5, "cancelled")
    )

    assert told(february.lines) == [("advance", 5, "95.00")]
    assert february.lines[0].because == ("first",)


def test_a_change_of_something_else_leaves_a_waiting_decrease() -> None:  # PRICE-5
    both = Subscription.of(seat=price(), desk=price("5.00"))
    both.opens(sets(JANUARY, "seat", 5, hour=0), sets(JANUARY, "desk", 1, hour=0))

    february = both.opens(sets(TEN_FEBRUARY, "seat", 2), sets(TWENTY_FEBRUARY, "desk", 2))

    assert told(february.lines) == [("advance", 2, "38.00"), ("advance", 2, "10.00")]


def test_what_is_paid_stays_paid_after_a_decrease_without_credit() -> None:  # PRICE-5
    seats = Subscription.of(seat=price(decrease=Decrease.NOW))
    seats.opens(sets(JANUARY, "seat", 5, hour=0))

    february = seats.opens(
        sets(date(2026, 2, 5), "seat", 2),
        sets(TEN_FEBRUARY, "seat", 5),
        sets(TWENTY_FEBRUARY, "seat", 6),
    )

    assert [told(change.lines) for change in february.changes] == [[("proration", 1, "5.43")]]


def test_a_decrease_with_credit_is_credited_on_the_next_invoice() -> None:  # PRICE-5
    seats = Subscription.of(seat=price(decrease=Decrease.NOW_CREDIT))
    seats.opens(sets(JANUARY, "seat", 5, hour=0))

    february = seats.opens(sets(TEN_FEBRUARY, "seat", 3))

    assert february.changes == ()
    assert told(february.lines) == [("credit", 2, "-24.43"), ("advance", 3, "57.00")]


def test_an_event_may_wait_although_its_price_decreases_at_once() -> None:  # PRICE-5
    seats = Subscription.of(seat=price(decrease=Decrease.NOW_CREDIT))
    seats.opens(sets(JANUARY, "seat", 5, hour=0))

    february = seats.opens(sets(TEN_FEBRUARY, "seat", 3, waits=True))

    assert told(february.lines) == [("advance", 3, "57.00")]


def test_an_event_may_hold_at_once_although_its_price_waits() -> None:  # PRICE-5
    seats = Subscription.of(seat=price())
    seats.opens(sets(JANUARY, "seat", 5, hour=0))

    _, now = seats.so_far(sets(TEN_FEBRUARY, "seat", 3, waits=False))

    assert now.items["seat"].quantity == 3


def test_an_event_that_waits_at_an_opening_waits_for_the_next_one() -> None:
    seats = Subscription.of(seat=price())
    first = seats.opens(sets(JANUARY, "seat", 5, hour=0, waits=True))

    february = seats.opens()

    assert first.lines == ()
    assert told(february.lines) == [("advance", 5, "95.00")]


def test_the_peak_is_billed_and_a_fall_is_next_months_start() -> None:  # LIC-4 LIC-5
    voice = Subscription.of(voice=price("30.00", **PEAK))
    voice.opens()

    february = voice.opens(
        sets(date(2026, 2, 12), "voice", 9, "rise"), sets(TWENTY_FEBRUARY, "voice", 4, "fall")
    )
    march = voice.opens()

    assert told(february.lines) == [("peak", 9, "270.00")]
    assert february.lines[0].because == ("rise",)
    assert told(march.lines) == [("peak", 4, "120.00")]
    assert march.lines[0].because == ("fall",)


def test_a_peak_of_units_shows_what_the_quantity_counts_as() -> None:  # LIC-8
    recording = Subscription.of(recording=price("6.00", unit_factor=Decimal("2.50"), **PEAK))
    recording.opens(sets(JANUARY, "recording", 4, hour=0))

    february = recording.opens()

    assert told(february.lines) == [("peak", 4, "60.00")]
    assert f"{february.lines[0].units:f}" == "10"


def test_the_quantity_carried_in_is_not_the_peak_when_the_opening_sets_another() -> None:
    voice = Subscription.of(voice=price("30.00", **PEAK))
    voice.opens(sets(JANUARY, "voice", 9, hour=0))
    voice.opens(sets(FEBRUARY_ENDS, "voice", 4, "opening", hour=0))

    march = voice.opens()

    assert told(march.lines) == [("peak", 4, "120.00")]


def test_a_member_above_the_number_paid_is_charged_pro_rata_on_the_next_invoice() -> None:  # RSL-9
    agents = Subscription.of(agent=price("24.00", **MEMBERS))
    agents.opens(members=[joins(JANUARY, hour=0)])

    february = agents.opens(
        members=[
            leaves(date(2026, 2, 2)),
            joins(date(2026, 2, 3)),
            joins(date(2026, 2, 3), "third"),
        ]
    )

    assert told(february.lines) == [("proration", 1, "21.43"), ("members", 2, "48.00")]
    assert february.lines[0].because == ("third",)


def test_metered_use_is_charged_above_the_allowance() -> None:  # PRICE-3
    stt = price("0.01", timing=Timing.ARREARS, basis=Basis.METERED, allowance=5000)
    minutes = Subscription.of(stt=stt)
    minutes.opens()

    february = minutes.opens(used={"stt": 5200})
    march = minutes.opens(used={"stt": 4999})

    assert told(february.lines) == [("metered", 200, "2.00")]
    assert march.lines == ()


def test_what_is_charged_once_is_never_prorated_and_never_renewed() -> None:  # PRICE-2
    packs = Subscription.of(pack=price("29.00", **ONCE))
    packs.opens()

    february = packs.opens(sets(TEN_FEBRUARY, "pack", 1), sets(TWENTY_FEBRUARY, "pack", 3))

    assert [told(change.lines) for change in february.changes] == [
        [("once", 1, "29.00")],
        [("once", 2, "58.00")],
    ]
    assert february.lines == ()
    assert february.state == State.nothing()


def test_what_is_bought_once_at_an_opening_stands_on_its_invoice() -> None:  # PRICE-2
    packs = Subscription.of(pack=price("29.00", **ONCE))
    first = packs.opens(sets(JANUARY, "pack", 2, hour=0))

    february = packs.opens()

    assert told(first.lines) == [("once", 2, "58.00")]
    assert february.lines == ()


def test_a_monthly_price_counts_twelve_times_in_a_yearly_cycle() -> None:  # CONV-4
    seats = Subscription.of(seat=price(interval=Interval.MONTH))
    seats.cycles = Cycles(JANUARY, Interval.YEAR)

    first = seats.opens(sets(JANUARY, "seat", 2, hour=0))

    assert told(first.lines) == [("advance", 2, "456.00")]
    assert first.lines[0].months == 12


def test_a_yearly_price_is_refused_in_a_monthly_cycle() -> None:  # PRICE-2
    seats = Subscription.of(seat=price(interval=Interval.YEAR))

    with pytest.raises(ValueError, match="yearly price"):
        seats.opens(sets(JANUARY, "seat", 2, hour=0))


def test_a_first_part_cycle_is_divided_by_the_whole_one() -> None:  # PRICE-9
    seats = Subscription.of(seat=price("31.00"))
    seats.cycles = Cycles(date(2026, 3, 11), Interval.MONTH, anchor_day=1)

    first = seats.opens(sets(date(2026, 3, 11), "seat", 1, hour=0))

    assert told(first.lines) == [("advance", 1, "21.00")]
    assert first.lines[0].share == (21, 31)


def announced(notice_on: date | None) -> Subscription:
    seats = Subscription.of(seat=price("10.00"))
    new = price("12.00", version="v2")
    seats.pins.append(Pin("seat", new, from_on=date(2026, 3, 1), notice_on=notice_on, bought=False))
    return seats


@pytest.mark.parametrize(
    ("notice_on", "march", "april"),
    [
        pytest.param(date(2026, 3, 17), "12.00", "12.00", id="14 days before"),
        pytest.param(date(2026, 3, 18), "10.00", "12.00", id="13 days before"),
        pytest.param(None, "10.00", "10.00", id="never"),
    ],
)
def test_nobody_pays_a_new_price_without_notice(  # RSL-5
    notice_on: date | None, march: str, april: str
) -> None:
    seats = announced(notice_on)
    seats.opens(sets(JANUARY, "seat", 1, hour=0))
    seats.opens()

    charged = [f"{seats.opens().lines[0].amount:f}" for _ in range(2)]

    assert charged == [march, april]


def test_arrears_are_charged_at_the_price_that_was_in_force() -> None:  # RSL-4
    voice = Subscription.of(voice=price("30.00", **PEAK))
    new = price("40.00", version="v2", **PEAK)
    voice.pins.append(
        Pin("voice", new, from_on=FEBRUARY_ENDS, notice_on=date(2026, 2, 1), bought=False)
    )
    voice.opens(sets(JANUARY, "voice", 1, hour=0))

    charged = [voice.opens().lines[0] for _ in range(2)]

    assert [(line.price_version, f"{line.amount:f}") for line in charged] == [
        ("v1", "30.00"),
        ("v2", "40.00"),
    ]


def test_an_item_bought_anew_pins_the_price_of_that_day() -> None:  # PRICE-8
    seats = Subscription.of(seat=price("10.00", decrease=Decrease.NOW))
    dearer = price("20.00", version="v2", decrease=Decrease.NOW)
    seats.pins.append(Pin("seat", dearer, TWENTY_FEBRUARY, at=at(TWENTY_FEBRUARY)))
    seats.opens(sets(JANUARY, "seat", 1, hour=0))

    february = seats.opens(sets(TEN_FEBRUARY, "seat", 0), sets(TWENTY_FEBRUARY, "seat", 2))

    assert told(february.changes[0].lines) == [("proration", 1, "5.71")]
    assert told(february.lines) == [("advance", 2, "40.00")]


def test_a_replacement_credits_the_old_and_charges_the_new_at_once() -> None:  # PLAN-5 PRICE-9
    plans = Subscription.of(
        starter=price("28.00", model=Model.FLAT),
        pro=price("56.00", model=Model.FLAT, increase=Increase.PRORATE_NEXT),
    )
    plans.opens(sets(JANUARY, "starter", 1, hour=0))
    upgrade = replace(
        old=["starter"], new={"pro": 1}, at=at(date(2026, 2, 14)), day=date(2026, 2, 14), ref="up"
    )

    february = plans.opens(*upgrade)

    assert told(february.changes[0].lines) == [("credit", 1, "-14.00"), ("proration", 1, "28.00")]
    assert told(february.lines) == [("advance", 1, "56.00")]


def test_a_replacement_may_come_to_less_than_nothing() -> None:  # PRICE-9
    plans = Subscription.of(pro=price("56.00"), starter=price("28.00"))
    plans.opens(sets(JANUARY, "pro", 1, hour=0))
    down = replace(
        old=["pro"], new={"starter": 1}, at=at(TEN_FEBRUARY), day=TEN_FEBRUARY, ref="down"
    )

    charged, now = plans.so_far(*down)

    assert told(charged[0].lines) == [("credit", 1, "-36.00"), ("proration", 1, "18.00")]
    assert now.items["pro"].quantity == 0


def test_a_replacement_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="plain change"):
        replace(old=[], new={"pro": 1}, at=at(TEN_FEBRUARY), day=TEN_FEBRUARY, ref="up")


def test_one_instant_makes_one_bill() -> None:
    both = Subscription.of(seat=price(), desk=price("5.00"))
    both.opens()

    february = both.opens(sets(TEN_FEBRUARY, "desk", 1), sets(TEN_FEBRUARY, "seat", 1))

    assert len(february.changes) == 1
    assert [line.product for line in february.changes[0].lines] == ["desk", "seat"]


def test_a_quantity_beyond_the_last_tier_names_what_set_it() -> None:  # PRICE-1
    contacts = Subscription.of(contacts=price(**STEPS))

    with pytest.raises(BeyondLastTier, match="ends at 2500") as refused:
        contacts.opens(sets(JANUARY, "contacts", 2501, "click", hour=0))

    assert refused.value.because == ("click",)


def test_a_state_names_no_product_that_the_catalogue_lacks() -> None:
    seats = Subscription.of(seat=price())
    seats.opens(sets(JANUARY, "seat", 3, hour=0))
    seats.pins = [Pin("desk", price(), date.min)]

    with pytest.raises(ValueError, match="no seat"):
        seats.opens()


def test_nothing_is_sold_without_a_price() -> None:
    seats = Subscription.of(seat=price())
    seats.pins[0] = Pin("seat", price(), TEN_FEBRUARY, at=at(TEN_FEBRUARY))

    with pytest.raises(ValueError, match="no price in force"):
        seats.opens(sets(JANUARY, "seat", 3, hour=0))


def test_what_happens_after_an_opening_is_not_part_of_it() -> None:
    seats = Subscription.of(seat=price())

    with pytest.raises(ValueError, match="later than the opening"):
        seats.opens(sets(JANUARY, "seat", 3))
