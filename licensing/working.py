"""What a member works as: their type, the right to call without a queue, and their queues."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import deeds
from accounts.deeds import Doer
from accounts.models import AccountEvent, Member
from accounts.refusals import ChangeRefused
from licensing.logins import locked_member, set_logins
from licensing.refusals import FieldRefused

Kind = AccountEvent.Kind


@transaction.atomic
def work_as(
    *,
    member_id: int,
    type: str,
    calls_without_queue: bool,
    queue_ids: Collection[int],
    seen: Collection[int],
    at: datetime,
    by: Doer,
) -> None:
    """Settle all that decides which licences a member holds: everything, or nothing if refused.

    `ChangeRefused` as `set_type` and `set_logins` say.
    """
    set_type(member_id=member_id, type=type, calls_without_queue=calls_without_queue, at=at, by=by)
    set_logins(member_id=member_id, queue_ids=queue_ids, seen=seen, at=at, by=by)


@transaction.atomic
def set_type(
    *, member_id: int, type: str, calls_without_queue: bool, at: datetime, by: Doer
) -> None:
    """Let a member work as ``type``, and call without a queue or not.

    `ChangeRefused` for bots and deleted members; `FieldRefused` for the right to call without a
    queue of anybody but a back-office user.
    """
    member = locked_member(member_id)
    if member.bot or member.status == Member.Status.DELETED:
        raise ChangeRefused(
            _("%(name)s is no person of this account. Only people have a type.")
            % {"name": member.name}
        )
    if calls_without_queue and type != Member.Type.BACK_OFFICE:
        raise FieldRefused(
            "calls_without_queue",
            _("Only back-office users are given this. Choose the type Back-office, or untick it."),
        )
    was_type, was_calls = member.get_type_display(), member.calls_without_queue
    member.type, member.calls_without_queue = type, calls_without_queue
    becomes_type = member.get_type_display()
    member.save(update_fields=["type", "calls_without_queue"])
    if becomes_type != was_type:
        _write(member, Kind.TYPE, str(was_type), str(becomes_type), at=at, by=by)
    if calls_without_queue != was_calls:
        may, may_not = _("may call without a queue"), _("may not call without a queue")
        words = (may_not, may) if calls_without_queue else (may, may_not)
        _write(member, Kind.CALLS, *words, at=at, by=by)


def _write(
    member: Member, kind: AccountEvent.Kind, was: str, becomes: str, *, at: datetime, by: Doer
) -> None:
    deeds.write(
        account_id=member.account_id,
        member=member,
        kind=kind,
        about=member.name,
        was=was,
        becomes=becomes,
        at=at,
        by=by,
    )
