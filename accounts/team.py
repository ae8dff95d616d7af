"""What is done about the people of an account, for one or for many of them: for all or for none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.db import transaction
from django.utils.formats import date_format
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _

from accounts import acting, approvals, foresight, invitations, naming, people, returns, visits
from accounts.access import Standing
from accounts.foresight import Foreseen
from accounts.models import Account, Member, MemberEvent
from accounts.naming import Names
from accounts.questions import Planned, follow, refusals
from accounts.refusals import ChangeRefused
from accounts.rights import Right

Status = Member.Status


class Deed(StrEnum):
    """What somebody with the right to suspend does about a member (RSL-6)."""

    SUSPEND = "suspend"
    ACTIVATE = "activate"
    DELETE = "delete"
    APPROVE = "approve"
    DECLINE = "decline"


STARTS_FROM: Final = {
    Deed.SUSPEND: frozenset({Status.ACTIVE}),
    Deed.ACTIVATE: frozenset({Status.SUSPENDED}),
    Deed.DELETE: frozenset({Status.ACTIVE, Status.SUSPENDED}),
    Deed.APPROVE: frozenset({Status.AWAITING_APPROVAL}),
    Deed.DECLINE: frozenset({Status.AWAITING_APPROVAL}),
}
_BECOMES: Final = {
    Deed.SUSPEND: Status.SUSPENDED,
    Deed.ACTIVATE: Status.ACTIVE,
    Deed.DELETE: Status.DELETED,
    Deed.DECLINE: Status.DELETED,
}


def offered(member: Member) -> list[Deed]:
    """The deeds that can be done about this member; none about the primary account admin."""
    if member.primary_admin:
        return []
    return [deed for deed, statuses in STARTS_FROM.items() if member.status in statuses]


def becomes(deed: Deed, member: Member) -> str:
    """The status that the deed leads to: an approved person with an address is invited first."""
    if deed is Deed.APPROVE:
        return Status.INVITED if member.email and not member.bot else Status.ACTIVE
    return _BECOMES[deed]


def foresee(*, deed: Deed, here: Standing, members: Sequence[Member], at: datetime) -> Foreseen:
    """What the deed, done at ``at``, brings about: in money, and what is released."""
    subject = f"{deed} {sorted(member.pk for member in members)}"
    return foresight.foresee(subject, _planned(deed, here, members, at))


def _planned(deed: Deed, here: Standing, members: Sequence[Member], at: datetime) -> list[Planned]:
    """What is about to become of whom, status by status."""
    amounts = foresight.reads_amounts(here)
    groups: dict[str, list[Member]] = {}
    for member in members:
        groups.setdefault(becomes(deed, member), []).append(member)
    return [
        Planned(here.account, tuple(group), status, at, reads_amounts=amounts)
        for status, group in groups.items()
    ]


@transaction.atomic
def do(
    *,
    deed: Deed,
    here: Standing,
    member_ids: Sequence[int],
    at: datetime,
    seen: str,
    reason: str = "",
) -> list[Member]:
    """Do it for all of these members of the account or for none; they come back as they are now.

    `ChangeRefused` names everybody who does not stand where the deed starts from; `Overtaken` when
    something else follows than what was ``seen``; `Lacking` for who may not, or not any more.
    """
    here = acting.begin(here, needs=Right.SUSPEND)
    members = members_in_order(here.account, member_ids)
    if found := objections(deed=deed, here=here, members=members, at=at):
        raise ChangeRefused(" ".join([*found, _("Nothing has been changed.")]))
    foreseen = foresee(deed=deed, here=here, members=members, at=at)
    foreseen.need(seen=seen, here=here, reason=reason)
    cause = visits.cause(here, reason=reason)
    entries = [people.Entry(member.pk, at, becomes(deed, member), cause) for member in members]
    people.append_many(entries=entries, by=here.by.person)
    for member in members:
        member.status = becomes(deed, member)
    if deed in {Deed.APPROVE, Deed.DECLINE}:
        approvals.answer(here=here, members=members, at=at, reason=reason)
    for member in members:
        if member.status == Status.INVITED:
            invitations.send(here=here, member_id=member.pk, at=at)
    if deed is Deed.ACTIVATE:
        returns.welcome(members=members, at=at)
    follow(here.account.pk, at=at, by=here.by)
    return members


def members_in_order(account: Account, member_ids: Sequence[int]) -> list[Member]:
    """These members of the account by name. ``Member.DoesNotExist`` if one is not of it."""
    wanted = set(member_ids)
    found = Member.objects.filter(account=account, pk__in=wanted)
    members = list(found.select_related("account", "access", "user").order_by("name_key", "pk"))
    if len(members) != len(wanted):
        raise Member.DoesNotExist(f"Account {account.pk} has not all members of {sorted(wanted)}.")
    return members


def objections(*, deed: Deed, here: Standing, members: Sequence[Member], at: datetime) -> list[str]:
    """Why the deed cannot be done at ``at``: what speaks against it, in sentences."""
    elsewhere = [member for member in members if member.status not in STARTS_FROM[deed]]
    found = _where_they_stand(here, elsewhere) if elsewhere else []
    for member in members:
        if member.primary_admin and deed in {Deed.SUSPEND, Deed.DELETE}:
            found.append(people.hand_over_first(member))
    return found + [words for plan in _planned(deed, here, members, at) for words in refusals(plan)]


def _where_they_stand(here: Standing, members: Sequence[Member]) -> list[str]:
    """Of each member the status, since when, and who brought it about, if the reader may know."""
    last = {
        event.member_id: event
        for event in MemberEvent.objects.filter(member__in=[member.pk for member in members])
        .select_related("actor")
        .order_by("sequence")
    }
    names = naming.names_for(here, [event.actor for event in last.values()])
    return [_where_one_stands(member, last.get(member.pk), names) for member in members]


def _where_one_stands(member: Member, event: MemberEvent | None, names: Names) -> str:
    said = {"name": member.name, "status": member.get_status_display()}
    if event is None:
        return _("%(name)s: %(status)s.") % said
    said["at"] = date_format(event.at.astimezone(get_current_timezone()), "DATETIME_FORMAT")
    if not names.knows(event.actor):
        return _("%(name)s: %(status)s since %(at)s.") % said
    said["who"] = str(event.actor)
    return _("%(name)s: %(status)s since %(at)s, by %(who)s.") % said
