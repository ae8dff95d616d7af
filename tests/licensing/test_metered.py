"""Where counted services stop: the arithmetic of limits, without a database."""

from typing import Any

import pytest

from config.demo.catalogue import offers
from licensing.metered import (
    SWITCHES,
    Service,
    Switch,
    needs_choice,
    packs_used,
    percent_of,
    services_of,
    stops_at,
    threshold_reached,
)

MINUTES: dict[str, Any] = {"allowance": 5000, "size": None}
MAILS: dict[str, Any] = {"allowance": 0, "size": 1000}


@pytest.mark.parametrize(
    ("limit", "price", "stop"),
    [
        (2000, MINUTES, 7000),
        (0, MINUTES, 5000),
        (None, MINUTES, None),
        (3, MAILS, 3000),
        (0, MAILS, 0),
        (None, MAILS, None),
        (2, {"allowance": 0, "size": 200}, 400),
    ],
)
def test_a_limit_as_it_is_typed_becomes_the_use_at_which_it_stops(limit, price, stop):
    # LIC-9, LIC-10
    assert stops_at(limit, **price) == stop


def test_a_limit_below_zero_is_a_mistake():
    with pytest.raises(ValueError, match="zero or more, got -1"):
        stops_at(-1, **MINUTES)


def test_a_part_of_a_pack_counts_whole():  # LIC-9
    assert [packs_used(used, **MAILS) for used in (0, 1, 1000, 1001)] == [0, 1, 1, 2]
    assert packs_used(200, allowance=0, size=200) == 1


def test_thresholds_are_reached_and_not_before():  # LIC-11
    assert [threshold_reached(used, 7000) for used in (3499, 3500, 5250, 6299, 6300, 7000)] == [
        *(0, 50, 75, 75, 90, 100),
    ]  # fmt: skip


def test_of_a_limit_of_zero_everything_is_used_and_of_none_nothing():
    assert (percent_of(0, 0), threshold_reached(0, 0)) == (100, 100)
    assert (percent_of(10**9, None), threshold_reached(10**9, None)) == (None, 0)


def test_every_service_has_its_switch_and_packs_need_a_choice():  # LIC-9, LIC-10
    assert set(SWITCHES) == set(Service)
    assert services_of(Switch.SPEECH_TO_TEXT) == (Service.SPEECH_TO_TEXT,)
    assert len(services_of(Switch.POWER_PACK)) == 3
    assert [one for one in Service if not needs_choice(one)] == [Service.SPEECH_TO_TEXT]


def test_a_pack_of_the_demo_covers_and_costs_what_is_published():  # LIC-1, LIC-9
    packs = {
        one.code: (one.rules["size"], {listed.currency: listed.amount for listed in one.prices})
        for one in offers()
        if one.code in set(Service) and "size" in one.rules
    }

    assert {code: (size, costs["EUR"]) for code, (size, costs) in packs.items()} == {
        **{"smart-routing": (1000, "25"), "ai-topics": (1000, "25"), "ai-qa": (200, "25")},
    }
