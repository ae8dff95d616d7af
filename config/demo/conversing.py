"""What the demo's people do in Conversations: who is an agent, and figures of their last days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from accounts.access import Standing
from accounts.models import Account, Member
from config.demo.floors import Floor
from licensing import activity, assigning, seats
from licensing.activity import Reported
from licensing.models import Level


def let_in(here: Standing, floor: Floor, crew: Sequence[Member], *, at: datetime) -> None:
    """Give each their level, as the floor has it."""
    for places, level in ((floor.agents, Level.AGENT), (floor.viewers, Level.VIEWER)):
        for place in places:
            assigning.set_level(here=here, member_id=crew[place].pk, level=level, at=at)


@dataclass(frozen=True, slots=True)
class Conversed:
    """What the agents of an account did in the last 30 days, as the product would report it."""

    reference: str

    def do(self, at: datetime) -> None:
        account = Account.objects.get(reference=self.reference)
        days = list(_days(account, at))
        if days:
            activity.report(account_id=account.pk, days=days)


def _days(account: Account, at: datetime) -> Iterator[Reported]:
    """From 30 days ago until each was active last, without week-ends."""
    random = Random(f"seatledger conversations {account.reference}")
    for agent in seats.agents_of(account).select_related("member"):
        last = agent.member.last_active_at
        for ago in range(activity.DAYS):
            day = (at - timedelta(days=ago)).date()
            number = random.randrange(4, 19)
            answered = random.randrange(3, number)
            seconds = answered * random.randrange(35, 190)
            if last is not None and day <= last.date() and day.weekday() < 5:
                yield Reported(agent.member_id, day, number, answered, seconds)
