"""Giving people their level in Conversations: changed here, each change with its entry in the log.

Whoever has Conversations *Update* gives levels; seats are bought by the primary account admin.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Max
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import acting, deeds
from accounts.access import Standing
from accounts.deeds import Doer
from accounts.locks import lock_payer_of
from accounts.models import AccountEvent, Member
from accounts.refusals import ChangeRefused
from accounts.rights import Right
from licensing.logins import find_member
from licensing.models import ConversationsLevel, Level
from licensing.seats import Seats, seats_of

_INSTANT: Final = timedelta(microseconds=1)


class NoSeatFree(ChangeRefused):
    """An agent would take a seat more than the account owns."""


@transaction.atomic
def set_level(*, here: Standing, member_id: int, level: str, at: datetime) -> bool:
    """Let a member be an agent or a viewer of Conversations, or take their access away. CONV-8.

    False where it is so already. Only an agent takes a seat: `NoSeatFree` where all are in use.
    `ChangeRefused` for bots and people who are not active, for an agent in the billing role, which
    takes no seat, and while the account owns none. Asked again under the lock of the payer, which
    buying and removing seats take, too.
    """
    here = acting.begin(here, needs=Right.UPDATE_CONVERSATIONS)
    member, wanted = find_member(here, member_id), Level(level)
    if wanted is not Level.NONE and wanted is not _level_of(member):
        _refuse_outsiders(member, wanted)
        _refuse_without_seat(seats_of(here.account, at=at), wanted)
    return _give(member, wanted, at=at, by=here.by)


@transaction.atomic
def set_level_by_program(*, member: Member, level: str, at: datetime, by: Doer) -> bool:
    """The same as the vendor's product says it, where no seat need be free. CONV-8.

    An agent beyond the seats owned is written down as one, and given as a viewer until there are
    seats: the product has let them in already, and asks what they may. False where it is so
    already; `ChangeRefused` as `set_level`, but for seats in use.
    """
    lock_payer_of(member.account_id)
    wanted = Level(level)
    if wanted is not Level.NONE and wanted is not _level_of(member):
        _refuse_outsiders(member, wanted)
        if not seats_of(member.account, at=at).owned:
            raise ChangeRefused(_owns_none())
    return _give(member, wanted, at=at, by=by)


def _level_of(member: Member) -> Level:
    found = ConversationsLevel.objects.filter(member=member).first()
    return Level.NONE if found is None else Level(found.level)


def _give(member: Member, wanted: Level, *, at: datetime, by: Doer) -> bool:
    was = _level_of(member)
    if wanted is was:
        return False
    ConversationsLevel.objects.filter(member=member).delete()
    if wanted is not Level.NONE:
        ConversationsLevel.objects.create(
            account=member.account, member=member, level=wanted, since=_next(member, at)
        )
    with translation.override(member.account.language):
        deeds.write_about(
            member,
            kind=AccountEvent.Kind.CONVERSATIONS,
            was=str(was.label),
            becomes=str(wanted.label),
            at=at,
            by=by,
        )
    return True


def no_seat_free(seats: Seats) -> str:
    """Why nobody more can be an agent, and what to do."""
    said = {"owned": seats.owned, "used": seats.used, "stay": seats.stay}
    if seats.missing:
        words = ngettext(
            "%(used)s seats are in use, and %(owned)s is owned. Buy seats, or release some first.",
            "%(used)s seats are in use, and %(owned)s are owned. Buy seats, or release some first.",
            seats.owned,
        )
    elif seats.used < seats.owned:
        words = ngettext(
            "%(stay)s seat stays after the renewal, and is in use. Buy a seat, or release one "
            "first.",
            "%(stay)s seats stay after the renewal, and are in use. Buy a seat, or release one "
            "first.",
            seats.stay,
        )
    else:
        words = ngettext(
            "The seat that is owned is in use. Buy a seat, or release it first.",
            "All %(owned)s seats are in use. Buy a seat, or release one first.",
            seats.owned,
        )
    return words % said


def _refuse_outsiders(member: Member, wanted: Level) -> None:
    if member.bot or member.status != Member.Status.ACTIVE:
        raise ChangeRefused(
            _("%(name)s is no active person. Only active people use Conversations.")
            % {"name": member.name}
        )
    if wanted is Level.AGENT and member.billing_role:
        raise ChangeRefused(
            _("%(name)s has the billing role, which takes no seat. Take that role back first.")
            % {"name": member.name}
        )


def _refuse_without_seat(seats: Seats, wanted: Level) -> None:
    if not seats.owned:
        raise ChangeRefused(_owns_none())
    if wanted is Level.AGENT and not seats.free:
        raise NoSeatFree(no_seat_free(seats))


def _owns_none() -> str:
    return _("This account owns no seat of Conversations, and so nobody can be let in.")


def _next(member: Member, at: datetime) -> datetime:
    """The instant of the next assignment: ``at``, or just after the last one of the account."""
    rows = ConversationsLevel.objects.filter(account=member.account_id)
    last = rows.aggregate(last=Max("since"))["last"]
    return at if last is None else max(at, last + _INSTANT)
