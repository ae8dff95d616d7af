"""Billable members of a product that is held from within a cycle on."""

from datetime import date, timedelta
from typing import Any

import pytest

from billing.core.bill import Happened, Pin, changes_so_far
from billing.core.periods import INSTANT
from billing.core.pricing import Basis
from tests.core.subscription import JANUARY, Subscription, at, joins, leaves, price, told

MEMBERS: dict[str, Any] = {"basis": Basis.MEMBERS}
TEN_FEBRUARY = date(2026, 2, 10)


def held_on(day: date, hour: int = 12) -> Subscription:
    """Three members from the first opening on; their places are charged from `day` on."""
    agents = Subscription([Pin("agent", price("24.00", **MEMBERS), day, at=at(day, hour))])
    agents.opens(members=[joins(JANUARY, f"member {one}", hour=0) for one in range(3)])
    return agents


def test_a_member_back_from_suspension_takes_the_place_it_had() -> None:  # RSL-9
    agents = held_on(TEN_FEBRUARY)

    opening = agents.opens(members=[leaves(date(2026, 2, 12)), joins(date(2026, 2, 13))])

    assert told(opening.lines) == [("members", 3, "72.00")]


def test_a_member_above_those_who_were_there_is_charged() -> None:  # RSL-9
    agents = held_on(TEN_FEBRUARY)

    opening = agents.opens(
        members=[
            leaves(date(2026, 2, 12)),
            joins(date(2026, 2, 13)),
            joins(date(2026, 2, 14), "fourth"),
        ]
    )

    assert told(opening.lines) == [("proration", 1, "12.00"), ("members", 4, "96.00")]
    assert opening.lines[0].because == ("fourth",)


def test_who_comes_before_a_product_is_held_is_counted_at_the_next_opening() -> None:  # RSL-9
    agents = held_on(TEN_FEBRUARY)

    opening = agents.opens(members=[joins(date(2026, 2, 9)), leaves(date(2026, 2, 11))])

    assert told(opening.lines) == [("members", 3, "72.00")]


@pytest.mark.parametrize("later", [INSTANT, timedelta(seconds=1)])
def test_held_just_after_an_opening_charges_nobody_who_was_there(later: timedelta) -> None:
    """Members whose log was not read at the opening are known from the instant after it on."""
    agents = Subscription([])
    agents.opens()
    held = at(JANUARY, 0) + later
    agents.pins = [Pin("agent", price("24.00", **MEMBERS), JANUARY, at=held)]
    there = [joins(JANUARY, f"member {one}", hour=0) for one in range(10)]
    known = [type(one)(at(JANUARY, 0) + INSTANT, one.day, one.step, one.ref) for one in there]

    opening = agents.opens(members=known)

    assert told(opening.lines) == [("members", 10, "240.00")]


def test_places_that_are_paid_are_known_before_a_member_comes() -> None:
    agents = held_on(TEN_FEBRUARY)

    _, now = changes_so_far(
        agents.state,
        cycle=agents.cycles.nth(0),
        happened=Happened(members=[leaves(date(2026, 2, 12))]),
        pins=agents.pins,
        products=agents.products,
        currency="EUR",
    )

    assert (now.members, now.items["agent"].paid) == (2, 3)
