"""What is reported of metered use, and what is answered to each report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from billing.models import Item

KEPT: Final = timedelta(days=90)
"""How long a key is known; what is older could have been counted, so it is refused. Decision 19."""

AHEAD: Final = timedelta(minutes=5)
"""How far the caller's clock may be ahead of ours."""


class KeyReused(ValueError):
    """A key that has counted another use already: the caller has to choose a new one."""


class Outcome(StrEnum):
    """What became of a report: counted now, counted before, or not counted."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


class Why(StrEnum):
    """Why a report was refused."""

    LIMIT = "limit"
    KEY_REUSED = "key_reused"
    TOO_OLD = "too_old"
    AHEAD = "ahead"
    NOT_METERED = "not_metered"
    NOT_STARTED = "not_started"
    ENDED = "ended"
    TOO_MUCH = "too_much"


# None is frozen: a batch makes 500 of each, and a frozen one takes four times as long to make.


@dataclass(slots=True)
class Use:
    """One report: so much of ``item`` was used at ``at``.

    ``item`` comes with its subscription and product. ``limit`` is the most that the meter of a
    cycle may stand at, None where nothing stops it; it is the same for all uses of an item.
    """

    item: Item
    key: str
    at: datetime
    quantity: int
    limit: int | None = None

    @property
    def body(self) -> tuple[int, datetime, int]:
        """What the key stands for: another body is another use."""
        return self.item.pk, self.at, self.quantity


@dataclass(slots=True)
class Report:
    """A use of a product as it was reported, whatever the account holds of it now."""

    account_id: int
    product: str
    key: str
    at: datetime
    quantity: int
    limit: int | None = None


@dataclass(slots=True)
class Answer:
    """What became of one report.

    ``cycle`` is the first day of the cycle that it was counted in, or would have been; ``late``
    says that this is not the cycle of its instant, because that one was billed. ``used`` is what
    the meter of that cycle stood at after it, ``limit`` where it stops. Of a refusal ``why`` names
    the reason for programs and ``text`` says it in the reader's language.
    """

    outcome: Outcome
    cycle: date | None = None
    late: bool = False
    used: int | None = None
    limit: int | None = None
    why: str = ""
    text: str = ""

    @property
    def left(self) -> int | None:
        """How much more fits into the cycle; None without a limit."""
        if self.limit is None or self.used is None:
            return None
        return max(self.limit - self.used, 0)
