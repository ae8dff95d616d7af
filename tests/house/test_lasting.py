"""What a module's tests begin with is written once, and none of them sees another's traces."""

import pytest
from django.db import connection

from accounts.models import Account
from tests.factories import AccountFactory
from tests.lasting import lasting

pytestmark = pytest.mark.django_db
WRITTEN: list[str] = []


@lasting
def account() -> Account:
    WRITTEN.append(f"{len(WRITTEN)} times before")
    found: Account = AccountFactory(name="As written", reference=WRITTEN[-1])
    return found


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_finds_what_was_written_and_leaves_nothing(account, turn):
    stored = Account.objects.get()
    assert (stored.pk, stored.name, account.name) == (account.pk, "As written", "As written")
    assert not hasattr(account, "kept")

    account.kept = turn
    account.name = "Changed"
    account.save()
    AccountFactory()


def test_who_does_not_ask_finds_nothing():
    assert not Account.objects.exists()


def test_it_is_written_again_after_such_a_test(account):
    assert Account.objects.get().reference == account.reference == WRITTEN[-1]


@pytest.mark.django_db(transaction=True)
def test_who_commits_has_it_committed(account):
    assert not connection.in_atomic_block
    assert Account.objects.get() == account
