"""As which member a person belongs to an account: what every page of the account reads first."""

from __future__ import annotations

from typing import Final

from django.db.models import QuerySet

from accounts.models import Member, User
from accounts.statements import Statement


def member_of(
    person: User, account_id: int, *, status: str = Member.Status.ACTIVE
) -> Member | None:
    """The member of this status, with account, parent and Access; None for nobody. One query."""
    [found] = _READ.read(person_id=person.pk, account_id=account_id, status=status)
    return next(iter(found), None)


def _member(person_id: int, account_id: int, status: str) -> tuple[QuerySet[Member]]:
    found = Member.objects.filter(account=account_id, user=person_id, status=status)
    return (found.select_related("account__parent", "access").order_by("pk")[:1],)


_READ: Final = Statement(_member)
