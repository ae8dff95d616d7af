"""What a member works as: their type, the right to call without a queue, and their queues."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final, TypeAlias

from django.db import transaction
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import acting, deeds
from accounts.access import Standing
from accounts.models import AccountEvent, Member
from accounts.refusals import ChangeRefused, FieldRefused
from accounts.rights import Right
from licensing import recording
from licensing.availability import within_owned
from licensing.logins import find_member, replace_logins

Kind = AccountEvent.Kind
Words: TypeAlias = str | Promise

_TYPES: Final[dict[str, Words]] = dict(Member.Type.choices)
_CALLS: Final[dict[bool, Words]] = {
    True: gettext_lazy("may call without a queue"),
    False: gettext_lazy("may not call without a queue"),
}


@transaction.atomic
def work_as(
    *,
    here: Standing,
    member_id: int,
    type: str,
    calls_without_queue: bool,
    at: datetime,
    queue_ids: Collection[int] | None = None,
    seen: Collection[int] = (),
) -> None:
    """Settle all that decides which licences a member holds: everything, or nothing if refused.

    Without ``queue_ids`` the logins stay as they are. `ChangeRefused` as `set_type` and
    `set_logins` say; whether licences are free is asked of the whole.
    """
    here = acting.begin(here, needs=Right.UPDATE_TEAM)
    member = find_member(here, member_id)
    with within_owned(here.account, Member.objects.filter(pk=member.pk), at=at):
        retype(here=here, member=member, type=type, calls_without_queue=calls_without_queue, at=at)
        if queue_ids is not None:
            replace_logins(here=here, member=member, queue_ids=queue_ids, seen=seen, at=at)


@transaction.atomic
def set_type(
    *, here: Standing, member_id: int, type: str, calls_without_queue: bool, at: datetime
) -> None:
    """Let a member work as ``type``, and call without a queue or not.

    `ChangeRefused` for bots and deleted members; `FieldRefused` for the right to call without a
    queue of anybody but a back-office user; `NoLicenceFree` where all licences that the type needs
    are in use.
    """
    here = acting.begin(here, needs=Right.UPDATE_TEAM)
    member = find_member(here, member_id)
    with within_owned(here.account, Member.objects.filter(pk=member.pk), at=at):
        retype(here=here, member=member, type=type, calls_without_queue=calls_without_queue, at=at)


def retype(
    *, here: Standing, member: Member, type: str, calls_without_queue: bool, at: datetime
) -> None:
    """The same as a part of a larger deed, which asks itself whether a licence is free."""
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
    was_type, was_calls = member.type, member.calls_without_queue
    member.type, member.calls_without_queue = type, calls_without_queue
    member.save(update_fields=["type", "calls_without_queue"])
    if type != was_type:
        recording.follow(member.account_id, at=at, by=here.by)
        _write(here, member, Kind.TYPE, _TYPES[was_type], _TYPES[type], at=at)
    if calls_without_queue != was_calls:
        words = _CALLS[was_calls], _CALLS[calls_without_queue]
        _write(here, member, Kind.CALLS, *words, at=at)


def _write(
    here: Standing, member: Member, kind: Kind, was: Words, becomes: Words, *, at: datetime
) -> None:
    with translation.override(here.account.language):
        deeds.write_about(member, kind=kind, was=str(was), becomes=str(becomes), at=at, by=here.by)
