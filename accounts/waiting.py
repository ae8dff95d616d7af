"""What waits in an account for one person: people to approve, to let return, a role to take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import Standing
from accounts.models import HandOver, Invitation, Member
from accounts.rights import Right

Status = Member.Status


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing to do, as a sentence, and the page where it is done."""

    text: str
    link: str


def waiting_for(here: Standing, *, at: datetime) -> list[Waiting]:
    """What this person can do for somebody who waits, what concerns themselves first."""
    found = _offered(here, at)
    if here.may(Right.SUSPEND):
        found += _people(here)
    if here.may(Right.UPDATE_TEAM):
        found += _late(here, at)
    return found


def _offered(here: Standing, at: datetime) -> list[Waiting]:
    """The primary role, while somebody hands it over to this person."""
    if here.member is None or here.visit is not None:
        return []
    offers = HandOver.objects.filter(account=here.account, taker=here.member)
    offer = offers.filter(accepted_at=None, ended_at=None, expires_at__gt=at).first()
    if offer is None:
        return []
    words = _("%(name)s hands the role of primary account admin over to you.")
    link = reverse("accounts:hand_over_answer", args=[here.account.pk, offer.pk])
    return [Waiting(words % {"name": offer.giver.name}, link)]


def _people(here: Standing) -> list[Waiting]:
    counts = here.rows(Member.objects.all()).aggregate(
        approval=Count("pk", filter=Q(status=Status.AWAITING_APPROVAL)),
        back=Count("pk", filter=Q(status=Status.SUSPENDED, asked_to_return_at__isnull=False)),
    )
    approval, back = counts["approval"], counts["back"]
    found = []
    if approval:
        words = ngettext(
            "%(number)s agent waits for approval.", "%(number)s agents wait for approval.", approval
        )
        found.append(Waiting(words % {"number": approval}, _tab(here, "awaiting")))
    if back:
        words = ngettext(
            "%(number)s suspended agent asks to be activated again.",
            "%(number)s suspended agents ask to be activated again.",
            back,
        )
        found.append(Waiting(words % {"number": back}, _tab(here, "suspended")))
    return found


def _late(here: Standing, at: datetime) -> list[Waiting]:
    late = Invitation.objects.filter(
        member__account=here.account,
        member__status=Status.INVITED,
        withdrawn_at=None,
        expires_at__lte=at,
    ).count()
    if not late:
        return []
    words = ngettext(
        "%(number)s invitation has expired. Send it again, or withdraw it.",
        "%(number)s invitations have expired. Send them again, or withdraw them.",
        late,
    )
    return [Waiting(words % {"number": late}, _tab(here, "invited"))]


def _tab(here: Standing, tab: str) -> str:
    return f"{reverse('accounts:team', args=[here.account.pk])}?tab={tab}"
