"""Who sees which accounts: staff by role, others by what was granted, while they are active."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from guardian.shortcuts import assign_perm

from accounts import access
from accounts.access import EVERYBODY, Role, Staff
from accounts.models import Account, Member, User
from tests.factories import AccountFactory, MemberFactory, UserFactory

pytestmark = pytest.mark.django_db


def join(user: User, account: Account, status: str = Member.Status.ACTIVE) -> None:
    member = MemberFactory(account=account, status=status)
    Member.objects.filter(pk=member.pk).update(user=user)


def let_in(user: User, account: Account, status: str = Member.Status.ACTIVE) -> Group:
    """A member of the account whose group was given it."""
    join(user, account, status)
    group = Group.objects.create(name=f"Access {account.pk} {user.pk}")
    user.groups.add(group)
    assign_perm("accounts.view_account", group, account)
    return group


def seen(person: access.Person) -> set[Account]:
    return set(access.accounts_for(person))


def test_a_member_sees_the_account_that_a_group_of_theirs_was_given():
    person, account, other = UserFactory(), AccountFactory(), AccountFactory()

    let_in(person, account)

    assert seen(person) == {account}
    assert other not in seen(person)


def test_a_member_whose_groups_were_given_nothing_sees_nothing():
    person, account = UserFactory(), AccountFactory()

    join(person, account)

    assert seen(person) == set()


@pytest.mark.parametrize("status", [Member.Status.SUSPENDED, Member.Status.INVITED])
def test_who_is_not_active_sees_nothing_whatever_was_granted(status):
    person = UserFactory()

    let_in(person, AccountFactory(), status)

    assert seen(person) == set()


def test_who_was_switched_off_or_never_signed_in_sees_nothing():
    person = UserFactory(is_active=False)
    let_in(person, AccountFactory())

    assert seen(person) == seen(AnonymousUser()) == set()


def test_staff_sees_accounts_by_role_alone():
    access.set_staff_roles({Account: Staff(view=frozenset({Role.SUPPORT}))})
    account = AccountFactory()
    support, catalogue = UserFactory(), UserFactory()

    access.give_role(person=support, role=Role.SUPPORT)
    access.give_role(person=catalogue, role=Role.CATALOGUE)

    assert support.is_staff
    assert seen(support) == {account}
    assert seen(catalogue) == set()
    assert not access.rows(catalogue, Account.objects.all()).exists()
    assert access.rows(support, Account.objects.all()).exists()


def test_a_role_without_being_staff_opens_nothing():
    access.set_staff_roles({Account: Staff(view=EVERYBODY)})
    person = UserFactory()
    person.groups.add(Group.objects.get(name=Role.SUPPORT.group_name))
    AccountFactory()

    assert seen(person) == set()
    assert not access.may(person, "view", on=Account)


def test_giving_a_role_twice_is_giving_it_once():
    access.set_staff_roles({Account: Staff(view=EVERYBODY)})
    person = UserFactory()

    access.give_role(person=person, role=Role.SUPPORT)
    access.give_role(person=person, role=Role.SUPPORT)

    assert list(person.groups.values_list("name", flat=True)) == ["Staff: support"]
