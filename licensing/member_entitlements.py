"""What one member of an account may use now, beside what the account may. API-1."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet, Subquery
from django.http import Http404

from accounts.models import Account, Member
from accounts.statements import Statement
from licensing.cards import Licence
from licensing.entitlements import Entitlements, counted, entitlements_of
from licensing.holding_rules import Login, Worker, holdings, lacks_channel
from licensing.models import ConversationsLevel, Level, QueueLogin
from licensing.seats import agent_rows


@dataclass(frozen=True, slots=True)
class MembersEntitlements:
    """What a member may use now, and ``account``'s what their account may.

    ``given`` is the level that Conversations lets them have, ``level`` the one they were assigned:
    an agent beyond the seats owned is given as a viewer (CONV-8). ``licences`` are those that they
    hold; empty where the Licensing module is no part of the account.
    """

    member: Member
    account: Entitlements
    level: Level
    given: Level
    licences: tuple[Licence, ...]
    lacks_channel: bool

    @property
    def active(self) -> bool:
        return self.member.status == Member.Status.ACTIVE


def members_entitlements(account: Account, *, reference: str, at: datetime) -> MembersEntitlements:
    """What the member of this reference may use. Two queries, three while agents lack seats.

    Http404 where the account has no such member, or it was deleted.
    """
    members, levels, logins, before = _READ.read(account_id=account.pk, reference=reference)
    if not members:
        raise Http404(f"There is no member {reference} in account {account.pk}.")
    [member] = members
    whole = entitlements_of(account, at=at)
    worker = Worker(
        type=member.type,
        working=member.status == Member.Status.ACTIVE and not member.bot,
        calls_without_queue=member.calls_without_queue,
        logins=tuple(Login(name, channel, outbound=out) for name, channel, out in logins),
    )
    held = holdings(worker) if account.licensing_enabled else ()
    level = Level(levels[0].level) if levels else Level.NONE
    return MembersEntitlements(
        member=member,
        account=whole,
        level=level,
        given=_given(member, level, before=sum(before), owned=whole.conversations.owned),
        licences=tuple(one.licence for one in held),
        lacks_channel=account.licensing_enabled and lacks_channel(worker),
    )


def _rows(account_id: int, reference: str) -> tuple[QuerySet[Any, Any], ...]:
    there = Member.objects.filter(account=account_id, reference=reference)
    there = there.exclude(status=Member.Status.DELETED)
    level = ConversationsLevel.objects.filter(member__in=there.order_by().values("pk"))
    logins = QueueLogin.objects.filter(member__in=there.order_by().values("pk"))
    before: Any = agent_rows(account_id).filter(
        since__lt=Subquery(level.order_by().values("since"))
    )
    return (
        there,
        level,
        logins.order_by("queue__number").values_list(
            "queue__name", "queue__channel", "queue__outbound"
        ),
        counted(before),
    )


_READ: Final = Statement(_rows)


def _given(member: Member, level: Level, *, before: int, owned: int) -> Level:
    """What `seats.given_level` says, of what is at hand already."""
    if level is Level.NONE or member.bot or member.status != Member.Status.ACTIVE:
        return Level.NONE
    if level is not Level.AGENT or not member.takes_seat:
        return Level.VIEWER
    return Level.AGENT if before < owned else Level.VIEWER
