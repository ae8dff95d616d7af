"""What the pages about Accesses show: a list of them, and who could be given one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Lower

from accounts import access, searching
from accounts.models import Access, Account, Member
from accounts.modules import MODULES, Words
from accounts.rights import GRANTABLE, Module, Right, see, update

SORTS: Final = {
    "name": ("key", "pk"),
    "-name": ("-key", "-pk"),
    "members": ("having", "key", "pk"),
    "-members": ("-having", "key", "pk"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One Access of the list: how many members have it, and the modules that it opens."""

    access: Access
    members: int
    updates: list[Words]
    sees: list[Words]


def wanted(account: Account, *, name: str = "", sort: str = "") -> QuerySet[Access]:
    """The account's Accesses whose name has this in it; the administrators' first, then by name."""
    having = Count("members", filter=~Q(members__status=Member.Status.DELETED))
    found = Access.objects.filter(account=account).annotate(key=Lower("name"), having=having)
    if name:
        found = found.filter(key__contains=name.lower())
    return found.order_by(*SORTS.get(sort, ("kind", "key", "pk")))


def rows(account: Account, accesses: Sequence[Access]) -> list[Row]:
    """These Accesses as rows; costs one query. The administrators' may not be made yet."""
    made = [one for one in accesses if one.pk is not None]
    rights = access.rights_by_access(made)
    return [
        Row(
            access=one,
            members=getattr(one, "having", 0),
            **_opened(account, rights.get(one.pk, frozenset(GRANTABLE))),
        )
        for one in accesses
    ]


def shown_modules(account: Account) -> list[Module]:
    """The modules that an Access of this account speaks of.

    Licensing also where it is not enabled, because it can be had; an account that is no agency or
    reseller does not hear of workspaces or clients.
    """
    return [
        module for module in Module if module is Module.LICENSING or access.is_open(module, account)
    ]


def without(account: Account, given: Access, *, name: str = "") -> QuerySet[Member]:
    """Who could be given this Access and does not have it, by name."""
    people = account.members.filter(bot=False, primary_admin=False).exclude(access=given)
    people = people.exclude(status=Member.Status.DELETED)
    if name:
        people = people.filter(searching.contains("name", name))
    return people.select_related("access", "user").order_by("name_key", "pk")


def _opened(account: Account, rights: frozenset[Right]) -> dict[str, list[Words]]:
    """The names of the modules that these rights open to change, and only to see."""
    opened = [module for module in Module if access.is_open(module, account)]
    updates = [module for module in opened if update(module) in rights]
    sees = [one for one in opened if see(one) in rights and one not in updates]
    return {
        "updates": [MODULES[module].name for module in updates],
        "sees": [MODULES[module].name for module in sees],
    }
