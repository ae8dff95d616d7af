"""The services that are counted: which product each is, what switches it on, where it stops.

All four are products of the catalogue, so this file is pure: how many minutes are included and how
much a pack covers is said by the price. LIC-9, LIC-10.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

THRESHOLDS: Final = (50, 75, 90, 100)
"""At how many percent of its limit a service warns; the last is where it stops. LIC-11."""

_WHOLE: Final = 100


class Service(StrEnum):
    """A counted service, by the code of its metered product. The pages name them in this order."""

    SPEECH_TO_TEXT = "speech-to-text-minutes"
    SMART_ROUTING = "smart-routing"
    AI_TOPICS = "ai-topics"
    AI_QA = "ai-qa"


class Switch(StrEnum):
    """A product of which an account has one or none: its services run while it has one."""

    SPEECH_TO_TEXT = "speech-to-text"
    POWER_PACK = "power-packs"


SWITCHES: Final[Mapping[Service, Switch]] = {
    Service.SPEECH_TO_TEXT: Switch.SPEECH_TO_TEXT,
    Service.SMART_ROUTING: Switch.POWER_PACK,
    Service.AI_TOPICS: Switch.POWER_PACK,
    Service.AI_QA: Switch.POWER_PACK,
}


def services_of(switch: Switch) -> tuple[Service, ...]:
    """What runs while this switch is on."""
    return tuple(service for service in Service if SWITCHES[service] is switch)


def needs_choice(service: Service) -> bool:
    """Whether a limit, or explicitly none, has to be chosen before the service runs. LIC-9.

    Speech-to-text without one has none (LIC-10).
    """
    return SWITCHES[service] is Switch.POWER_PACK


def stops_at(limit: int | None, *, allowance: int, size: int | None) -> int | None:
    """At how much use of a month a service stops; None where nothing stops it.

    ``limit`` is what a customer types: packs of ``size`` where there are packs, else what may be
    used over the ``allowance``. Worked examples: 2,000 minutes over a base of 5,000 stop at 7,000,
    and 0 at 5,000; 3 packs of 1,000 e-mails stop at 3,000. ValueError below zero.
    """
    if limit is None:
        return None
    if limit < 0:
        raise ValueError(f"A limit is zero or more, got {limit}.")
    return allowance + limit * (size or 1)


def packs_used(used: int, *, allowance: int, size: int) -> int:
    """How many packs so much use needs: a part of one counts whole."""
    return -(-max(used - allowance, 0) // size)


def percent_of(used: int, stop: int | None) -> int | None:
    """How much of the limit is used, in whole percent, rounded down; None without a limit.

    Of a limit of zero everything is used.
    """
    if stop is None:
        return None
    return used * _WHOLE // stop if stop else _WHOLE


def threshold_reached(used: int, stop: int | None) -> int:
    """The highest of `THRESHOLDS` that is reached; zero below the lowest, and without a limit."""
    percent = percent_of(used, stop)
    return 0 if percent is None else max((one for one in THRESHOLDS if percent >= one), default=0)
