"""What each licence means in units: the arithmetic of the licensing module, without Django."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

FREE_RETENTION_DAYS: Final = 14
MONTHS_OF_A_UNIT: Final = 3


class Licence(StrEnum):
    """A licence type that people hold, by the code of its product. The cards stand in this order.

    What a queue's users need is named like the queue's channel.
    """

    VOICE = "voice"
    OUTBOUND = "outbound"
    EMAIL = "email"
    CHAT = "chat"
    SMS = "sms"
    SOCIAL = "social"
    BACK_OFFICE = "back-office"
    CLOUDPHONE = "cloudphone"


@dataclass(frozen=True, slots=True)
class Retention:
    """How long calls are kept: ``days`` up to 14, free of charge, or ``months`` in threes. LIC-8.

    ValueError for neither, both, or a length that is not sold.
    """

    months: int | None = None
    days: int | None = None

    def __post_init__(self) -> None:
        if (self.months is None) == (self.days is None):
            raise ValueError("A retention is a number of days or of months, exactly one of them.")
        if self.days is not None and not 1 <= self.days <= FREE_RETENTION_DAYS:
            raise ValueError(
                f"Calls are kept for 1 to {FREE_RETENTION_DAYS} days, or for months; "
                f"got {self.days} days."
            )
        if self.months is not None and (self.months < 1 or self.months % MONTHS_OF_A_UNIT):
            raise ValueError(
                f"Calls are kept for 3, 6, 9, 12, … months, got {self.months}. "
                f"Choose a multiple of {MONTHS_OF_A_UNIT}."
            )

    @property
    def units_of_a_user(self) -> int:
        """What one user counts as: months / 3, and nothing within the free days."""
        return 0 if self.months is None else self.months // MONTHS_OF_A_UNIT


def recording_units(users: int, retention: Retention) -> int:
    """The units of call recording that so many users need: users × months / 3. LIC-8, decision 12.

    Worked example: 4 users whose calls are kept for 9 months are 4 × 9 / 3 = 12 units; the same
    users with 14 days are none. ValueError for a number of users below zero.
    """
    if users < 0:
        raise ValueError(f"Expected a number of users of zero or more, got {users}.")
    return users * retention.units_of_a_user


def kept_since(retention: Retention, day: date) -> date:
    """The first day whose calls are still kept on the local day ``day``.

    Worked example: 3 months on 31 May 2026 keep calls from 28 February on.
    """
    if retention.days is not None:
        return day - timedelta(days=retention.days)
    year, month = divmod(day.year * 12 + day.month - 1 - (retention.months or 0), 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def outbound_beyond_voice(quantities: Mapping[str, int]) -> int:
    """How many outbound licences have no voice licence to stand on. LIC-6.

    Zero when all is well: there may never be more Outbound than Voice on an account.
    """
    return max(quantities.get(Licence.OUTBOUND, 0) - quantities.get(Licence.VOICE, 0), 0)
