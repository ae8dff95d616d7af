"""What an account writes about a member: their name and address, and that they may buy for it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts import access, deeds, inbox, who_may
from accounts.access import Standing
from accounts.acting import begin
from accounts.deeds import Doer
from accounts.locks import lock_payers
from accounts.models import AccountEvent, Invitation, Member, User
from accounts.refusals import ChangeRefused
from accounts.rights import Right

Kind = AccountEvent.Kind


@transaction.atomic
def describe(
    *, here: Standing, member_id: int, name: str, email: str | None, at: datetime
) -> Member:
    """Give a member this name and, unless None, this e-mail address.

    `ChangeRefused` for an address that is not the account's to change: of who signs in, of who is
    being invited to it, and of who may do more than the person changing it. Whoever reads its mail
    could become them.
    """
    here = begin(here, needs=Right.UPDATE_TEAM)
    member = _member(here, member_id)
    kept = " ".join(name.split())
    if not kept:
        raise ChangeRefused(_("A member has a name. Write it."))
    if kept != member.name:
        was, member.name = member.name, kept
        deeds.write_about(member, kind=Kind.NAME, was=was, becomes=kept, at=at, by=here.by)
    address = member.email if email is None else email.strip().lower()
    if address != member.email.lower():
        _refuse_address(here, member, address, at=at)
        was, member.email = member.email, address
        deeds.write_about(member, kind=Kind.EMAIL, was=was, becomes=address, at=at, by=here.by)
    member.save(update_fields=["name", "email"])
    return member


@transaction.atomic
def set_purchase_permission(
    *, here: Standing, member_id: int, granted: bool, at: datetime
) -> Member:
    """Let a member buy for the account, or no longer; the primary account admin alone does it."""
    here = begin(here, needs=Right.PRIMARY)
    member = _member(here, member_id)
    if member.bot:
        raise ChangeRefused(_("%(name)s is a bot. Bots buy nothing.") % {"name": member.name})
    if member.primary_admin:
        raise ChangeRefused(
            _("%(name)s is the primary account admin and may buy anyway.") % {"name": member.name}
        )
    if member.purchase_permission == granted:
        return member
    member.purchase_permission = granted
    member.save(update_fields=["purchase_permission"])
    with override(here.account.language):
        words = [_("no purchase permission"), _("purchase permission")]
        was, becomes = words if granted else reversed(words)
        deeds.write_about(member, kind=Kind.PURCHASE, was=was, becomes=becomes, at=at, by=here.by)
    inbox.tell(
        name="purchase_permission",
        key=f"purchase_permission:{member.pk}:{at.isoformat()}",
        account_id=here.account.pk,
        people=[member.user] if member.user is not None else [],
        details={"by": who_may.told_as(here), "granted": granted},
        at=at,
        topic=inbox.Topic.ROLES,
    )
    return member


@transaction.atomic
def follow(*, person: User, was: str, becomes: str, at: datetime) -> None:
    """Write a person's new main address wherever their account knew the one they had before.

    An account that asked them by another address of theirs goes on knowing that one.
    """
    if was == becomes:
        return
    mine = Member.objects.filter(user=person, email__iexact=was)
    members = mine.exclude(status=Member.Status.DELETED).select_related("account").order_by("pk")
    lock_payers({member.account.payer_id for member in members})
    for member in members:
        member.email = becomes
        member.save(update_fields=["email"])
        deeds.write_about(
            member, kind=Kind.EMAIL, was=was, becomes=becomes, at=at, by=Doer(person=person)
        )


def address_is_theirs(member: Member) -> bool:
    """Whether the member changes their address themselves, because they sign in with it."""
    return member.user_id is not None


def invited_to(member: Member, *, at: datetime) -> bool:
    """Whether a letter is out that lets its reader become this member."""
    open_ones = Invitation.objects.filter(member=member, accepted_at=None, withdrawn_at=None)
    return open_ones.filter(expires_at__gt=at).exists()


def _member(here: Standing, member_id: int) -> Member:
    rows = here.rows(Member.objects.select_related("account", "access", "user"))
    found = rows.filter(pk=member_id).exclude(status=Member.Status.DELETED).first()
    if found is None:
        raise ChangeRefused(_("This member was deleted meanwhile. Look at the team again."))
    return found


def _refuse_address(here: Standing, member: Member, address: str, *, at: datetime) -> None:
    said = {"name": member.name, "email": address}
    if address_is_theirs(member):
        raise ChangeRefused(
            _("%(name)s signs in with their address and changes it themselves.") % said
        )
    if invited_to(member, at=at):
        raise ChangeRefused(
            _("%(name)s is invited by e-mail. Withdraw that, then invite them anew.") % said
        )
    if not access.rights_when_active(member) <= here.rights:
        raise ChangeRefused(
            _("%(name)s may do more here than you, so you cannot change their address.") % said
        )
    others = here.account.members.filter(email__iexact=address).exclude(pk=member.pk)
    if address and others.exclude(status=Member.Status.DELETED).exists():
        raise ChangeRefused(
            _("Somebody else in this account has the address %(email)s already.") % said
        )
