"""What licences mean in units."""

import pytest

from licensing.cards import Retention, outbound_beyond_voice, recording_units


@pytest.mark.parametrize(
    ("users", "months", "units"),
    [(4, 3, 4), (4, 6, 8), (4, 9, 12), (1, 12, 4), (0, 9, 0), (250, 36, 3000)],
)
def test_recording_counts_users_times_months_by_three(users, months, units):  # LIC-8
    assert recording_units(users, Retention(months=months)) == units


@pytest.mark.parametrize("days", [1, 7, 14])
def test_two_weeks_of_recordings_cost_no_unit(days):  # LIC-8
    assert recording_units(50, Retention(days=days)) == 0


@pytest.mark.parametrize(
    "length",
    [{}, {"months": 3, "days": 14}, {"months": 4}, {"months": 0}, {"months": -3}, {"days": 15},
     {"days": 0}],
)  # fmt: skip
def test_a_retention_that_is_not_sold_is_refused(length):  # LIC-8
    with pytest.raises(ValueError, match=r"got|exactly one"):
        Retention(**length)


def test_there_are_no_users_below_zero():
    with pytest.raises(ValueError, match="got -1"):
        recording_units(-1, Retention(months=3))


@pytest.mark.parametrize(
    ("held", "beyond"),
    [
        ({"voice": 5, "outbound": 5}, 0),
        ({"voice": 5, "outbound": 7}, 2),
        ({"outbound": 1}, 1),
        ({"voice": 3}, 0),
    ],
)
def test_outbound_stands_on_voice(held, beyond):  # LIC-6
    assert outbound_beyond_voice(held) == beyond
