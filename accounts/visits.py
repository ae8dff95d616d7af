"""Visits: support signs in as a customer, for a stated reason, for an hour, on record."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import access, deeds
from accounts.access import Standing
from accounts.models import AccountEvent, Member, SupportVisit, User
from accounts.refusals import ChangeRefused

SESSION_KEY: Final = "support_visit"
LASTS: Final = timedelta(hours=1)


@transaction.atomic
def begin(*, member_id: int, person: User, reason: str, at: datetime) -> SupportVisit:
    """Let a person of support see and do what this member may, for an hour from ``at`` on.

    A person is in one visit at a time: the one before ends, and of two begun at the same moment the
    first. `ChangeRefused` without a reason, and
    for a member who is not active: nobody could be there in their place. Whether the person may
    visit is the desk's to ask, and asked again with each page (`running`).
    """
    member = Member.objects.select_related("account").get(pk=member_id)
    if not reason.strip():
        raise ChangeRefused("A visit has a reason, for example the number of a request. Write it.")
    if member.status != Member.Status.ACTIVE or member.bot:
        raise ChangeRefused(f"{member.name} is no active person here. Choose another member.")
    # Who begins another one at this moment waits here, and then finds this one to end.
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    for before in SupportVisit.objects.filter(person=person, ended_at=None):
        end(visit_id=before.pk, at=at)
    visit = SupportVisit.objects.create(
        account=member.account,
        member=member,
        person=person,
        reason=reason.strip(),
        began_at=at,
        expires_at=at + LASTS,
    )
    _write(visit, AccountEvent.Kind.VISIT_BEGUN, at)
    return visit


@transaction.atomic
def end(*, visit_id: int, at: datetime) -> None:
    """End a visit, not later than its hour; one that has ended stays as it is."""
    visit = SupportVisit.objects.select_for_update(of=("self",)).get(pk=visit_id)
    if visit.ended_at is None:
        visit.ended_at = min(at, visit.expires_at)
        visit.save(update_fields=["ended_at"])
        _write(visit, AccountEvent.Kind.VISIT_ENDED, visit.ended_at)


def end_lapsed(*, at: datetime) -> None:
    """End the visits whose hour is over and that nobody has left, so that the log says so."""
    lapsed = SupportVisit.objects.filter(ended_at=None, expires_at__lte=at)
    for visit_id in lapsed.values_list("pk", flat=True):
        end(visit_id=visit_id, at=at)


def running(*, visit_id: int, person: User, at: datetime) -> SupportVisit | None:
    """This person's visit while it lasts and they may still visit; else None."""
    if not may_visit(person):
        return None
    visits = SupportVisit.objects.select_related("account", "member__access", "member__account")
    return visits.filter(
        pk=visit_id, person=person, ended_at=None, expires_at__gt=at, member__status="active"
    ).first()


def may_visit(person: User) -> bool:
    """Whether this person's role signs in as customers (STAFF-2)."""
    return access.may(person, "add", on=SupportVisit)


# ---- what is done in a visit ----


def reason_needed(here: Standing, *, costs: bool) -> bool:
    """Whether a deed asks why: support does in a visit what the customer will pay for."""
    return here.visit is not None and costs


def need_reason(here: Standing, *, costs: bool, reason: str) -> None:
    """`ChangeRefused` where a deed asks why and nothing was written."""
    if reason_needed(here, costs=costs) and not reason.strip():
        raise ChangeRefused(
            _("This costs the customer money. Write why, for example who asked for it.")
        )


def cause(here: Standing, *, reason: str = "") -> str:
    """What a log without a column for visits keeps of one: its number and why; empty outside.

    Why somebody visits the parent is not told in its child (AGY-3).
    """
    visit = here.visit
    if visit is None:
        return reason
    why = reason.strip() or (visit.reason if visit.account_id == here.account.pk else "")
    return f"Support visit {visit.pk}{': ' if why else ''}{why}"[:200]


def _write(visit: SupportVisit, kind: AccountEvent.Kind, at: datetime) -> None:
    deeds.write(
        account_id=visit.account_id,
        member=visit.member,
        kind=kind,
        about=visit.member.name,
        at=at,
        by=deeds.Doer(person=visit.person, visit=visit),
        reason=visit.reason,
    )
