"""Who may see or change what: the only file that knows guardian.

Staff of the vendor have roles: one auth Group a role, whose permissions the admin's pages declare
(STAFF-4). Everybody else sees the accounts that a group of theirs was given, as long as they are an
active member there (decision 24).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar

from django.contrib.auth import get_permission_codename
from django.contrib.auth.models import AnonymousUser, Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import Exists, OuterRef, QuerySet
from guardian.shortcuts import get_objects_for_user

from accounts.models import Account, Member, User

Row = TypeVar("Row", bound=models.Model)
Person = User | AnonymousUser

# Groups of customers' Accesses stand in the same table; a prefix keeps the two apart.
_GROUP_PREFIX: Final = "Staff: "


class Role(StrEnum):
    """What a person of the vendor works at. STAFF-4."""

    SUPPORT = "support"
    BILLING = "billing"
    CATALOGUE = "catalogue"
    READ_ONLY = "read-only"

    @property
    def group_name(self) -> str:
        return f"{_GROUP_PREFIX}{self.value}"


EVERYBODY: Final = frozenset(Role)
NOBODY: Final[frozenset[Role]] = frozenset()


@dataclass(frozen=True, slots=True)
class Staff:
    """Which roles may do what with the rows of one model; superusers may do everything.

    Who may add, change or delete may also view.
    """

    view: frozenset[Role] = NOBODY
    add: frozenset[Role] = NOBODY
    change: frozenset[Role] = NOBODY
    delete: frozenset[Role] = NOBODY

    def may(self, action: str, role: Role) -> bool:
        """Whether `role` may `action`: view, add, change or delete."""
        if action == "view":
            return role in self.view | self.add | self.change | self.delete
        allowed: frozenset[Role] = getattr(self, action)
        return role in allowed


def may(person: Person, action: str, *, on: type[models.Model]) -> bool:
    """Whether this person of staff may view, add, change or delete rows of the model."""
    if not (person.is_active and person.is_staff):
        return False
    codename = get_permission_codename(action, on._meta)
    return person.has_perm(f"{on._meta.app_label}.{codename}")


def rows(person: Person, queryset: QuerySet[Row]) -> QuerySet[Row]:
    """Of these rows those that the person may see as staff: all of them, or none."""
    if may(person, "view", on=queryset.model) or may(person, "change", on=queryset.model):
        return queryset
    return queryset.none()


def accounts_for(person: Person) -> QuerySet[Account]:
    """The accounts that this person may see.

    Staff with a role that views accounts: all. Others: those where they are an active member and a
    group of theirs was given the account; a suspended member sees nothing, whatever the grant.
    """
    if may(person, "view", on=Account):
        return Account.objects.all()
    if not isinstance(person, User) or not person.is_active:
        return Account.objects.none()
    here = Member.objects.filter(account=OuterRef("pk"), user=person, status=Member.Status.ACTIVE)
    granted: QuerySet[Account] = get_objects_for_user(
        person, "accounts.view_account", klass=Account, with_superuser=False
    )
    return granted.filter(Exists(here))


@transaction.atomic
def set_staff_roles(declared: Mapping[type[models.Model], Staff]) -> dict[Role, int]:
    """Gives each role's group exactly the declared permissions; how many each has now.

    Running it again changes nothing. Permissions of models that nobody declared are taken away.
    """
    counts = {}
    for role in Role:
        group, _ = Group.objects.get_or_create(name=role.group_name)
        wanted = list(_permissions(role, declared))
        group.permissions.set(wanted)
        counts[role] = len(wanted)
    return counts


def give_role(*, person: User, role: Role) -> None:
    """Makes this person one of the vendor's staff in this role."""
    person.groups.add(Group.objects.get(name=role.group_name))
    if not person.is_staff:
        person.is_staff = True
        person.save(update_fields=["is_staff"])


def _permissions(role: Role, declared: Mapping[type[models.Model], Staff]) -> Iterable[Permission]:
    types = ContentType.objects.get_for_models(*declared, for_concrete_models=False)
    codenames = {
        (types[model].pk, get_permission_codename(action, model._meta))
        for model, staff in declared.items()
        for action in ("view", "add", "change", "delete")
        if staff.may(action, role)
    }
    found = Permission.objects.filter(content_type__in=types.values())
    return [one for one in found if (one.content_type_id, one.codename) in codenames]
