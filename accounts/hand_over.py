"""The primary role goes from one person to another: asked for, confirmed, or called off.

Who gives it names somebody who can sign in, and proves with their password that it is them; who
takes it has a week to confirm. Until then nothing changes (decision 23).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts import deeds, inbox, mail, who_may
from accounts.access import Standing
from accounts.accesses import administrators_of
from accounts.acting import begin
from accounts.deeds import Doer
from accounts.locks import lock_payer_of
from accounts.models import Account, AccountEvent, HandOver, Member, User
from accounts.refusals import ChangeRefused
from accounts.rights import Right
from accounts.statements import Statement

Kind = AccountEvent.Kind
VALID_FOR: Final = timedelta(days=7)
_TOPIC: Final = inbox.Topic.ROLES


class State(StrEnum):
    """How a hand-over stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    ENDED = "ended"
    EXPIRED = "expired"


def state_of(found: HandOver, *, at: datetime) -> State:
    """How the hand-over stands at this instant."""
    if found.accepted_at is not None:
        return State.ACCEPTED
    if found.ended_at is not None:
        return State.ENDED
    return State.OPEN if at < found.expires_at else State.EXPIRED


def waiting(account: Account, *, at: datetime) -> HandOver | None:
    """The hand-over that waits for an answer; None where there is none."""
    [found] = _WAITING.read(account_id=account.pk, at=at)
    return next(iter(found), None)


def _waits(account_id: int, at: datetime) -> tuple[QuerySet[HandOver]]:
    rows = HandOver.objects.filter(account=account_id, accepted_at=None, ended_at=None)
    waiting = rows.filter(expires_at__gt=at).order_by("pk")[:1]
    return (waiting.select_related("giver", "taker__user", "account"),)


_WAITING: Final = Statement(_waits)


def able(account: Account) -> QuerySet[Member]:
    """Who can take the role: active people of the account who sign in, by name."""
    people = account.members.filter(status=Member.Status.ACTIVE, bot=False, primary_admin=False)
    return people.filter(user__is_active=True).select_related("user", "access")


@transaction.atomic
def ask(*, here: Standing, taker_id: int, at: datetime) -> HandOver:
    """Ask a member to take the primary role over; they have a week to confirm it.

    `ChangeRefused` in a visit of support, while somebody is asked already, and for a member who
    could not take it.
    """
    here = _begin(here)
    giver = here.member
    if giver is None or not giver.primary_admin:
        raise ChangeRefused(_("Only the primary account admin hands the role over."))
    taker = _able(here.account, taker_id)
    if (open_one := waiting(here.account, at=at)) is not None:
        raise ChangeRefused(
            _("%(name)s is asked already. Call that off first.") % {"name": open_one.taker.name}
        )
    # What nobody answered in time was over then.
    late = HandOver.objects.filter(account=here.account, accepted_at=None, ended_at=None)
    for one in late:
        one.ended_at = one.expires_at
        one.save(update_fields=["ended_at"])
    asked = HandOver.objects.create(
        account=here.account, giver=giver, taker=taker, asked_at=at, expires_at=at + VALID_FOR
    )
    _write(asked, Kind.PRIMARY_ASKED, taker, here.by, at=at)
    _write_to(asked, taker, "hand_over", at=at)
    _tell(asked, taker, "hand_over_asked", giver, at=at, by_email=False)
    return asked


@transaction.atomic
def appoint(*, here: Standing, taker_id: int, at: datetime) -> Member:
    """Make somebody of an unclaimed account its first primary account admin (decision 23).

    The parent's people do it, who manage such an account; nobody gives the role up, so nobody is
    asked. `ChangeRefused` once there is one.
    """
    here = _begin(here)
    if here.through is None or here.account.members.filter(primary_admin=True).exists():
        raise ChangeRefused(_("This account has a primary account admin. They hand the role over."))
    taker = _able(here.account, taker_id)
    taker.primary_admin = True
    taker.save(update_fields=["primary_admin"])
    _write_change(taker, Kind.PRIMARY, "", taker.name, by=here.by, at=at)
    inbox.tell(
        name="primary_appointed",
        key=f"primary_appointed:{taker.pk}",
        account_id=here.account.pk,
        people=_person(taker),
        details={"by": who_may.told_as(here)},
        at=at,
        topic=_TOPIC,
    )
    return taker


@transaction.atomic
def accept(*, hand_over_id: int, person: User, at: datetime) -> HandOver:
    """Take the role over: in one step the giver loses it and the taker has it.

    The giver stays an admin with purchase permission. `ChangeRefused` where it is no longer open,
    or either of the two is no longer who they were.
    """
    found = _answered(hand_over_id, person, at)
    giver, taker = found.giver, found.taker
    if not giver.primary_admin:
        raise ChangeRefused(
            _("%(name)s is no longer the primary account admin and cannot hand the role over.")
            % {"name": giver.name}
        )
    if taker.status != Member.Status.ACTIVE:
        raise ChangeRefused(_("You are not active in this account. Ask to be activated first."))
    by = Doer(person)
    _step_down(giver, by, at)
    taker.primary_admin = True
    taker.save(update_fields=["primary_admin"])
    found.accepted_at = at
    found.save(update_fields=["accepted_at"])
    for member in (giver, taker):
        _write(found, Kind.PRIMARY, member, by, at=at)
        _write_to(found, member, "hand_over_done", at=at)
    _tell(found, giver, "hand_over_done", taker, at=at, by_email=False)
    return found


