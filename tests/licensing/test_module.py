"""The Licensing module is part of the accounts that hold licences (LIC-2)."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from accounts.models import Account
from tests.factories import AccountFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db


def test_accounts_that_held_licences_before_have_the_module_now():
    with_plan, with_licences, empty = (AccountFactory() for _ in range(3))
    SubscriptionFactory(account=with_plan)
    for code in ("plan", "licensing"):
        SubscriptionFactory(account=with_licences, code=code)
    migration = import_module("licensing.migrations.0002_licensing_where_it_is_held")

    migration.enable(apps, SimpleNamespace(connection=connection))

    assert list(Account.objects.filter(licensing_enabled=True)) == [with_licences]
    assert {with_plan, empty} == set(Account.objects.filter(licensing_enabled=False))
