"""The demo keeps out of databases that are not its own."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Account, User
from tests.factories import AccountFactory, SellerFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("factory", [AccountFactory, SellerFactory])
def test_the_demo_refuses_a_database_that_holds_something_else(factory):
    factory()
    before = Account.objects.count()

    with pytest.raises(CommandError, match="not the demo's"):
        call_command("demo", on=date(2026, 3, 20), stdout=StringIO(), stderr=StringIO())

    assert Account.objects.count() == before
    assert not User.objects.exists()
