"""Peaks, metered use and who counts as a billable member."""

from datetime import UTC, date, datetime

import pytest

from billing.core.members import MemberStatus, is_billable
from billing.core.metering import above_allowance
from billing.core.peak import newly_paid, peak

FEBRUARY = {"start": date(2026, 2, 1), "end": date(2026, 3, 1)}


@pytest.mark.parametrize(
    ("levels", "highest"),
    [
        ([], 0),
        ([(12, 9), (20, 4)], 9),
        ([(5, 3), (6, 8), (7, 3), (8, 8)], 8),
        ([(1, 4)], 4),
    ],
)
def test_the_highest_number_of_the_cycle_counts(
    levels: list[tuple[int, int]], highest: int
) -> None:  # PRICE-3
    assert peak([(date(2026, 2, on), quantity) for on, quantity in levels], **FEBRUARY) == highest


def test_the_quantity_carried_in_counts_until_it_is_replaced() -> None:
    carried = (date(2026, 1, 9), 7)

    assert peak([carried, (date(2026, 2, 2), 5)], **FEBRUARY) == 7
    assert peak([carried, (date(2026, 2, 1), 5)], **FEBRUARY) == 5
    assert peak([carried, (date(2026, 3, 1), 9)], **FEBRUARY) == 7


def test_a_peak_of_one_minute_counts() -> None:
    noon = datetime(2026, 2, 3, 12, tzinfo=UTC)
    levels = [(noon, 2), (noon.replace(minute=1), 9), (noon.replace(minute=2), 2)]

    assert peak(levels, start=noon.replace(hour=0), end=noon.replace(hour=23)) == 9


@pytest.mark.parametrize(
    ("quantities", "paid", "added"),
    [
        ([10, 5, 15], 0, [10, 0, 5]),
        ([3, 2, 3], 0, [3, 0, 0]),
        ([3, 6], 5, [0, 1]),
        ([], 2, []),
    ],
)
def test_what_is_paid_is_not_paid_again(
    quantities: list[int], paid: int, added: list[int]
) -> None:  # PRICE-5, RSL-9
    assert newly_paid(quantities, paid=paid) == added


@pytest.mark.parametrize(("used", "charged"), [(5200, 200), (5000, 0), (12, 0)])
def test_only_use_above_the_allowance_is_charged(used: int, charged: int) -> None:  # PRICE-3
    assert above_allowance(used, 5000) == charged


def test_only_active_people_are_billable() -> None:  # PRICE-3
    assert [status for status in MemberStatus if is_billable(status)] == [MemberStatus.ACTIVE]
    assert not is_billable(MemberStatus.ACTIVE, bot=True)
    assert not is_billable(MemberStatus.ACTIVE, billing_role=True)
