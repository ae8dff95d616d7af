"""Who belongs to an account, and to whom it does: what every page of the account reads first."""

from __future__ import annotations

from typing import Final

from django.db.models import QuerySet

from accounts.models import Account, Member, User
from accounts.statements import Statement


def member_of(
    person: User, account_id: int, *, status: str = Member.Status.ACTIVE
) -> Member | None:
    """The member of this status, with account, parent and Access; None for nobody. One query."""
    [found] = _READ.read(person_id=person.pk, account_id=account_id, status=status)
    return next(iter(found), None)


def account_with_parent(account_id: int) -> Account | None:
    """The account; None where there is none of this id. One query."""
    [found] = _ACCOUNTS.read(account_id=account_id)
    return next(iter(found), None)


def is_claimed(account_id: int) -> bool:
    """Whether somebody is the account's primary account admin. One query."""
    [found] = _CLAIMED.read(account_id=account_id)
    return bool(found)


def _member(person_id: int, account_id: int, status: str) -> tuple[QuerySet[Member]]:
    found = Member.objects.filter(account=account_id, user=person_id, status=status)
    return (found.select_related("account__parent", "access").order_by("pk")[:1],)


_READ: Final = Statement(_member)


def _account(account_id: int) -> tuple[QuerySet[Account]]:
    return (Account.objects.filter(pk=account_id).select_related("parent"),)


def _primary_admin(account_id: int) -> tuple[QuerySet[Member, int]]:
    found = Member.objects.filter(account=account_id, primary_admin=True).order_by()
    return (found.values_list("pk", flat=True)[:1],)


_ACCOUNTS: Final = Statement(_account)
_CLAIMED: Final = Statement(_primary_admin)
