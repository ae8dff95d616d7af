"""The billing role of a member, who then takes no seat: given and taken back, with what follows."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import foresight, people, visits
from accounts.access import Standing
from accounts.acting import begin
from accounts.foresight import Foreseen
from accounts.models import Member
from accounts.questions import Planned
from accounts.refusals import ChangeRefused
from accounts.rights import Right


def foresee(*, here: Standing, member: Member, billing_role: bool, at: datetime) -> Foreseen:
    """What it brings about, in money, that the member has the role from ``at`` on, or no more."""
    planned = Planned(
        here.account,
        (member,),
        member.status,
        at,
        reads_amounts=foresight.reads_amounts(here),
        billing_role=billing_role,
    )
    return foresight.foresee(f"billing role {member.pk} {billing_role}", [planned])


@transaction.atomic
def settle(
    *,
    here: Standing,
    member_id: int,
    billing_role: bool,
    seen: str,
    at: datetime,
    reason: str = "",
) -> Member:
    """Give a member the billing role or take it back (PRICE-3).

    It changes what the account pays, so it is for those who may suspend and activate (RSL-6).
    `Overtaken` when something else follows than what was ``seen``; `ChangeRefused` for a bot, which
    takes no seat anyway, and for support that does not say why the customer pays more.
    """
    here = begin(here, needs=Right.SUSPEND)
    rows = here.rows(Member.objects.select_related("account"))
    member = rows.filter(pk=member_id).exclude(status=Member.Status.DELETED).first()
    if member is None:
        raise ChangeRefused(_("This member was deleted meanwhile. Look at the team again."))
    if member.bot:
        raise ChangeRefused(_("%(name)s is a bot, and bots take no seat.") % {"name": member.name})
    if member.billing_role == billing_role:
        return member
    foreseen = foresee(here=here, member=member, billing_role=billing_role, at=at)
    foreseen.need(seen=seen, here=here, reason=reason)
    people.set_billing_role(
        member_id=member.pk,
        billing_role=billing_role,
        at=at,
        by=here.by.person,
        cause=visits.cause(here, reason=reason),
    )
    member.billing_role = billing_role
    return member
