"""The state in which a subscription is taken over: its log folded up to the last opening billed."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from billing.book.history import SubscriptionHistory
from billing.core.bill import Change, Happened, MemberChange, bill
from billing.core.state import State

Happening = TypeVar("Happening", Change, MemberChange)


@dataclass(frozen=True, slots=True)
class Log:
    """What happened to a subscription, oldest first: its changes and its account's members."""

    changes: Sequence[Change]
    members: Sequence[MemberChange]


def state_at_opening(subscription: SubscriptionHistory, log: Log, *, number: int) -> State:
    """What is true right after the opening of cycle ``number``.

    Every cycle up to it is folded by the core, one after the other, as the run would have done
    (decision 5); what they would have charged is left out.
    """
    fold = _Fold(subscription, log)
    while fold.number < number:
        fold.open_next(number)
    return fold.state


class _Fold:
    """The openings of one subscription, one after the other."""

    def __init__(self, subscription: SubscriptionHistory, log: Log) -> None:
        self.subscription = subscription
        self.openings = subscription.openings
        self.products = [item.sold.code for item in subscription.items]
        self.pins = [pin for item in subscription.items for pin in item.log.pins]
        self.changes = deque(log.changes)
        first_at = self.openings.opens_at(0)
        # Who was there before the subscription began is there when it opens.
        self.members = deque(
            replace(one, at=first_at) if one.at < first_at else one for one in log.members
        )
        self.state = State.nothing()
        self.number = -1

    def open_next(self, last: int) -> None:
        """Open the next cycle, or the last of a row in which nothing changes."""
        opens_at = self.openings.opens_at(self.number + 1)
        happened = Happened(_taken(self.changes, opens_at), _taken(self.members, opens_at))
        before = self.state
        self.state = bill(
            before,
            ended=self.openings.cycle(self.number) if self.number >= 0 else None,
            opens=self.openings.cycle(self.number + 1),
            opens_at=opens_at,
            happened=happened,
            pins=self.pins,
            products=self.products,
            currency=self.subscription.currency,
        ).state
        self.number += 1
        quiet = not (happened.changes or happened.members)
        if quiet and self.state == before:
            # Nothing happened and the opening changed nothing: neither will those that follow
            # until something happens again.
            self.number = max(self.number, min(last, self._quiet_until()))

    def _quiet_until(self) -> int:
        """The number of the last opening before anything more happens."""
        ahead = [log[0].at for log in (self.changes, self.members) if log]
        if not ahead:
            return sys.maxsize
        number = self.openings.number_at(min(ahead))
        return number - 1 if self.openings.opens_at(number) == min(ahead) else number


def _taken(log: deque[Happening], until: datetime) -> list[Happening]:
    """What happened up to and with this instant, taken off the log."""
    found = []
    while log and log[0].at <= until:
        found.append(log.popleft())
    return found
