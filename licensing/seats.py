"""Seats of Conversations: how many an account owns, who takes one, and who is given which level.

Read from the log of what is owned and from the levels of its people; nothing is written here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Final

from django.db.models import QuerySet
from djmoney.money import Money

from accounts.models import Account, Member
from billing.core.money import to_minor_unit
from billing.core.periods import Interval
from billing.core.pricing import amount_of
from billing.foreseeing import Now, Running
from billing.logs import items_with_logs
from billing.models import Item, Trial
from billing.requestable import CONVERSATIONS
from billing.trials import active_of, ends_at
from licensing.models import ConversationsLevel, Level

_MONTHS_IN_YEAR: Final = 12


@dataclass(frozen=True, slots=True)
class Seats:
    """How many seats are owned, how many agents take one, and how many ``stay`` owned.

    What was asked to be removed goes at the next opening, and is given to nobody until then.
    """

    owned: int
    used: int
    stay: int

    @property
    def free(self) -> int:
        """How many more agents there can be. CONV-5: seats in use are never removed."""
        return max(min(self.owned, self.stay) - self.used, 0)

    @property
    def missing(self) -> int:
        """How many more are in use than owned."""
        return max(self.used - self.owned, 0)


def seats_of(account: Account, *, at: datetime) -> Seats:
    """Owned and in use at this instant. A fixed number of queries."""
    owned, stay = _owned(account, at)
    return Seats(owned, agents_of(account).count(), stay)


def owned_by(account: Account, *, at: datetime) -> int:
    """How many seats are in force at this instant: also those that go at the next opening."""
    return _owned(account, at)[0]


def _owned(account: Account, at: datetime) -> tuple[int, int]:
    """How many are in force, and how many of them after the next opening.

    Of a subscription that ends, and of a trial, all of them go: until then they are given on.
    """
    items = Item.objects.filter(subscription__account=account, product__family=CONVERSATIONS)
    owned = stay = sum(tried(trial, at=at) for trial in trials_of(account))
    for item, log in items_with_logs(items):
        now = log.in_force(at)
        owned += now
        wanted = now if log.last is None else log.last.becomes
        stay += now if item.subscription.ends_on else wanted
    return owned, stay


def trials_of(account: Account) -> list[Trial]:
    """The trials of seats that have not ended. CONV-7."""
    found = active_of(account.pk)
    return [trial for trial in found if trial.product.family == CONVERSATIONS]


def tried(trial: Trial, *, at: datetime) -> int:
    """How many are free by it; after its day, until it is written down, what was bought in it."""
    return trial.quantity if at < ends_at(trial) else trial.keeps


def agents_of(account: Account) -> QuerySet[ConversationsLevel]:
    """Those who take a seat, in the order of their assignment.

    That is active people: never bots or the billing role, who take none anywhere.
    """
    return agent_rows(account.pk)


def agent_rows(account_id: int) -> QuerySet[ConversationsLevel]:
    """The same of the account of this id, to be read beside something else."""
    return ConversationsLevel.objects.filter(
        account=account_id,
        level=Level.AGENT,
        member__status=Member.Status.ACTIVE,
        member__bot=False,
        member__billing_role=False,
    ).order_by("since")


def beyond(account: Account, seats: Seats) -> list[Member]:
    """The agents beyond the seats owned, who are given as viewers: those assigned last. CONV-8.

    One query, and none where there are seats enough.
    """
    if not seats.missing:
        return []
    last = agents_of(account).select_related("member").reverse()[: seats.missing]
    return [one.member for one in last][::-1]


def given_level(member: Member, *, at: datetime) -> Level:
    """What Conversations lets this member do now: an agent beyond the seats owned views. CONV-8."""
    found = ConversationsLevel.objects.filter(member=member).first()
    if found is None or member.bot or member.status != Member.Status.ACTIVE:
        return Level.NONE
    if found.level != Level.AGENT or not member.takes_seat:
        return Level.VIEWER
    before = agents_of(member.account).filter(since__lt=found.since).count()
    return Level.AGENT if before < owned_by(member.account, at=at) else Level.VIEWER


@dataclass(frozen=True, slots=True)
class Saving:
    """What fewer seats would save each month, before discount and taxes."""

    seats: int
    monthly: Money


def saving(running: Iterable[Running], *, seats: int) -> Saving | None:
    """What removing so many of the seats would save a month; None where that is none.

    What goes at the next opening anyway is no saving. Worked example: 2 of 8 seats at 19.00 a month
    save 38.00 a month, also in a yearly cycle, which bills 12 × 19.00 for each.
    """
    exact, left, currency = Fraction(0), seats, ""
    for row, one in _held(running):
        stays = one.quantity if one.waiting is None else min(one.quantity, one.waiting)
        goes = min(left, stays)
        less = amount_of(one.price, stays) - amount_of(one.price, stays - goes)
        exact += less / (_MONTHS_IN_YEAR if one.price.interval is Interval.YEAR else 1)
        left, currency = left - goes, row
    if left == seats:
        return None
    return Saving(seats - left, Money(to_minor_unit(exact, currency), currency))


def _held(running: Iterable[Running]) -> list[tuple[str, Now]]:
    """The items in force that are seats of Conversations, each with its currency."""
    return [
        (together.row.currency, one)
        for together in running
        for one in together.items
        if one.quantity and one.product.family == CONVERSATIONS
    ]
