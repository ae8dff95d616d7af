"""Who holds which licence, and why: the declared rules of LIC-7, without Django.

What somebody works as and the queues they are logged in to make claims; claims to the same licence
share one, and the last one that ends sets it free.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from licensing.cards import Licence

CONTACT_CENTRE: Final = "contact_centre"
BACK_OFFICE: Final = "back_office"
CLOUDPHONE: Final = "cloudphone"


@dataclass(frozen=True, slots=True)
class Login:
    """A queue that somebody is logged in to: its name and channel, and whether it calls out."""

    queue: str
    channel: str
    outbound: bool = False


@dataclass(frozen=True, slots=True)
class Worker:
    """What a member works as. Only ``working`` people hold licences: active ones, never bots."""

    type: str
    working: bool = True
    calls_without_queue: bool = False
    logins: tuple[Login, ...] = ()


class Through(StrEnum):
    """What gives somebody a licence."""

    QUEUE = "queue"
    TYPE = "type"
    RIGHT = "right"  # that of calling without a queue


@dataclass(frozen=True, slots=True)
class Reason:
    """One claim to a licence; ``queue`` names the queue of a login."""

    through: Through
    queue: str = ""


@dataclass(frozen=True, slots=True)
class Holding:
    """One licence that somebody holds, and all the claims that share it."""

    licence: Licence
    reasons: tuple[Reason, ...]


def holdings(worker: Worker) -> tuple[Holding, ...]:
    """What somebody holds, at most one licence of a type, in the order of the cards."""
    reasons: dict[Licence, list[Reason]] = {}
    for licence, reason in _claims(worker) if worker.working else ():
        reasons.setdefault(licence, []).append(reason)
    return tuple(Holding(one, tuple(reasons[one])) for one in Licence if one in reasons)


def in_use(workers: Iterable[Worker]) -> Counter[Licence]:
    """How many licences of each type these people hold together."""
    return Counter(holding.licence for worker in workers for holding in holdings(worker))


def lacks_channel(worker: Worker) -> bool:
    """Whether somebody works in the contact centre without the channel licence that they need."""
    return worker.working and worker.type == CONTACT_CENTRE and not worker.logins


def _claims(worker: Worker) -> Iterator[tuple[Licence, Reason]]:
    """Each licence that something about this worker needs, as often as something needs it."""
    for login in worker.logins:
        reason = Reason(Through.QUEUE, login.queue)
        yield Licence(login.channel), reason
        # A queue that calls out is a voice queue, so whoever needs Outbound has Voice (LIC-6).
        if login.outbound:
            yield Licence.OUTBOUND, reason
    if worker.type == BACK_OFFICE:
        yield Licence.BACK_OFFICE, Reason(Through.TYPE)
        if worker.calls_without_queue:
            yield Licence.CLOUDPHONE, Reason(Through.RIGHT)
    if worker.type == CLOUDPHONE:
        yield Licence.CLOUDPHONE, Reason(Through.TYPE)
