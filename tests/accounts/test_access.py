"""Who stands where and may what: staff by role, others by what they are and were given."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from accounts import access, staff_roles, visits
from accounts.access import EVERYBODY, Role, Staff
from accounts.models import Account, Member, User
from accounts.rights import GRANTABLE, Right
from tests.factories import AccessFactory, AccountFactory, MemberFactory, UserFactory, instant

pytestmark = pytest.mark.django_db


def seen(person: access.Person) -> set[Account]:
    return set(access.accounts_for(person))


def rights(person: access.Person, account: Account) -> frozenset[Right]:
    found = access.standing(person, account.pk)
    return frozenset() if found is None else found.rights


def test_a_member_enters_their_account_and_no_other():  # ALL-1
    member, other = MemberFactory(signs_in=True), AccountFactory()

    assert seen(member.user) == {member.account}
    assert access.standing(member.user, member.account_id) is not None
    assert access.standing(member.user, other.pk) is None
    assert access.standing(UserFactory(), member.account_id) is None


@pytest.mark.parametrize("status", ["suspended", "invited", "awaiting_approval", "deleted"])
def test_who_is_not_active_enters_nothing_whatever_was_given(status):  # ALL-1
    member = MemberFactory(signs_in=True, status=status, admin=True, purchase_permission=True)

    assert seen(member.user) == set()
    assert access.standing(member.user, member.account_id) is None
    assert access.rights_of(member) == frozenset()


def test_who_was_switched_off_or_never_signed_in_enters_nothing():
    member = MemberFactory(signs_in=True, primary_admin=True)
    User.objects.update(is_active=False)
    member.user.refresh_from_db()

    assert seen(member.user) == seen(AnonymousUser()) == set()
    assert access.standing(member.user, member.account_id) is None
    assert access.standing(AnonymousUser(), member.account_id) is None


def test_a_member_without_an_access_may_nothing_but_be_there():
    member = MemberFactory(signs_in=True)

    assert rights(member.user, member.account) == frozenset()


def test_an_access_gives_its_rights_and_what_they_need():
    account = AccountFactory()
    sales = AccessFactory(account=account, rights=[Right.UPDATE_TEAM])
    member = MemberFactory(account=account, signs_in=True, access=sales)

    assert rights(member.user, account) == {Right.SEE_TEAM, Right.UPDATE_TEAM}


def test_an_access_of_another_account_gives_nothing_here():  # ALL-1
    ours, theirs = AccountFactory(), AccountFactory()
    access.set_rights(AccessFactory(account=theirs), [Right.UPDATE_TEAM])
    foreign = AccessFactory(account=theirs, rights=[Right.UPDATE_ACCESSES])
    member = MemberFactory(account=ours, signs_in=True)
    Member.objects.filter(pk=member.pk).update(access=foreign)

    assert rights(member.user, ours) == frozenset()


def test_the_primary_account_admin_may_everything_the_account_has():
    member = MemberFactory(signs_in=True, primary_admin=True)

    found = rights(member.user, member.account)

    assert {Right.PRIMARY, Right.SUSPEND, Right.PURCHASE, Right.UPDATE_ACCESSES} <= found
    assert Right.SEE_LICENSING not in found, "the module is not enabled"
    assert Right.SEE_AGENCY not in found, "it is no agency"


def test_licensing_is_there_where_it_is_enabled():  # LIC-2
    account = AccountFactory(licensing_enabled=True)
    member = MemberFactory(account=account, signs_in=True, primary_admin=True)

    assert Right.UPDATE_LICENSING in rights(member.user, account)


@pytest.mark.parametrize("purchases", [False, True])
def test_admins_suspend_with_purchase_permission_alone(purchases):  # RSL-6
    member = MemberFactory(signs_in=True, admin=True, purchase_permission=purchases)

    found = rights(member.user, member.account)

    assert Right.UPDATE_TEAM in found
    assert (Right.SUSPEND in found) is purchases
    assert Right.PRIMARY not in found


def test_purchase_permission_and_the_billing_role_open_billing():  # PLAN-1
    buys, reads = MemberFactory(signs_in=True, purchase_permission=True), MemberFactory(paying=True)

    assert rights(buys.user, buys.account) == {Right.SEE_BILLING, Right.PURCHASE}
    assert access.rights_of(reads) == {Right.SEE_BILLING}


def test_a_bot_may_nothing():
    assert access.rights_of(MemberFactory(robot=True, admin=True)) == frozenset()


def test_the_holders_of_a_right_are_those_who_have_it():
    account = AccountFactory(licensing_enabled=True)
    sales = AccessFactory(account=account, rights=[Right.SEE_LICENSING])
    MemberFactory(account=account, name="Ann", access=sales)
    MemberFactory(account=account, name="Bob", admin=True)
    MemberFactory(account=account, name="Cid", primary_admin=True)
    MemberFactory(account=account, name="Dan", purchase_permission=True)
    MemberFactory(account=account, name="Eva", access=sales, status="suspended")

    for right in {*GRANTABLE, Right.SEE_BILLING, Right.PURCHASE, Right.SUSPEND, Right.PRIMARY}:
        found = {member.name for member in access.holders(account, right)}
        wanted = {
            member.name for member in account.members.all() if right in access.rights_of(member)
        }
        assert found == wanted, right
    assert access.holders(account, Right.SEE_LICENSING)[0].name == "Cid"


@pytest.mark.parametrize(("above", "below", "name"), [
    ("agency", "workspace", "agency"), ("reseller", "client", "clients"),
])  # fmt: skip
def test_the_parents_people_see_or_manage_its_children(above, below, name):  # ALL-1
    parent = AccountFactory(**{above: True})
    child = AccountFactory(**{below: True}, paid_by=parent)
    stranger = AccountFactory(**{below: True}, paid_by=AccountFactory(**{above: True}))
    MemberFactory(account=child, primary_admin=True)
    boss = MemberFactory(account=parent, signs_in=True, primary_admin=True)
    looks = AccessFactory(account=parent, rights=[Right(f"access_{name}")])
    reader = MemberFactory(account=parent, signs_in=True, access=looks)
    nobody = MemberFactory(account=parent, signs_in=True)

    assert {Right.UPDATE_TEAM, Right.SUSPEND, Right.PURCHASE} <= rights(boss.user, child)
    assert Right.PRIMARY not in rights(boss.user, child)
    assert Right.SEE_TEAM in rights(reader.user, child)
    assert not any(right.updates for right in rights(reader.user, child))
    assert access.standing(nobody.user, child.pk) is None
    assert access.standing(boss.user, stranger.pk) is None
    assert seen(boss.user) == {parent, child} == seen(reader.user)
    assert seen(nobody.user) == {parent}


def test_children_see_neither_each_other_nor_their_parent():  # ALL-1
    parent = AccountFactory(agency=True)
    child, sibling = (AccountFactory(workspace=True, paid_by=parent) for _ in range(2))
    member = MemberFactory(account=child, signs_in=True, primary_admin=True)

    assert seen(member.user) == {child}
    assert access.standing(member.user, parent.pk) is None
    assert access.standing(member.user, sibling.pk) is None


def test_an_unclaimed_child_is_managed_by_its_parent():
    parent = AccountFactory(agency=True)
    child = AccountFactory(workspace=True, paid_by=parent)
    boss = MemberFactory(account=parent, signs_in=True, primary_admin=True)

    assert Right.PRIMARY in rights(boss.user, child)


def test_a_visit_of_support_may_what_the_visited_member_may_and_only_there():
    support = UserFactory(staff=True)
    member, other = MemberFactory(purchase_permission=True), AccountFactory()
    at = instant("2026-03-01")
    visit = visits.begin(member_id=member.pk, person=support, reason="Request 7", at=at)

    here = access.standing(support, member.account_id, visit=visit)

    assert here is not None
    assert here.rights == access.rights_of(member)
    assert here.by.name == f"{support} ({member})"
    assert access.standing(support, member.account_id) is None
    assert access.standing(support, other.pk, visit=visit) is None


def test_entering_answers_404_to_strangers_and_names_the_right_that_is_lacking():
    member = MemberFactory(signs_in=True)
    request = HttpRequest()
    request.user = member.user

    here = access.enter(request, member.account_id)
    with pytest.raises(access.Lacking) as lacking:
        access.enter(request, member.account_id, needs=Right.SEE_TEAM)
    request.user = UserFactory()
    with pytest.raises(Http404):
        access.enter(request, member.account_id)

    assert here.account == member.account
    assert isinstance(lacking.value, PermissionDenied)
    assert lacking.value.right is Right.SEE_TEAM


def test_taking_a_right_back_takes_it_from_everybody_who_has_the_access():
    account = AccountFactory()
    sales = AccessFactory(account=account, rights=[Right.UPDATE_TEAM, Right.SEE_QUEUES])
    member = MemberFactory(account=account, access=sales)

    access.set_rights(sales, [Right.SEE_QUEUES])

    assert access.rights_of(member) == {Right.SEE_QUEUES}
    with pytest.raises(ValueError, match="cannot be given"):
        access.set_rights(sales, [Right.PURCHASE])


def test_staff_sees_accounts_by_role_alone():
    staff_roles.set_staff_roles({Account: Staff(view=frozenset({Role.SUPPORT}))})
    account = AccountFactory()
    support, catalogue = UserFactory(), UserFactory()

    staff_roles.give_role(person=support, role=Role.SUPPORT)
    staff_roles.give_role(person=catalogue, role=Role.CATALOGUE)

    assert support.is_staff
    assert seen(support) == {account}
    assert seen(catalogue) == set()
    assert not access.rows(catalogue, Account.objects.all()).exists()
    assert access.rows(support, Account.objects.all()).exists()


def test_a_role_without_being_staff_opens_nothing():
    staff_roles.set_staff_roles({Account: Staff(view=EVERYBODY)})
    person = UserFactory()
    person.groups.add(Group.objects.get(name=Role.SUPPORT.group_name))
    AccountFactory()

    assert seen(person) == set()
    assert not access.may(person, "view", on=Account)


def test_giving_a_role_twice_is_giving_it_once():
    staff_roles.set_staff_roles({Account: Staff(view=EVERYBODY)})
    person = UserFactory()

    staff_roles.give_role(person=person, role=Role.SUPPORT)
    staff_roles.give_role(person=person, role=Role.SUPPORT)

    assert list(person.groups.values_list("name", flat=True)) == ["Staff: support"]
