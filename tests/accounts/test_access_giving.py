"""Accesses are given to members, and nobody comes to more through one (decision 36)."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from accounts import access, accesses
from accounts.access import Lacking
from accounts.models import Account, AccountEvent, Member
from accounts.refusals import ChangeRefused
from accounts.rights import GRANTABLE, Right
from tests.concurrency.threads import together
from tests.factories import AccessFactory, AccountFactory, MemberFactory, UserFactory, instant
from tests.standing import chief, holder, me, stands

pytestmark = pytest.mark.django_db

AT = instant("2026-03-01 10:00")


@pytest.mark.parametrize("stands_as", ["member", "admin", "primary", "parent", "visit"])
@pytest.mark.parametrize("beyond", [False, True])
def test_who_may_give_what(stands_as, beyond):  # decision 36
    here = standings()[stands_as](AccountFactory(workspace=True, paid_by=agency()))
    right = Right.UPDATE_QUEUES if beyond else Right.UPDATE_TEAM
    limited = stands_as in {"member", "visit"}

    if beyond and limited:
        with pytest.raises(ChangeRefused, match="Update Queues"):
            accesses.create(here=here, name="New", rights=[right], at=AT)
    else:
        assert right in access.rights_given(
            accesses.create(here=here, name="New", rights=[right], at=AT)
        )


def agency() -> Account:
    return AccountFactory(agency=True)


def standings():
    """Ways to stand in an account, each with the right to change Accesses."""
    own = (Right.UPDATE_ACCESSES, Right.UPDATE_TEAM)
    return {
        "member": lambda account: holder(account, *own),
        "admin": lambda account: stands(MemberFactory(account=account, signs_in=True, admin=True)),
        "primary": chief,
        "parent": lambda account: stands(
            MemberFactory(account=account.parent, signs_in=True, primary_admin=True),
            account=account,
        ),
        "visit": lambda account: stands(
            me(holder(account, *own)), visited_by=UserFactory(staff=True)
        ),
    }


def test_nobody_lets_an_access_open_or_close_what_they_do_not_have():
    here = holder(AccountFactory(), Right.UPDATE_ACCESSES)
    sales = AccessFactory(account=here.account, rights=[Right.SEE_QUEUES])
    change: dict[str, Any] = {
        "here": here,
        "access_id": sales.pk,
        "seen": [Right.SEE_QUEUES],
        "at": AT,
    }

    for rights in ([Right.SEE_QUEUES, Right.SEE_TEAM], []):
        with pytest.raises(ChangeRefused, match="only what you have yourself"):
            accesses.change_rights(rights=rights, **change)
    accesses.change_rights(rights=[Right.SEE_QUEUES, Right.SEE_ACCESSES], **change)

    assert access.rights_given(sales) == {Right.SEE_QUEUES, Right.SEE_ACCESSES}


def test_nobody_edits_their_own_access_into_more_but_may_into_less():
    here = holder(AccountFactory(), Right.UPDATE_ACCESSES, Right.UPDATE_QUEUES)
    own = me(here).access_id
    seen = here.rights
    change: dict[str, Any] = {"here": here, "access_id": own, "at": AT}

    with pytest.raises(ChangeRefused, match="Update Team"):
        accesses.change_rights(seen=seen, rights=seen | {Right.UPDATE_TEAM}, **change)
    accesses.change_rights(seen=seen, rights=[Right.UPDATE_ACCESSES], **change)

    assert accesses.loss(here, {Right.UPDATE_ACCESSES}) == set()


def test_a_right_of_a_module_to_come_is_not_given_ahead():
    """Else it would open the module, once enabled, to somebody whom nobody let in."""
    account = AccountFactory(licensing_enabled=False)
    here = holder(account, Right.UPDATE_TEAM)
    ahead = AccessFactory(account=account, rights=[Right.SEE_LICENSING])

    with pytest.raises(ChangeRefused, match="Access Licensing"):
        accesses.assign(here=here, access_id=ahead.pk, member_ids=[me(here).pk], at=AT)


@pytest.mark.parametrize(
    "deed_of", ["create", "clone", "rename", "change_rights", "delete", "assign"]
)
def test_each_deed_asks_for_its_right(deed_of):
    account = AccountFactory()
    sales = AccessFactory(account=account, name="Sales")
    here = holder(account, *(right for right in GRANTABLE if not right.updates))
    name = {"name": "New"}
    more: dict[str, Any] = {
        "create": name,
        "clone": name | {"access_id": sales.pk},
        "rename": name | {"access_id": sales.pk, "seen": "Sales"},
        "change_rights": {"access_id": sales.pk, "seen": [], "rights": [Right.SEE_TEAM]},
        "delete": {"access_id": sales.pk},
        "assign": {"access_id": sales.pk, "member_ids": [me(here).pk]},
    }

    with pytest.raises(Lacking) as lacking:
        getattr(accesses, deed_of)(here=here, at=AT, **more[deed_of])

    wanted = Right.UPDATE_TEAM if deed_of == "assign" else Right.UPDATE_ACCESSES
    assert lacking.value.right is wanted
    assert not AccountEvent.objects.exists()


def test_a_right_that_was_taken_while_the_page_was_open_is_gone():
    here = holder(AccountFactory(), Right.UPDATE_ACCESSES)
    own = me(here).access
    assert own is not None
    access.set_rights(own, [Right.SEE_ACCESSES])

    with pytest.raises(Lacking):
        accesses.create(here=here, name="Late", at=AT)


def test_an_access_of_another_account_is_not_found():  # ALL-1
    here = chief(AccountFactory())
    theirs = AccessFactory(account=AccountFactory(), name="Theirs", rights=[Right.SEE_TEAM])
    member = MemberFactory(account=here.account)
    foreign: dict[str, Any] = {"here": here, "access_id": theirs.pk, "at": AT}

    for change in (
        lambda: accesses.clone(name="Ours", **foreign),
        lambda: accesses.rename(seen="Theirs", name="Ours", **foreign),
        lambda: accesses.change_rights(seen=[Right.SEE_TEAM], rights=[], **foreign),
        lambda: accesses.delete(**foreign),
        lambda: accesses.assign(member_ids=[member.pk], **foreign),
    ):
        with pytest.raises(ChangeRefused, match="deleted meanwhile"):
            change()

    theirs.refresh_from_db()
    assert theirs.name == "Theirs"


# ---- who is given what ----


def test_members_are_given_an_access_and_the_log_says_what_they_had():
    here = chief(AccountFactory())
    sales, desk = (AccessFactory(account=here.account, name=name) for name in ("Sales", "Desk"))
    ann = MemberFactory(account=here.account, name="Ann", access=sales)
    ben = MemberFactory(account=here.account, name="Ben", status="invited")
    cid = MemberFactory(account=here.account, name="Cid", access=desk)

    changed = accesses.assign(
        here=here, access_id=desk.pk, member_ids=[ann.pk, ben.pk, cid.pk], at=AT
    )

    assert changed == [ann, ben]
    written = AccountEvent.objects.filter(kind="access").values_list("about", "was", "becomes")
    assert list(written) == [("Ann", "Sales", "Desk"), ("Ben", "no Access", "Desk")]


def test_an_access_is_taken_away_again():
    here = chief(AccountFactory())
    ann = MemberFactory(account=here.account, access=AccessFactory(account=here.account))

    accesses.assign(here=here, access_id=None, member_ids=[ann.pk], at=AT)

    ann.refresh_from_db()
    assert ann.access is None
    assert AccountEvent.objects.get(kind="access").becomes == "no Access"


@pytest.mark.parametrize(("who", "says"), [
    ({"robot": True}, "is a bot"),
    ({"status": "deleted"}, "no longer in the account"),
    ({"primary_admin": True}, "may do everything"),
])  # fmt: skip
def test_some_take_no_access_and_then_nobody_of_the_others_does(who, says):
    account = AccountFactory()
    here = stands(MemberFactory(account=account, signs_in=True, admin=True))
    sales, ann = AccessFactory(account=account), MemberFactory(account=account)
    other = MemberFactory(account=account, **who)

    with pytest.raises(ChangeRefused, match=says):
        accesses.assign(here=here, access_id=sales.pk, member_ids=[ann.pk, other.pk], at=AT)

    ann.refresh_from_db()
    assert ann.access is None


def test_a_member_of_another_account_is_not_reached():  # ALL-1
    here, stranger = chief(AccountFactory()), MemberFactory()
    sales = AccessFactory(account=here.account)

    with pytest.raises(ChangeRefused, match="no longer in the account"):
        accesses.assign(here=here, access_id=sales.pk, member_ids=[stranger.pk], at=AT)

    assert Member.objects.get(pk=stranger.pk).access is None


def test_nobody_gives_themselves_or_others_more_than_they_have():
    here = holder(AccountFactory(), Right.UPDATE_TEAM)
    more = AccessFactory(account=here.account, rights=[Right.UPDATE_TEAM, Right.SEE_QUEUES])
    less = AccessFactory(account=here.account, rights=[Right.SEE_TEAM])
    ann = MemberFactory(account=here.account)
    ben = MemberFactory(account=here.account, access=more)

    for member in (me(here), ann):
        with pytest.raises(ChangeRefused, match="Access Queues"):
            accesses.assign(here=here, access_id=more.pk, member_ids=[member.pk], at=AT)
    with pytest.raises(ChangeRefused, match="give and take only"):
        accesses.assign(here=here, access_id=less.pk, member_ids=[ben.pk], at=AT)
    accesses.assign(here=here, access_id=less.pk, member_ids=[ann.pk], at=AT)

    ann.refresh_from_db()
    assert ann.access == less


@pytest.mark.parametrize("gives", [True, False])
@pytest.mark.parametrize("stands_as", ["member", "admin", "primary", "parent"])
def test_only_the_primary_account_admin_makes_and_unmakes_admins(stands_as, gives):
    account = AccountFactory(workspace=True, paid_by=agency())
    here = standings()[stands_as](account)
    if stands_as != "primary":
        MemberFactory(account=account, primary_admin=True)
    built_in = accesses.administrators_of(account_id=account.pk)
    ann = MemberFactory(account=account, access=None if gives else built_in)
    given = built_in.pk if gives else None

    if stands_as == "primary":
        accesses.assign(here=here, access_id=given, member_ids=[ann.pk], at=AT)
        ann.refresh_from_db()
        assert ann.is_admin is gives
    else:
        with pytest.raises(Lacking) as lacking:
            accesses.assign(here=here, access_id=given, member_ids=[ann.pk], at=AT)
        assert lacking.value.right is Right.PRIMARY


def test_what_one_would_lose_oneself_is_known_before():
    account = AccountFactory()
    here = holder(account, Right.UPDATE_ACCESSES, Right.SEE_QUEUES)

    assert accesses.loss(here, [Right.UPDATE_ACCESSES]) == {Right.SEE_QUEUES}
    assert accesses.loss(chief(account), []) == set()


# ---- at the same moment ----

at_once = pytest.mark.django_db(transaction=True, databases=["default", "readonly"])


@pytest.mark.postgres
@at_once
def test_administrators_is_made_once_by_many():
    account = AccountFactory()

    made = together(*[lambda: accesses.administrators_of(account_id=account.pk)] * 4)

    assert len({one.pk for one in made}) == 1


@pytest.mark.postgres
@at_once
def test_an_access_is_deleted_or_given_but_never_both():
    here = chief(AccountFactory())
    for name in ("a", "b", "c", "d"):
        one, ann = (
            AccessFactory(account=here.account, name=name),
            MemberFactory(account=here.account),
        )

        both: dict[str, Any] = {"here": here, "access_id": one.pk, "at": AT}
        deleted, given = together(
            partial(accesses.delete, **both),
            partial(accesses.assign, member_ids=[ann.pk], **both),
        )

        assert isinstance(deleted, ChangeRefused) != isinstance(given, ChangeRefused)


@pytest.mark.postgres
@at_once
def test_of_two_who_save_at_once_the_later_is_told():
    here = chief(AccountFactory())
    sales = AccessFactory(account=here.account)
    change: dict[str, Any] = {"here": here, "access_id": sales.pk, "seen": [], "at": AT}

    said = together(
        lambda: accesses.change_rights(rights=[Right.SEE_TEAM], **change),
        lambda: accesses.change_rights(rights=[Right.SEE_QUEUES], **change),
    )

    assert sum(isinstance(one, ChangeRefused) for one in said) == 1
    assert len(access.rights_given(sales)) == 1
