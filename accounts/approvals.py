"""Members that others have to approve: asking for it, answering, and telling who waits for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from accounts import access, inbox, who_may
from accounts.access import Standing
from accounts.models import Account, Member, MemberEvent, User
from accounts.rights import Right

# More people than this need not be told: one of them answers.
_MOST_TOLD: Final = 20


def first_status(here: Standing, *, otherwise: str) -> str:
    """The status in which a person adds members: ``otherwise`` if they need nobody's approval."""
    return otherwise if here.may(Right.SUSPEND) else Member.Status.AWAITING_APPROVAL


def people_who_approve(account: Account) -> list[User]:
    """Those who may approve, activate and suspend, and can sign in.

    Where the account has nobody, they are the people of its parent.
    """
    found = _who_sign_in(access.holders(account, Right.SUSPEND, most=_MOST_TOLD))
    return found or _who_sign_in(access.managers(account, most=_MOST_TOLD))


def _who_sign_in(members: Sequence[Member]) -> list[User]:
    return [member.user for member in members if member.user is not None]


def ask(*, member: Member, at: datetime, by: str) -> None:
    """Tell those who may approve that the member waits; belongs into the transaction that adds.

    ``by`` is who added them, as the people of the account may know; empty for who is not named.
    """
    inbox.tell(
        name="approval_asked",
        key=f"approval:{member.pk}",
        account_id=member.account_id,
        people=people_who_approve(member.account),
        details={"name": member.name, "by": by},
        at=at,
        topic="team",
    )


def answer(*, here: Standing, members: Sequence[Member], at: datetime, reason: str) -> None:
    """Tell who had asked for each member whether they were approved."""
    added = MemberEvent.objects.filter(member__in=[member.pk for member in members], was="")
    asked = {event.member_id: event.actor for event in added.select_related("actor")}
    for member in members:
        asker = asked.get(member.pk)
        if asker is not None and asker != here.person:
            inbox.tell(
                name="approval_answered",
                key=f"approval_answered:{member.pk}",
                account_id=member.account_id,
                people=[asker],
                details={
                    "name": member.name,
                    "approved": member.status != Member.Status.DELETED,
                    "by": who_may.told_as(here),
                    "reason": reason,
                },
                at=at,
                topic="team",
            )
