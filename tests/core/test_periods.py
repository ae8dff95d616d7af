"""Periods, cycles, anchor dates, and where local days begin."""

from datetime import UTC, date, datetime

import pytest

from billing.core.periods import Anchors, Cycles, Interval, Period, first_instant, local_day

JANUARY = Period(date(2026, 1, 1), date(2026, 2, 1))


def test_a_period_holds_its_first_day_and_not_its_end() -> None:
    assert date(2026, 1, 1) in JANUARY
    assert date(2026, 2, 1) not in JANUARY
    assert JANUARY.days == 31


def test_the_day_itself_is_left_too() -> None:  # PRICE-9
    assert JANUARY.days_from(date(2026, 1, 31)) == 1
    assert JANUARY.days_from(date(2026, 2, 1)) == 0


@pytest.mark.parametrize("day", [date(2025, 12, 31), date(2026, 2, 2)])
def test_nothing_is_left_from_a_day_outside(day: date) -> None:
    with pytest.raises(ValueError, match="outside"):
        JANUARY.days_from(day)


def test_a_period_cannot_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="cannot end"):
        Period(date(2026, 1, 2), date(2026, 1, 1))


@pytest.mark.parametrize(
    ("start", "interval", "anchor_day", "opens"),
    [
        ("2026-01-31", Interval.MONTH, None, ["2026-01-31", "2026-02-28", "2026-03-31"]),
        ("2024-01-30", Interval.MONTH, None, ["2024-01-30", "2024-02-29", "2024-03-30"]),
        ("2026-02-28", Interval.MONTH, 31, ["2026-02-28", "2026-03-31", "2026-04-30"]),
        ("2026-02-27", Interval.MONTH, 31, ["2026-02-27", "2026-02-28", "2026-03-31"]),
        ("2025-12-15", Interval.MONTH, 1, ["2025-12-15", "2026-01-01", "2026-02-01"]),
        ("2024-02-29", Interval.YEAR, None, ["2024-02-29", "2025-02-28", "2026-02-28"]),
        ("2027-02-28", Interval.YEAR, None, ["2027-02-28", "2028-02-28", "2029-02-28"]),
    ],
)
def test_the_wished_day_returns_after_short_months(
    start: str, interval: Interval, anchor_day: int | None, opens: list[str]
) -> None:  # PRICE-9
    cycles = Cycles(date.fromisoformat(start), interval, anchor_day)

    assert [str(cycles.nth(number).period.start) for number in range(3)] == opens


def test_a_first_part_cycle_knows_its_whole() -> None:
    first = Cycles(date(2026, 3, 17), Interval.MONTH, 1).nth(0)

    assert first.period == Period(date(2026, 3, 17), date(2026, 4, 1))
    assert first.whole == Period(date(2026, 3, 1), date(2026, 4, 1))


def test_a_day_is_found_in_its_cycle() -> None:
    cycles = Cycles(date(2026, 1, 20), Interval.MONTH, 31)

    assert cycles.holding(date(2026, 2, 27)).number == 1
    assert cycles.holding(date(2026, 2, 28)).number == 2
    with pytest.raises(ValueError, match="before the first cycle"):
        cycles.holding(date(2026, 1, 19))
    with pytest.raises(ValueError, match="numbered from 0"):
        cycles.nth(-1)


@pytest.mark.parametrize(
    ("interval", "anchor_day"), [(Interval.YEAR, 5), (Interval.MONTH, 0), (Interval.MONTH, 32)]
)
def test_an_impossible_anchor_is_refused(interval: Interval, anchor_day: int) -> None:
    with pytest.raises(ValueError, match="anchor"):
        Cycles(date(2026, 1, 1), interval, anchor_day)


def test_anchors_last_at_least_a_month() -> None:
    with pytest.raises(ValueError, match="one month"):
        Anchors(date(2026, 1, 1), 1, 0)


@pytest.mark.parametrize(
    ("zone", "day", "begins"),
    [
        ("Europe/Prague", "2026-03-01", "2026-02-28T23:00"),
        ("Asia/Kathmandu", "2026-02-01", "2026-01-31T18:15"),
        # Clocks skip midnight: the day begins at 01:00.
        ("America/Santiago", "2024-09-08", "2024-09-08T04:00"),
        ("Africa/Cairo", "2024-04-26", "2024-04-25T22:00"),
        # Clocks go back over midnight: it comes twice, and the day begins with the first.
        ("America/Havana", "2024-11-03", "2024-11-03T04:00"),
        # Clocks went from 23:59:59 to 23:00 the evening before: midnight comes once, later.
        ("America/Santiago", "2024-04-07", "2024-04-07T04:00"),
        # The gap began half an hour before midnight.
        ("America/Toronto", "1919-03-31", "1919-03-31T04:30"),
        # The zone left the day out: it has begun when the next one has.
        ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00"),
        ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00"),
    ],
)
def test_a_local_day_begins_at_its_first_instant(zone: str, day: str, begins: str) -> None:
    assert first_instant(date.fromisoformat(day), zone) == datetime.fromisoformat(begins + "+00:00")


def test_an_instant_belongs_to_the_local_day() -> None:
    instant = datetime(2026, 2, 28, 23, 30, tzinfo=UTC)

    assert local_day(instant, "Europe/Prague") == date(2026, 3, 1)
    assert local_day(instant, "America/New_York") == date(2026, 2, 28)


def test_an_instant_without_an_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        local_day(datetime(2026, 1, 1), "UTC")  # noqa: DTZ001 # that it has none is the point


@pytest.mark.parametrize("zone", ["", "Prague", "../etc/passwd", "Europe", "localtime", "Factory"])
def test_an_unknown_zone_is_refused(zone: str) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        first_instant(date(2026, 1, 1), zone)
