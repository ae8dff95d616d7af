"""What the demo's call centres use of the counted services, and where they let them stop."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Final

from accounts import access, inbox
from accounts.access import Standing
from accounts.models import Account, Member, User
from licensing import limits, usage
from licensing.metered import Service
from licensing.usage import Counted, Outcome, Record, Why

STT, ROUTING, TOPICS, QA = Service
# What each reports in a week: from, and up to but without.
WEEKLY: Final = {
    ("C-121", TOPICS): (300, 1300),
    ("C-121", QA): (40, 130),
    ("C-122", ROUTING): (500, 1500),
    ("C-122", TOPICS): (100, 700),
    ("C-122", QA): (20, 90),
}
# Chosen on the first day, as they are typed: minutes over the base, or packs.
CHOSEN: Final = {
    "C-121": {STT: 3000, ROUTING: None, TOPICS: 3, QA: 1},
    "C-122": {STT: 0, ROUTING: 4, TOPICS: None, QA: 1},
}
# Raised in the ninth month, because it stopped too often.
RAISED: Final = {"C-121": (QA, 2)}
# What has stopped on the last day.
STOPPED: Final = {"C-121": QA}


@dataclass(frozen=True, slots=True)
class Uses:
    """A report of use; of what does not fit any more, what does."""

    reference: str
    service: Service
    quantity: int

    def do(self, at: datetime) -> None:
        answer = _report(self.reference, self.service, self.quantity, at=at)
        if answer.why is Why.LIMIT and answer.left:
            _report(self.reference, self.service, answer.left, at=at, key="rest")


@dataclass(frozen=True, slots=True)
class UsesUp:
    """All that is left of a limit is used, and one more is refused."""

    reference: str
    service: Service

    def do(self, at: datetime) -> None:
        answer = _report(self.reference, self.service, 1, at=at, key="last")
        while answer.outcome is Outcome.ACCEPTED and answer.left is not None:
            answer = _report(self.reference, self.service, answer.left or 1, at=at,
                             key=f"last {answer.left}")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Limits:
    """The primary account admin chooses where a service stops."""

    reference: str
    service: Service
    over: int | None

    def do(self, at: datetime) -> None:
        here = _first_of(self.reference)
        limits.set_limit(here=here, service=self.service, over=self.over, at=at)


@dataclass(frozen=True, slots=True)
class ReadsTheBell:
    """Everybody of the account has read what they were told until now."""

    reference: str

    def do(self, at: datetime) -> None:
        for person in User.objects.filter(members__account__reference=self.reference):
            inbox.mark_read(person=person, at=at)


Metering = Uses | UsesUp | Limits | ReadsTheBell


def weekly(reference: str, service: Service, random: Random) -> tuple[int, ...]:
    """Three reports of a month."""
    bounds = WEEKLY.get((reference, service))
    return tuple(random.randrange(*bounds) for _ in range(3)) if bounds else ()


def steps(
    reference: str, *, begins: date, months: list[date], on: date
) -> Iterator[tuple[date, int, Metering]]:
    """On which day and at which hour limits are chosen, raised and used up."""
    for service, over in CHOSEN.get(reference, {}).items():
        yield begins, 8, Limits(reference, service, over)
    if reference in RAISED:
        service, over = RAISED[reference]
        yield months[8] + timedelta(days=16), 11, Limits(reference, service, over)
    if reference in CHOSEN:
        yield on - timedelta(days=12), 8, ReadsTheBell(reference)
    if reference in STOPPED:
        yield on - timedelta(days=1), 20, UsesUp(reference, STOPPED[reference])


def _report(
    reference: str, service: Service, quantity: int, *, at: datetime, key: str = ""
) -> Counted:
    account_id = Account.objects.values_list("pk", flat=True).get(reference=reference)
    name = f"{service}-{at:%Y-%m-%d}{key and f' {key}'}"
    [answer] = usage.count([Record(account_id, service, name, at, quantity)], now=at)
    return answer


def _first_of(reference: str) -> Standing:
    member = Member.objects.get(account__reference=reference, primary_admin=True)
    here = None if member.user is None else access.standing(member.user, member.account_id)
    if here is None:
        raise ValueError(f"expected the first of {reference} to stand in it")
    return here
