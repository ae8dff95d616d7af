"""Staff roles: one auth Group a role, with the permissions that the pages declare (STAFF-4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.contrib.auth import get_permission_codename
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction

from accounts.access import Role, Staff
from accounts.models import User


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
