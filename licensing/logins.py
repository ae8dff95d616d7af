"""Who is logged in to which queue: changed here, each change with its entry in the log."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import deeds
from accounts.deeds import Doer
from accounts.locks import lock_payer_of
from accounts.models import AccountEvent, Member
from accounts.refusals import ChangeRefused
from accounts.who_may import together
from licensing.models import Queue, QueueLogin


@transaction.atomic
def log_in(*, member_id: int, queue_id: int, at: datetime, by: Doer) -> None:
    """Log a member in to a queue; who is in already stays so. `ChangeRefused` as `set_logins`."""
    member = locked_member(member_id)
    now = _queues_of(member)
    _become(member, now, {*now, queue_id}, at=at, by=by)


@transaction.atomic
def log_out(*, member_id: int, queue_id: int, at: datetime, by: Doer) -> None:
    """Log a member out of a queue; who is not in stays so."""
    member = locked_member(member_id)
    now = _queues_of(member)
    _become(member, now, set(now) - {queue_id}, at=at, by=by)


@transaction.atomic
def set_logins(
    *, member_id: int, queue_ids: Collection[int], seen: Collection[int], at: datetime, by: Doer
) -> None:
    """Log a member in to exactly these queues of their account.

    ``seen`` are those that were shown to who decides: `ChangeRefused` where somebody has changed
    them since. It is so too for a new login of anybody but an active person, and to a queue that is
    at rest or not of the account.
    """
    member = locked_member(member_id)
    now = _queues_of(member)
    if set(now) != set(seen):
        raise ChangeRefused(_changed_meanwhile(member, now.values()))
    _become(member, now, set(queue_ids), at=at, by=by)


def locked_member(member_id: int) -> Member:
    """The member, read again under the lock of the account's payer."""
    lock_payer_of(Member.objects.values_list("account_id", flat=True).get(pk=member_id))
    return Member.objects.select_related("account").get(pk=member_id)


def _queues_of(member: Member) -> dict[int, Queue]:
    """The queues that a member is logged in to, by id, in order of their numbers."""
    return {queue.pk: queue for queue in Queue.objects.filter(logins__member=member)}


def _become(
    member: Member, now: dict[int, Queue], wanted: Collection[int], *, at: datetime, by: Doer
) -> None:
    added = _enterable(member, set(wanted) - set(now))
    ended = set(now) - set(wanted)
    if not (added or ended):
        return
    QueueLogin.objects.filter(member=member, queue__in=ended).delete()
    QueueLogin.objects.bulk_create(QueueLogin(member=member, queue=queue) for queue in added)
    deeds.write(
        account_id=member.account_id,
        member=member,
        kind=AccountEvent.Kind.QUEUE_LOGIN,
        about=member.name,
        was=_words(now.values()),
        becomes=_words(_queues_of(member).values()),
        at=at,
        by=by,
    )


def _enterable(member: Member, queue_ids: Collection[int]) -> list[Queue]:
    """These queues, to which the member may be logged in; else `ChangeRefused`."""
    if not queue_ids:
        return []
    if member.bot or member.status != Member.Status.ACTIVE:
        raise ChangeRefused(
            _("%(name)s is no active person. Only active people are logged in to queues.")
            % {"name": member.name}
        )
    queues = list(Queue.objects.filter(account=member.account_id, pk__in=queue_ids))
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
