"""The way back: a suspended member asks to be activated again, and hears when it is so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import approvals, deeds, inbox
from accounts.deeds import Doer
from accounts.locks import lock_payer_of
from accounts.models import AccountEvent, Member, MemberEvent
from accounts.refusals import ChangeRefused


@transaction.atomic
def ask(*, member_id: int, at: datetime, by: Doer) -> datetime:
    """Ask for a suspended member to be activated again; when it was asked first (RSL-6).

    Those who may activate are told once for each suspension. `ChangeRefused` for who is not
    suspended by now.
    """
    lock_payer_of(Member.objects.values_list("account_id", flat=True).get(pk=member_id))
    member = Member.objects.select_related("account").get(pk=member_id)
    if member.status != Member.Status.SUSPENDED:
        raise ChangeRefused(_("You are not suspended any more. Nothing has to be asked."))
    if member.asked_to_return_at is not None:
        return member.asked_to_return_at
    member.asked_to_return_at = at
    member.save(update_fields=["asked_to_return_at"])
    deeds.write(
        account_id=member.account_id,
        member=member,
        kind=AccountEvent.Kind.RETURN_ASKED,
        about=member.name,
        at=at,
        by=by,
    )
    _tell_who_activates(member, at)
    return at


def welcome(*, members: Sequence[Member], at: datetime) -> None:
    """Take their requests as answered, and tell those who had asked that they are active again.

    Belongs into the transaction that activates them.
    """
    asked = [member for member in members if member.asked_to_return_at is not None]
    Member.objects.filter(pk__in=[member.pk for member in asked]).update(asked_to_return_at=None)
    for member in asked:
        if member.user is not None and member.asked_to_return_at is not None:
            inbox.tell(
                name="returned",
                key=f"returned:{member.pk}:{member.asked_to_return_at:%Y%m%d%H%M%S}",
                account_id=member.account_id,
                people=[member.user],
                details={},
                at=at,
                topic="team",
            )
        member.asked_to_return_at = None


def _tell_who_activates(member: Member, at: datetime) -> None:
    suspended = MemberEvent.objects.filter(member=member).order_by("-sequence").first()
    inbox.tell(
        name="return_asked",
        key=f"return:{member.pk}:{suspended.sequence if suspended else 0}",
        account_id=member.account_id,
        people=approvals.people_who_approve(member.account),
        details={"name": member.name},
        at=at,
        topic="team",
    )