@transaction.atomic
def decline(*, hand_over_id: int, person: User, at: datetime) -> HandOver:
    """Leave the role where it is; the giver is told."""
    found = _answered(hand_over_id, person, at)
    _end(found, Doer(person), at)
    _tell(found, found.giver, "hand_over_declined", found.taker, at=at)
    return found


@transaction.atomic
def call_off(*, here: Standing, at: datetime) -> HandOver:
    """Take the question back; who was asked is told."""
    here = _begin(here)
    found = waiting(here.account, at=at)
    if found is None:
        raise ChangeRefused(_("Nobody is asked any more. Look at who has the role now."))
    _end(found, here.by, at)
    _tell(found, found.taker, "hand_over_called_off", found.giver, at=at)
    return found


def _begin(here: Standing) -> Standing:
    """Under the lock, as the primary account admin or who stands in for one; never in a visit."""
    if here.visit is not None:
        raise ChangeRefused(_("Support cannot do this. The primary account admin does it alone."))
    return begin(here, needs=Right.PRIMARY)


def _able(account: Account, taker_id: int) -> Member:
    found = able(account).filter(pk=taker_id).first()
    if found is None:
        raise ChangeRefused(
            _("The role can go to an active person of this account who signs in. Choose one.")
        )
    return found


def _answered(hand_over_id: int, person: User, at: datetime) -> HandOver:
    """The open hand-over that waits for this person's answer, under the lock."""
    rows = HandOver.objects.select_related("account", "giver__access", "giver__user", "taker__user")
    lock_payer_of(rows.get(pk=hand_over_id).account_id)
    found = rows.get(pk=hand_over_id)
    if found.taker.user_id != person.pk:
        raise ChangeRefused(_("Somebody else was asked. Only they can answer."))
    refusals = {
        State.ACCEPTED: _("This was confirmed already. You are the primary account admin."),
        State.ENDED: _("This was called off or declined. Nothing has changed."),
        State.EXPIRED: _("The time to confirm is over. Ask %(name)s to name you again."),
    }
    state = state_of(found, at=at)
    if state in refusals:
        raise ChangeRefused(refusals[state] % {"name": found.giver.name})
    return found


def _step_down(giver: Member, by: Doer, at: datetime) -> None:
    """The giver becomes an admin with purchase permission, and the log says so."""
    was, purchases = giver.access, giver.purchase_permission
    giver.primary_admin, giver.purchase_permission = False, True
    giver.access = administrators_of(account_id=giver.account_id)
    giver.save(update_fields=["primary_admin", "purchase_permission", "access"])
    with override(giver.account.language):
        if was != giver.access:
            words = str(was or _("no Access")), str(giver.access)
            _write_change(giver, Kind.ACCESS, *words, by=by, at=at)
        if not purchases:
            words = _("no purchase permission"), _("purchase permission")
            _write_change(giver, Kind.PURCHASE, *words, by=by, at=at)


def _write_change(
    member: Member, kind: Kind, was: str, becomes: str, *, by: Doer, at: datetime
) -> None:
    deeds.write_about(member, kind=kind, was=was, becomes=becomes, at=at, by=by)


def _end(found: HandOver, by: Doer, at: datetime) -> None:
    found.ended_at = at
    found.save(update_fields=["ended_at"])
    _write(found, Kind.PRIMARY_ENDED, found.taker, by, at=at)


def _write(found: HandOver, kind: Kind, member: Member, by: Doer, *, at: datetime) -> None:
    _write_change(member, kind, found.giver.name, found.taker.name, by=by, at=at)


def _write_to(found: HandOver, member: Member, letter: str, *, at: datetime) -> None:
    """Owe the member a letter about the hand-over, whatever e-mails they have switched off."""
    for person in _person(member):
        mail.owe(
            name=letter,
            key=f"{letter}:{found.pk}:{member.pk}",
            account_id=found.account_id,
            subject_id=found.pk,
            to=person.email,
            language=person.language or found.account.language,
            at=at,
        )


def _tell(
    found: HandOver,
    member: Member,
    name: str,
    other: Member,
    *,
    at: datetime,
    by_email: bool = True,
) -> None:
    inbox.tell(
        name=name,
        key=f"{name}:{found.pk}",
        account_id=found.account_id,
        people=_person(member),
        details={"name": other.name, "hand_over": found.pk},
        at=at,
        topic=_TOPIC,
        by_email=by_email,
    )


def _person(member: Member) -> list[User]:
    return [member.user] if member.user is not None else []
