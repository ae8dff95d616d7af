"""What a person is in the accounts that they enter, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.access import Standing
from accounts.models import Account, Member, User


@dataclass(frozen=True, slots=True)
class Place:
    """An account that a person enters, and what they are there, in words."""

    account: Account
    role: str


def places(person: User, accounts: Sequence[Account]) -> list[Place]:
    """What this person is in each of these accounts, in their order; costs one query.

    Accounts whose ``parent`` is not loaded cost one more each.
    """
    mine = Member.objects.filter(user=person, account__in=accounts, status=Member.Status.ACTIVE)
    members = {member.account_id: member for member in mine.select_related("access")}
    return [Place(one, _role(members.get(one.pk), one.parent)) for one in accounts]


def suspended_in(person: User) -> list[Account]:
    """The accounts in which this person is suspended, by name."""
    mine = Member.objects.filter(user=person, status=Member.Status.SUSPENDED, bot=False)
    return list(Account.objects.filter(pk__in=mine.values("account_id")).order_by("name", "pk"))


def role_of(here: Standing) -> str:
    """What the person is where they stand, in words."""
    return _role(here.member, here.through)


def _role(member: Member | None, parent: Account | None) -> str:
    if member is None:
        return _("For %(parent)s, which manages it") % {"parent": parent}
    return " · ".join(_roles(member))


def _roles(member: Member) -> list[str]:
    """What a member is: the one word that matters, and what they have besides."""
    if member.primary_admin:
        return [_("Primary account admin")]
    besides = [
        words
        for words, holds in (
            (_("Billing role"), member.billing_role),
            (_("Purchase permission"), member.purchase_permission),
        )
        if holds
    ]
    if member.is_admin:
        return [_("Admin"), *besides]
    if member.access is not None:
        return [_("Access %(name)s") % {"name": member.access}, *besides]
    return besides or [_("Member without an Access")]
