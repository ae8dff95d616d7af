"""Laws of days: cycles tile the calendar, local days begin once, in every zone there is."""

import itertools
from datetime import date, timedelta
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.core.due import cycle_shares
from billing.core.periods import (
    NOT_PLACES,
    Anchors,
    Cycles,
    Interval,
    Period,
    first_instant,
    local_day,
)

ONE_DAY = timedelta(days=1)
ONE_SECOND = timedelta(seconds=1)
ZONES = sorted(available_timezones() - NOT_PLACES)
# Three years of days with a leap day in the middle, and starts on both sides of it.
DAYS = st.dates(date(2023, 1, 1), date(2025, 12, 31))
ANCHOR_DAYS = st.integers(1, 31)
CYCLES = st.one_of(
    st.builds(Cycles, DAYS, st.just(Interval.MONTH), st.none() | ANCHOR_DAYS),
    st.builds(Cycles, DAYS, st.just(Interval.YEAR)),
)


@given(CYCLES)
def test_cycles_tile_the_calendar(cycles: Cycles) -> None:
    found = [cycles.nth(number) for number in range(40)]

    assert found[0].period.start == cycles.start
    assert all(one.period.end == other.period.start for one, other in itertools.pairwise(found))
    assert all(one.whole.end == other.whole.start for one, other in itertools.pairwise(found))
    assert all(cycle.period == cycle.whole for cycle in found[1:])
    assert found[0].period.end == found[0].whole.end


@given(CYCLES)
def test_every_day_lies_in_exactly_the_cycle_that_holds_it(cycles: Cycles) -> None:
    for offset in range(3 * 366):
        day = cycles.start + timedelta(days=offset)
        cycle = cycles.holding(day)
        assert day in cycle.period
        assert cycle == cycles.nth(cycle.number)


@given(DAYS, ANCHOR_DAYS)
def test_the_wish_is_kept(start: date, anchor_day: int) -> None:
    cycles = Cycles(start, Interval.MONTH, anchor_day)

    for number in range(1, 40):
        opens = cycles.nth(number).period.start
        last_of_month = (opens + ONE_DAY).day == 1
        assert opens.day == anchor_day or (opens.day < anchor_day and last_of_month)


@given(DAYS, ANCHOR_DAYS, st.sampled_from([1, 2, 3, 6, 12]), DAYS)
def test_an_anchor_is_found_from_both_sides(first: date, wish: int, months: int, day: date) -> None:
    anchors = Anchors(first, wish, months)
    before, after = anchors.on_or_before(day), anchors.on_or_after(day)

    assert before <= day <= after
    assert (before == day) == (after == day)
    assert anchors.after(before) == (after if before < day else anchors.after(day))
    assert anchors.nth(anchors.number_at(day)) == before


@given(
    st.builds(Anchors, DAYS, ANCHOR_DAYS, st.sampled_from([1, 3, 12])), DAYS, DAYS, st.booleans()
)
def test_counting_cycles_can_stop_and_go_on_at_an_anchor(
    anchors: Anchors, one: date, other: date, aligned: bool
) -> None:
    period = Period(min(one, other), max(one, other))
    pieces = [period.start, *anchors.within(period), period.end]

    in_pieces = sum(
        sum(cycle_shares(Period(start, end), anchors, aligned=aligned))
        for start, end in itertools.pairwise(pieces)
    )

    assert sum(cycle_shares(period, anchors, aligned=aligned)) == in_pieces
    assert sum(cycle_shares(period, anchors)) <= len(pieces) - 1


def begins_once(day: date, zone: str) -> None:
    begins = first_instant(day, zone)
    following = first_instant(day + ONE_DAY, zone)

    assert begins <= following
    assert local_day(begins - ONE_SECOND, zone) < day
    if begins < following:
        assert local_day(begins, zone) == day
    else:
        assert local_day(begins, zone) > day, "only a day that the zone left out takes no time"


@given(st.sampled_from(ZONES), st.integers(1900, 2037))
def test_local_days_begin_once_all_year(zone: str, year: int) -> None:
    for offset in range(366):
        begins_once(date(year, 1, 1) + timedelta(days=offset), zone)


@pytest.mark.parametrize("year", [2011, 2024], ids=["the year Apia left out a day", "a leap year"])
def test_local_days_begin_once_in_every_zone(year: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=offset) for offset in range(366)]

    for zone in ZONES:
        for day in days:
            begins_once(day, zone)
