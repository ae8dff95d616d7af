"""What is reported of counted services, and what is answered to each record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from billing import uses
from billing.uses import Outcome
from licensing.metered import Service

__all__ = ["Counted", "Outcome", "Record", "Why"]


class Why(StrEnum):
    """Why a record was refused: what `billing.uses.Why` names, and why a service does not run."""

    LIMIT = uses.Why.LIMIT
    KEY_REUSED = uses.Why.KEY_REUSED
    TOO_OLD = uses.Why.TOO_OLD
    AHEAD = uses.Why.AHEAD
    NOT_METERED = uses.Why.NOT_METERED
    NOT_STARTED = uses.Why.NOT_STARTED
    ENDED = uses.Why.ENDED
    TOO_MUCH = uses.Why.TOO_MUCH
    NO_ACCOUNT = "no_account"
    CLOSED = "account_closed"
    BLOCKED = "account_blocked"
    OFF = "switched_off"
    NO_LIMIT = "no_limit_chosen"
    NOT_SOLD = "not_sold"


# Neither is frozen: a batch makes 500 of each, and a frozen one takes four times as long to make.


@dataclass(slots=True)
class Record:
    """So much of a service was used in an account at an instant; ``key`` counts it once."""

    account_id: int
    service: Service
    key: str
    at: datetime
    quantity: int


@dataclass(slots=True)
class Counted:
    """What became of a record. ``limit`` is the use at which the service stops in a month.

    ``cycle`` is the first day of the month that it counts in, ``late`` that this is not the month
    of its instant, because that one is billed already. Of a refusal ``text`` says why in the
    reader's language.
    """

    record: Record
    outcome: Outcome
    cycle: date | None = None
    late: bool = False
    used: int | None = None
    limit: int | None = None
    left: int | None = None
    why: Why | None = None
    text: str = ""
