"""Members as the vendor's product keeps them: added, described, suspended and deleted by a program.

People are invited, approved and given rights in the portal alone. API-3.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import deeds, member_details, people, returns
from accounts.deeds import Doer
from accounts.locks import lock_payer_of
from accounts.models import Account, AccountEvent, Member
from accounts.questions import Planned, follow, refusals
from accounts.refusals import ChangeRefused, FieldRefused

Status = Member.Status
Kind = AccountEvent.Kind

# As what a program may add a member.
_BEGINS: Final = frozenset({Status.ACTIVE, Status.SUSPENDED})
# Where a program may move a member to, by where they stand.
_MOVES: Final = {
    Status.ACTIVE: {Status.SUSPENDED, Status.DELETED},
    Status.SUSPENDED: {Status.ACTIVE, Status.DELETED},
    Status.INVITED: {Status.DELETED},
    Status.AWAITING_APPROVAL: {Status.DELETED},
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What shall be so of a member; None leaves it as it is."""

    name: str | None = None
    email: str | None = None
    bot: bool | None = None
    status: str | None = None
    last_active_at: datetime | None = None


@transaction.atomic
def write(
    *, account: Account, reference: str, wanted: Wanted, at: datetime, by: Doer
) -> tuple[Member, bool]:
    """The member of this reference as it is wanted, and whether it is new.

    Written again it changes nothing. `FieldRefused` names what cannot be: a new member without a
    name, an address that is not the account's to change, another kind of member, a status that is
    people's to give. `ChangeRefused` for the primary account admin, who hands the role over first,
    and for who would hold a licence that is not free.
    """
    lock_payer_of(account.pk)
    member = Member.objects.filter(account=account, reference=reference).first()
    is_new = member is None
    if member is None:
        member = _add(account, reference, wanted, at=at, by=by)
    else:
        member.account = account
        _describe(member, wanted, at=at, by=by)
    _move(member, wanted.status, at=at, by=by)
    if wanted.last_active_at is not None:
        seen(account_id=account.pk, moments={member.pk: wanted.last_active_at}, at=at)
    member = Member.objects.get(pk=member.pk)
    member.account = account
    return member, is_new


def seen(*, account_id: int, moments: Mapping[int, datetime], at: datetime) -> int:
    """Keep when members of an account were last active; how many of them moved on.

    An earlier moment than is known changes nothing; a later one than ``at`` counts as ``at``.
    """
    rows = Member.objects.filter(account=account_id)
    return sum(
        rows.filter(Q(last_active_at=None) | Q(last_active_at__lt=moment), pk=member_id).update(
            last_active_at=moment
        )
        for member_id, moment in ((key, min(one, at)) for key, one in sorted(moments.items()))
    )


def _add(account: Account, reference: str, wanted: Wanted, *, at: datetime, by: Doer) -> Member:
    name = " ".join((wanted.name or "").split())
    if not name:
        raise FieldRefused("name", _("A member has a name. Write it."))
    status = Status.ACTIVE if wanted.status is None else Status(wanted.status)
    if status is Status.DELETED:
        words = _("There is no member %(member)s in this account.")
        raise FieldRefused("status", words % {"member": reference})
    if status not in _BEGINS:
        raise FieldRefused("status", _peoples_own())
    email = (wanted.email or "").strip().lower()
    _refuse_taken(account, email, but=None)
    return people.add_member(
        account_id=account.pk,
        reference=reference,
        name=name,
        email=email,
        bot=bool(wanted.bot),
        status=status,
        at=at,
        cause=by.name,
    )


def _describe(member: Member, wanted: Wanted, *, at: datetime, by: Doer) -> None:
    if wanted.bot is not None and wanted.bot != member.bot:
        words = _("%(name)s stays what they are: a person, or a bot. Add another member.")
        raise FieldRefused("bot", words % {"name": member.name})
    name = member.name if wanted.name is None else " ".join(wanted.name.split())
    if not name:
        raise FieldRefused("name", _("A member has a name. Write it."))
    if name != member.name:
        was, member.name = member.name, name
        deeds.write_about(member, kind=Kind.NAME, was=was, becomes=name, at=at, by=by)
    email = member.email if wanted.email is None else wanted.email.strip().lower()
    if email != member.email.lower():
        _refuse_address(member, email, at=at)
        was, member.email = member.email, email
        deeds.write_about(member, kind=Kind.EMAIL, was=was, becomes=email, at=at, by=by)
    member.save(update_fields=["name", "email"])


def _move(member: Member, status: str | None, *, at: datetime, by: Doer) -> None:
    if status is None or status == member.status:
        return
    if member.status == Status.DELETED:
        words = _("%(name)s was deleted, and stays so. Add a member with another reference.")
        raise FieldRefused("status", words % {"name": member.name})
    if status not in _MOVES[Status(member.status)]:
        raise FieldRefused("status", _peoples_own())
    # What somebody takes up again may be full by now: their licences, above all (LIC-7).
    planned = Planned(member.account, (member,), status, at, reads_amounts=False)
    if against := refusals(planned):
        raise ChangeRefused(" ".join(against))
    people.set_status(member_id=member.pk, status=status, at=at, cause=by.name)
    if status == Status.ACTIVE:
        returns.welcome(members=[member], at=at)
    follow(member.account_id, at=at, by=by)


def _refuse_address(member: Member, email: str, *, at: datetime) -> None:
    """Whoever reads the mail of an address could become the member, so some are not changed."""
    said = {"name": member.name}
    if member_details.address_is_theirs(member):
        words = _("%(name)s signs in with their address and changes it themselves.")
        raise FieldRefused("email", words % said)
    if member_details.invited_to(member, at=at):
        words = _("%(name)s is invited by e-mail. Withdraw that, then invite them anew.")
        raise FieldRefused("email", words % said)
    _refuse_taken(member.account, email, but=member.pk)


def _refuse_taken(account: Account, email: str, *, but: int | None) -> None:
    others = account.members.filter(email__iexact=email).exclude(status=Status.DELETED)
    if email and others.exclude(pk=but or 0).exists():
        words = _("Somebody else in this account has the address %(email)s already.")
        raise FieldRefused("email", words % {"email": email})


def _peoples_own() -> str:
    return _(
        "People are invited and approved in the portal. A program adds active members, suspends, "
        "activates and deletes them."
    )
