"""Parts of cycles, and what is due by a day."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from billing.core.due import ImpossibleDates, cycle_shares, due, period_billed_on
from billing.core.money import to_minor_unit
from billing.core.periods import Anchors, Cycles, Interval, Period
from billing.core.pricing import Timing
from billing.core.proration import prorate, share_from, share_of

START = date(2026, 1, 31)
ANCHORS = Anchors(START, 31)


def test_the_days_left_are_charged_with_the_day_of_the_change() -> None:  # PRICE-9
    share = share_from(Cycles(START, Interval.MONTH).nth(0), date(2026, 2, 10))

    assert share == (18, 28)
    assert to_minor_unit(prorate(Decimal("38.00"), *share), "EUR") == Decimal("24.43")


def test_a_first_part_cycle_is_divided_by_its_whole() -> None:  # PRICE-9
    first = Cycles(date(2026, 3, 17), Interval.MONTH, 1).nth(0)

    assert share_from(first, first.period.start) == (15, 31)


def test_nothing_can_be_divided_by_no_day() -> None:
    with pytest.raises(ValueError, match="one day or more"):
        share_of(Period(START, START), Period(START, START))
    with pytest.raises(ValueError, match="above zero"):
        prorate(1, 1, 0)


@pytest.mark.parametrize(
    ("target", "timing", "billed_to", "next_anchor"),
    [
        ("2026-01-31", Timing.ADVANCE, "2026-02-28", "2026-03-31"),
        ("2026-02-28", Timing.ADVANCE, "2026-03-31", "2026-04-30"),
        ("2026-02-27", Timing.ARREARS, "2026-01-31", "2026-02-28"),
        ("2026-02-28", Timing.ARREARS, "2026-02-28", "2026-03-31"),
    ],
)
def test_what_is_due_follows_the_timing(
    target: str, timing: Timing, billed_to: str, next_anchor: str
) -> None:
    found = due(ANCHORS, start=START, end=None, target=date.fromisoformat(target), timing=timing)

    assert (str(found.billed_to), str(found.next_anchor)) == (billed_to, next_anchor)


def test_before_the_first_anchor_nothing_is_due_in_arrears() -> None:
    started = date(2026, 2, 3)

    found = due(ANCHORS, start=started, end=None, target=started, timing=Timing.ARREARS)

    assert found.billed_to is None
    assert found.next_anchor == found.first_anchor == date(2026, 2, 28)


@pytest.mark.parametrize(("end", "target"), [("2026-01-30", "2026-03-01"), (None, "2026-01-30")])
def test_an_impossible_order_of_dates_is_refused(end: str | None, target: str) -> None:
    ends = date.fromisoformat(end) if end else None

    with pytest.raises(ImpossibleDates):
        due(
            ANCHORS, start=START, end=ends, target=date.fromisoformat(target), timing=Timing.ADVANCE
        )


def test_a_period_is_counted_in_the_cycles_it_lies_in() -> None:
    shares = cycle_shares(Period(date(2026, 2, 14), date(2026, 4, 1)), ANCHORS)

    assert shares == (Fraction(14, 28), Fraction(1), Fraction(1, 30))


def test_other_books_measure_a_part_from_the_anchor_beside_it() -> None:
    period = Period(date(2026, 2, 14), date(2026, 3, 1))

    assert cycle_shares(period, ANCHORS) == (Fraction(14, 28), Fraction(1, 31))
    assert cycle_shares(period, ANCHORS, aligned=False) == (Fraction(14, 31), Fraction(1, 28))


def test_a_day_bills_the_cycle_that_opens_or_the_one_that_ended() -> None:
    day, start = date(2026, 3, 5), date(2026, 2, 3)
    billed = [period_billed_on(day, ANCHORS, start=start, timing=timing) for timing in Timing][:2]

    assert billed[0] == Period(date(2026, 2, 28), date(2026, 3, 31))
    assert billed[1] == Period(start, date(2026, 2, 28))
    with pytest.raises(ImpossibleDates):
        period_billed_on(start, ANCHORS, start=start, timing=Timing.ARREARS)
