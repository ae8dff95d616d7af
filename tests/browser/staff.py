"""People of the vendor, each in a role, as the site's own command sets the roles up."""

from __future__ import annotations

from django.contrib import admin

from accounts import staff_roles
from accounts.access import Role
from accounts.admin.desk import declared_by
from accounts.models import User
from tests.factories import UserFactory


def somebody_of(role: Role, *, name: str) -> User:
    """A person of staff with this role alone."""
    staff_roles.set_staff_roles(declared_by(admin.site))
    person: User = UserFactory(name=name, staff=True)
    staff_roles.give_role(person=person, role=role)
    return person
