"""Joining an account: an invitation is accepted, once, by who reads the mail of its address."""

from __future__ import annotations

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from accounts import deeds, invitations, people
from accounts.deeds import Doer
from accounts.invitations import State
from accounts.locks import lock_payer_of
from accounts.models import AccountEvent, Invitation, Member, User
from accounts.questions import Planned, follow, refusals
from accounts.refusals import ChangeRefused


def has_address(person: User, email: str) -> bool:
    """Whether the person has proven that they read the mail of this address."""
    addresses = EmailAddress.objects.filter(user=person, verified=True)
    return addresses.filter(email__iexact=email).exists()


def signs_in_with(email: str) -> bool:
    """Whether somebody has proven this address, and so signs in with it."""
    return EmailAddress.objects.filter(email__iexact=email, verified=True).exists()


def waiting_for(person: User, *, at: datetime) -> list[Invitation]:
    """The open invitations to any address that this person has proven, the newest first."""
    proven = EmailAddress.objects.filter(user=person, verified=True)
    emails = proven.annotate(key=Lower("email")).values("key")
    found = (
        Invitation.objects.annotate(key=Lower("member__email"))
        .filter(key__in=emails, member__user=None, withdrawn_at=None, expires_at__gt=at)
        .filter(member__status__in=[Member.Status.INVITED, Member.Status.ACTIVE])
    )
    return list(found.select_related("member__account", "sent_by").order_by("-sent_at", "-pk"))


@transaction.atomic
def accept(*, token: str, person: User, at: datetime) -> Member:
    """Join as the invited member; a second time by the same person nothing more happens.

    `ChangeRefused` where the invitation is not open, is for another address, or leads into an
    account where the person is already.
    """
    invitation = _open(token, at, by=person)
    member = invitation.member
    if member.user_id == person.pk:
        return member
    if not has_address(person, member.email):
        raise ChangeRefused(
            _("This invitation is for %(email)s, which is not among your addresses.")
            % {"email": member.email}
        )
    return _join(invitation, person, at)


@transaction.atomic
def accept_as_new(*, token: str, name: str, password: str, at: datetime) -> Member:
    """Join as somebody new: a person with this name and password, whose address is proven.

    Who has opened the link reads the mail of its address. Somebody who was written down with it
    before and never proved it (nobody could sign in as them) is the person who joins.
    """
    invitation = _open(token, at)
    email = invitation.member.email.lower()
    if signs_in_with(email):
        raise ChangeRefused(
            _("%(email)s signs in here already. Sign in, then open the link once more.")
            % {"email": email}
        )
    person = _newcomer(email, name=name, password=password, at=at)
    EmailAddress.objects.filter(user=person).update(primary=False)
    EmailAddress.objects.update_or_create(
        user=person, email=email, defaults={"verified": True, "primary": True}
    )
    return _join(invitation, person, at)


def refusal(invitation: Invitation, state: State) -> str:
    """Why the invitation cannot be accepted, and whom to ask, in words."""
    account = invitation.member.account
    sender = invitations.inviter(invitation) or account.name
    words = {
        State.ACCEPTED: _("This invitation to %(account)s was accepted already. Sign in."),
        State.WITHDRAWN: _("This invitation to %(account)s was withdrawn. Ask %(sender)s."),
        State.REPLACED: _(
            "This invitation to %(account)s was sent again later. Open the link of the newest "
            "letter."
        ),
        State.EXPIRED: _(
            "This invitation to %(account)s has expired. Ask %(sender)s to send it again."
        ),
        State.PAUSED: _("This invitation to %(account)s is on hold. Ask %(sender)s."),
    }
    return words[state] % {"account": account.name, "sender": sender}


def _open(token: str, at: datetime, *, by: User | None = None) -> Invitation:
    """The invitation, read again under the account's lock; `ChangeRefused` unless it is open.

    One that ``by`` has accepted themselves is theirs to see.
    """
    found = invitations.find(token)
    if found is None:
        raise ChangeRefused(_("This is no link of ours. Copy it whole from the letter."))
    lock_payer_of(found[0].member.account_id)
    invitation, nonce = invitations.find(token) or found
    state = invitations.state_of(invitation, nonce=nonce, at=at)
    theirs = by is not None and invitation.member.user_id == by.pk
    if state is not State.OPEN and not (state is State.ACCEPTED and theirs):
        raise ChangeRefused(refusal(invitation, state))
    return invitation


def _newcomer(email: str, *, name: str, password: str, at: datetime) -> User:
    person = User.objects.filter(email__iexact=email).first()
    if person is None:
        return _created(email, name=name, password=password, at=at)
    if not person.is_active:
        raise ChangeRefused(
            _("%(email)s may not sign in here. Ask support.") % {"email": person.email}
        )
    person.name, person.email = name, email
    person.set_password(password)
    person.save(update_fields=["name", "email", "password"])
    return person


def _created(email: str, *, name: str, password: str, at: datetime) -> User:
    try:
        with transaction.atomic():
            return User.objects.create_user(email, password, name=name, joined_at=at)
    except IntegrityError:
        # Accepted at the same moment in another account.
        raise ChangeRefused(
            _("%(email)s signs in here already. Sign in, then open the link once more.")
            % {"email": email}
        ) from None


def _join(invitation: Invitation, person: User, at: datetime) -> Member:
    member = invitation.member
    here = Member.objects.filter(account=member.account_id, user=person)
    twice = here.exclude(status=Member.Status.DELETED).first()
    if twice is not None:
        raise ChangeRefused(
            _("You are in %(account)s already, as %(name)s. Ask there to withdraw the invitation.")
            % {"account": member.account.name, "name": twice.name}
        )
    _refuse_full(invitation, at)
    member.user = person
    member.save(update_fields=["user"])
    invitation.accepted_at = at
    invitation.save(update_fields=["accepted_at"])
    people.set_status(member_id=member.pk, status=Member.Status.ACTIVE, at=at, by=person)
    follow(member.account_id, at=at, by=Doer(person=person))
    member.refresh_from_db(fields=["status"])
    deeds.write(
        account_id=member.account_id,
        member=member,
        kind=AccountEvent.Kind.INVITATION_TAKEN,
        about=member.name,
        becomes=member.email,
        at=at,
        by=Doer(person=person),
    )
    return member


def _refuse_full(invitation: Invitation, at: datetime) -> None:
    """`ChangeRefused` while what the invited member will hold has no room in the account."""
    member = invitation.member
    active = Member.Status.ACTIVE
    planned = Planned(member.account, (member,), active, at, reads_amounts=False)
    if against := refusals(planned):
        asked = _("You cannot join %(account)s yet. Ask %(sender)s to make room, then try again.")
        sender = invitations.inviter(invitation) or member.account.name
        said = asked % {"account": member.account.name, "sender": sender}
        raise ChangeRefused(" ".join([said, *against]))
