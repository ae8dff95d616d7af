"""Who is logged in to which queue: changed here, each change with its entry in the log.

Members are changed by who may update Team, and their queues only by who may see queues too.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import acting, deeds
from accounts.access import Standing
from accounts.models import AccountEvent, Member
from accounts.refusals import ChangeRefused
from accounts.rights import Right
from accounts.who_may import together
from licensing.availability import within_owned
from licensing.models import Queue, QueueLogin


@transaction.atomic
def log_in(*, here: Standing, member_id: int, queue_id: int, at: datetime) -> None:
    """Log a member in to a queue; who is in already stays so. It refuses what `set_logins` does."""
    here = acting.begin(here, needs=Right.UPDATE_TEAM)
    member = find_member(here, member_id)
    now = queues_of(member)
    with within_owned(here.account, _row(member), at=at):
        _become(here, member, now, {*now, queue_id}, at=at)


@transaction.atomic
def log_out(*, here: Standing, member_id: int, queue_id: int, at: datetime) -> None:
    """Log a member out of a queue; who is not in stays so."""
    here = acting.begin(here, needs=Right.UPDATE_TEAM)
    member = find_member(here, member_id)
    now = queues_of(member)
    _become(here, member, now, set(now) - {queue_id}, at=at)


@transaction.atomic
def set_logins(
    *,
    here: Standing,
    member_id: int,
    queue_ids: Collection[int],
    seen: Collection[int],
    at: datetime,
) -> None:
    """Log a member in to exactly these queues of their account.

    ``seen`` are those that were shown to who decides: `ChangeRefused` where somebody has changed
    them since. It is so too for a new login of anybody but an active person, and to a queue that is
    at rest or not of the account; `NoLicenceFree` where all licences of its channel are in use.
    """
    here = acting.begin(here, needs=Right.UPDATE_TEAM)
    member = find_member(here, member_id)
    with within_owned(here.account, _row(member), at=at):
        replace_logins(here=here, member=member, queue_ids=queue_ids, seen=seen, at=at)


def replace_logins(
    *,
    here: Standing,
    member: Member,
    queue_ids: Collection[int],
    seen: Collection[int],
    at: datetime,
) -> None:
    """The same as a part of a larger deed, which asks itself whether a licence is free."""
    now = queues_of(member)
    if set(now) != set(seen):
        raise ChangeRefused(_changed_meanwhile(member, now.values()))
    _become(here, member, now, set(queue_ids), at=at)


def find_member(here: Standing, member_id: int) -> Member:
    """The account's member of this id."""
    return here.rows(Member.objects.select_related("account")).get(pk=member_id)


def _row(member: Member) -> QuerySet[Member]:
    return Member.objects.filter(pk=member.pk)


def queues_of(member: Member) -> dict[int, Queue]:
    """The queues that a member is logged in to, by id, in order of their numbers."""
    return {queue.pk: queue for queue in Queue.objects.filter(logins__member=member)}


def _become(
    here: Standing, member: Member, now: dict[int, Queue], wanted: Collection[int], *, at: datetime
) -> None:
    if set(wanted) == set(now):
        return
    here.need(Right.SEE_QUEUES)
    added = _enterable(here, member, set(wanted) - set(now))
    ended = set(now) - set(wanted)
    QueueLogin.objects.filter(member=member, queue__in=ended).delete()
    QueueLogin.objects.bulk_create(QueueLogin(member=member, queue=queue) for queue in added)
    with translation.override(here.account.language):
        was, becomes = _words(now.values()), _words(queues_of(member).values())
    deeds.write_about(
        member, kind=AccountEvent.Kind.QUEUE_LOGIN, was=was, becomes=becomes, at=at, by=here.by
    )


def _enterable(here: Standing, member: Member, queue_ids: Collection[int]) -> list[Queue]:
    """These queues, to which the member may be logged in; else `ChangeRefused`."""
    if not queue_ids:
        return []
    if member.bot or member.status != Member.Status.ACTIVE:
        raise ChangeRefused(
            _("%(name)s is no active person. Only active people are logged in to queues.")
            % {"name": member.name}
        )
    queues = list(here.rows(Queue.objects.filter(pk__in=queue_ids)))
    if len(queues) < len(queue_ids):
        raise ChangeRefused(_("A chosen queue was deleted meanwhile. Choose again."))
    if resting := next((queue for queue in queues if not queue.active), None):
        raise ChangeRefused(
            _("%(queue)s is inactive. Activate it first, or choose another queue.")
            % {"queue": resting.name}
        )
    return queues


def _changed_meanwhile(member: Member, queues: Collection[Queue]) -> str:
    said = {"name": member.name, "queues": _words(queues)}
    if queues:
        return (
            _(
                "The queue logins of %(name)s were changed meanwhile. They are now: %(queues)s. "
                "Look at yours and save again."
            )
            % said
        )
    return (
        _(
            "The queue logins of %(name)s were changed meanwhile. There is none now. "
            "Look at yours and save again."
        )
        % said
    )


def _words(queues: Collection[Queue]) -> str:
    return together([queue.name for queue in queues]) if queues else ""
