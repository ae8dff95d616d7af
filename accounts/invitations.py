"""Invitations: somebody is asked by e-mail into an account, and asked again, or no longer."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.core import signing
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import (
    access,
    accesses,
    approvals,
    deeds,
    foresight,
    mail,
    naming,
    people,
    visits,
    who_may,
)
from accounts.access import Standing
from accounts.acting import begin
from accounts.foresight import Foreseen
from accounts.models import Account, AccountEvent, Invitation, Member
from accounts.questions import Planned
from accounts.refusals import ChangeRefused
from accounts.rights import Right
from accounts.tasks import deliver_soon

VALID_FOR: Final = timedelta(days=14)
_SALT: Final = "accounts.invitation"
# Who may be sent an invitation: the invited, and who came with an imported book.
_ASKED: Final = frozenset({Member.Status.INVITED, Member.Status.ACTIVE})


class State(StrEnum):
    """How an invitation stands for somebody who has a link to it."""

    OPEN = "open"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    EXPIRED = "expired"
    PAUSED = "paused"


def foresee(*, here: Standing, at: datetime) -> Foreseen:
    """What follows when somebody invited at ``at`` joins, but for the billing role."""
    newcomer = Member(account=here.account, status=Member.Status.AWAITING_APPROVAL)
    amounts = foresight.reads_amounts(here)
    planned = Planned(here.account, (newcomer,), Member.Status.INVITED, at, reads_amounts=amounts)
    return foresight.foresee("invite", [planned])


@transaction.atomic
def invite(
    *,
    here: Standing,
    name: str,
    email: str,
    at: datetime,
    access_id: int | None = None,
    type: str = Member.Type.PASSIVE,
    billing_role: bool = False,
    reason: str = "",
) -> Member:
    """A new member of the account, who is asked by e-mail to join it.

    Invited by somebody who may buy places the letter goes out at once; otherwise the member waits
    for approval first (RSL-6), and `send` follows that. `ChangeRefused` for an address that is in
    the account already, for more than the person inviting has themselves, and for support that does
    not say why the customer pays more.
    """
    here = begin(here, needs=Right.UPDATE_TEAM)
    email = email.strip().lower()
    _refuse_known(here.account, email)
    if billing_role and not here.may(Right.SEE_BILLING):
        raise ChangeRefused(_("You do not see billing yourself, so you cannot let others see it."))
    if here.visit is not None and not billing_role:
        visits.need_reason(here, costs=foresee(here=here, at=at).costs, reason=reason)
    member = people.add_member(
        account_id=here.account.pk,
        name=" ".join(name.split()),
        email=email,
        billing_role=billing_role,
        status=approvals.first_status(here, otherwise=Member.Status.INVITED),
        at=at,
        by=here.person,
        cause=visits.cause(here, reason=reason),
    )
    member.type = type
    member.save(update_fields=["type"])
    if access_id is not None:
        accesses.assign(here=here, access_id=access_id, member_ids=[member.pk], at=at)
    if member.status == Member.Status.INVITED:
        send(here=here, member_id=member.pk, at=at)
    else:
        approvals.ask(member=member, at=at, by=who_may.told_as(here))
    return member


@transaction.atomic
def send(*, here: Standing, member_id: int, at: datetime) -> Invitation:
    """Send a member their invitation: for the first time, or again with a link of its own.

    Links of letters sent before are dead from now on, and the time to accept begins anew.
    `ChangeRefused` for a member who cannot be asked, and for one who would have more rights than
    the person asking: whoever sends a letter could first have changed where it goes.
    """
    here = begin(here, needs=Right.UPDATE_TEAM)
    member = _member(here, member_id)
    _refuse_unasked(member)
    if not access.rights_when_active(member) <= here.rights:
        raise ChangeRefused(
            _("%(name)s may do more here than you. Ask somebody to send it who may do as much.")
            % {"name": member.name}
        )
    invitation = _renewed(member, here, at)
    mail.owe(
        name="invitation",
        key=f"invitation:{invitation.pk}:{invitation.times_sent}",
        account_id=here.account.pk,
        subject_id=invitation.pk,
        to=member.email,
        language=here.account.language,
        at=at,
    )
    _write(AccountEvent.Kind.INVITED, here, member, at)
    deliver_soon()
    return invitation


@transaction.atomic
def withdraw(*, here: Standing, member_id: int, at: datetime) -> Member:
    """Take an invitation back: its links are dead, and who was only invited is deleted.

    Somebody of an imported book stays as they are; they are no longer asked to sign in. Of who is
    asked no more nothing is taken back, and nothing written. `ChangeRefused` for an invitation that
    was accepted meanwhile.
    """
    here = begin(here, needs=Right.UPDATE_TEAM)
    member = _member(here, member_id)
    if member.user_id is not None:
        raise ChangeRefused(
            _("%(name)s has accepted already. If they are to go, delete them under Team.")
            % {"name": member.name}
        )
    open_ones = Invitation.objects.filter(member=member, withdrawn_at=None)
    if not open_ones.update(withdrawn_at=at) and member.status != Member.Status.INVITED:
        return member
    if member.status == Member.Status.INVITED:
        people.set_status(
            member_id=member.pk,
            status=Member.Status.DELETED,
            at=at,
            by=here.person,
            cause=visits.cause(here),
        )
        member.refresh_from_db(fields=["status"])
    _write(AccountEvent.Kind.INVITATION_WITHDRAWN, here, member, at)
    return member


def token_of(invitation: Invitation) -> str:
    """What stands in the link: which invitation, and which sending of it, signed by the site."""
    return signing.Signer(salt=_SALT).sign_object([invitation.pk, invitation.nonce])


def find(token: str) -> tuple[Invitation, str] | None:
    """The invitation of a link and the nonce that the link carries; None for no link of ours."""
    try:
        key, nonce = signing.Signer(salt=_SALT).unsign_object(token)
    except signing.BadSignature:
        return None
    found = Invitation.objects.select_related("member__account", "member__user", "sent_by")
    invitation = found.filter(pk=key).first()
    return None if invitation is None else (invitation, nonce)


def state_of(invitation: Invitation, *, nonce: str, at: datetime) -> State:
    """How the invitation stands at this instant for who has the link with this nonce."""
    member = invitation.member
    if member.user_id is not None:
        return State.ACCEPTED
    if invitation.withdrawn_at is not None or member.status == Member.Status.DELETED:
        return State.WITHDRAWN
    if not secrets.compare_digest(invitation.nonce, nonce):
        return State.REPLACED
    if invitation.expires_at <= at:
        return State.EXPIRED
    return State.OPEN if member.status in _ASKED else State.PAUSED


def inviter(invitation: Invitation) -> str:
    """Who asks, for the person who is asked; empty for nobody, and for somebody of an agency."""
    sender = invitation.sent_by
    if sender is None or naming.people_of_agency(invitation.member.account, [sender]):
        return ""
    return str(sender)


def _refuse_known(account: Account, email: str) -> None:
    same = account.members.filter(Q(email__iexact=email) | Q(user__email__iexact=email))
    known = same.exclude(status=Member.Status.DELETED).first()
    if known is not None:
        raise ChangeRefused(
            _("%(email)s is in this account already: %(name)s, %(status)s.")
            % {"email": email, "name": known.name, "status": known.get_status_display().lower()}
        )


def _refuse_unasked(member: Member) -> None:
    """`ChangeRefused` for who cannot be asked to join."""
    named = {"name": member.name}
    if member.user_id is not None:
        raise ChangeRefused(_("%(name)s signs in already, so there is nothing to accept.") % named)
    if member.bot:
        raise ChangeRefused(_("%(name)s is a bot, and bots do not sign in.") % named)
    if member.status == Member.Status.AWAITING_APPROVAL:
        raise ChangeRefused(_("%(name)s waits for approval. The letter goes out with it.") % named)
    if member.status not in _ASKED:
        raise ChangeRefused(_("%(name)s is no longer in the account. Invite them anew.") % named)
    if not member.email:
        raise ChangeRefused(_("There is no e-mail address of %(name)s. Enter one first.") % named)


def _renewed(member: Member, here: Standing, at: datetime) -> Invitation:
    invitation = Invitation.objects.filter(member=member).first() or Invitation(
        member=member, times_sent=0
    )
    invitation.nonce = secrets.token_urlsafe(16)
    invitation.sent_at, invitation.expires_at = at, at + VALID_FOR
    invitation.times_sent += 1
    invitation.sent_by = here.person
    invitation.withdrawn_at = None
    invitation.save()
    return invitation


def _member(here: Standing, member_id: int) -> Member:
    return here.rows(Member.objects.select_related("access", "account")).get(pk=member_id)


def _write(kind: AccountEvent.Kind, here: Standing, member: Member, at: datetime) -> None:
    deeds.write(
        account_id=here.account.pk,
        member=member,
        kind=kind,
        about=member.name,
        becomes=member.email,
        at=at,
        by=here.by,
    )
