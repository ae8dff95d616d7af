"""What this floor asks the floors above: what follows, what speaks against it, who holds what.

Functions that settings name answer. But for `follow` they do nothing: the answers are words.

Nothing above is imported here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, TypeAlias

from django.conf import settings
from django.utils.module_loading import import_string

from accounts.deeds import Doer
from accounts.models import Account, Member


@dataclass(frozen=True, slots=True)
class Planned:
    """Members of one account that are about to get another status at the instant ``at``.

    ``reads_amounts`` says whether the answer's reader may know what the payer pays (RSL-2, AGY-3).
    ``billing_role`` True or False: they are about to get that role, or to lose it, besides. Who is
    yet to be added is no row: they have no id, and no entry in the log.
    """

    account: Account
    members: tuple[Member, ...]
    becomes: str
    at: datetime
    reads_amounts: bool
    billing_role: bool | None = None


class Tone(StrEnum):
    """How a consequence is shown."""

    COSTS = "costs"
    SAVES = "saves"
    RELEASES = "releases"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Consequence:
    """One thing that follows, as a sentence in the reader's language, amounts and dates in it.

    ``amount`` is what the button says besides, where it costs: "24.00 € a month". ``nothing``: it
    says that the same is paid as before, and is left out where another answer costs or saves.
    """

    text: str
    tone: Tone = Tone.NOTE
    amount: str = ""
    nothing: bool = False

    @property
    def costs(self) -> bool:
        """Whether the account pays more because of it: a visit of support then asks a reason."""
        return self.tone is Tone.COSTS


Refuses: TypeAlias = Callable[[Planned], Sequence[str]]
Follows: TypeAlias = Callable[..., None]
Foresees: TypeAlias = Callable[[Planned], Sequence[Consequence]]
Holds: TypeAlias = Callable[[Sequence[Member]], dict[int, list[str]]]
Levels: TypeAlias = Callable[..., dict[int, list[str]]]


def consequences(planned: Planned) -> list[Consequence]:
    """What follows from a change of status, as all functions of ``ACCOUNTS_CONSEQUENCES`` say."""
    asked: list[Foresees] = _functions(tuple(settings.ACCOUNTS_CONSEQUENCES))
    found = [one for function in asked for one in function(planned)]
    moves = any(one.tone in {Tone.COSTS, Tone.SAVES} for one in found)
    return [one for one in found if not (moves and one.nothing)]


def refusals(planned: Planned) -> list[str]:
    """What speaks against a change of status, as all functions of ``ACCOUNTS_STATUS_RULES`` say.

    Each is a sentence in the reader's language: what is so and what to do next.
    """
    asked: list[Refuses] = _functions(tuple(settings.ACCOUNTS_STATUS_RULES))
    return [found for function in asked for found in function(planned)]


def follow(account_id: int, *, at: datetime, by: Doer) -> None:
    """Let all functions of ``ACCOUNTS_FOLLOWS`` write down what follows from who is at work now.

    Belongs into the transaction of the deed, after it was done.
    """
    asked: list[Follows] = _functions(tuple(settings.ACCOUNTS_FOLLOWS))
    for function in asked:
        function(account_id, at=at, by=by)


def holdings(members: Sequence[Member]) -> dict[int, list[str]]:
    """What each member holds (by id), in words, as all functions of ``ACCOUNTS_HOLDINGS`` say.

    Costs a fixed number of queries however many members there are.
    """
    found: dict[int, list[str]] = {member.pk: [] for member in members}
    asked: list[Holds] = _functions(tuple(settings.ACCOUNTS_HOLDINGS))
    for function in asked:
        for member_id, words in function(members).items():
            found[member_id] += words
    return found


def levels(account: Account, members: Sequence[Member], *, at: datetime) -> dict[int, list[str]]:
    """What these members of one account use as what, as all functions of ``DESK_LEVELS`` say.

    In the words of the desk, by id; who uses nothing is left out. A fixed number of queries.
    """
    found: dict[int, list[str]] = {}
    asked: list[Levels] = _functions(tuple(settings.DESK_LEVELS))
    for function in asked:
        for member_id, words in function(account, members, at=at).items():
            found.setdefault(member_id, []).extend(words)
    return found


@cache
def _functions(paths: tuple[str, ...]) -> Any:
    return [import_string(path) for path in paths]
