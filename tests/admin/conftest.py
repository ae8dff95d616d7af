"""Who sits at the desk in tests, and the book that lies on it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib import admin
from django.test import Client

from accounts import access, staff_roles
from accounts.admin.desk import declared_by
from accounts.models import User
from tests.factories import UserFactory

Seat = Callable[..., Client]


@pytest.fixture
def roles(db: None) -> None:
    staff_roles.set_staff_roles(declared_by(admin.site))


@pytest.fixture
def root(db: None) -> Client:
    """A superuser at the desk."""
    client = Client()
    client.force_login(UserFactory(superuser=True, email="root@example.com", name="Rita"))
    return client


@pytest.fixture
def seat(roles: None) -> Seat:
    """Somebody of the staff in these roles, signed in."""

    def sit(*held: access.Role) -> Client:
        person: User = UserFactory(staff=True)
        for role in held:
            staff_roles.give_role(person=person, role=role)
        client = Client()
        client.force_login(person)
        return client

    return sit
