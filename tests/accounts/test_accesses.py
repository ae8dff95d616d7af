"""Accesses: what becomes of them, and that nobody comes to more through one."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.utils import translation

from accounts import access, accesses
from accounts.models import Access, AccountEvent, AccountGroupPermission
from accounts.refusals import ChangeRefused
from accounts.rights import GRANTABLE, Right
from tests.factories import AccessFactory, AccountFactory, MemberFactory, instant
from tests.standing import chief

pytestmark = pytest.mark.django_db

AT = instant("2026-03-01 10:00")


def deed(kind: str) -> AccountEvent:
    return AccountEvent.objects.get(kind=kind)


# ---- create, clone, rename, change, delete ----


def test_a_new_access_opens_what_was_asked_for_and_what_that_needs():  # LIC-2
    here = chief(AccountFactory(licensing_enabled=True))

    made = accesses.create(here=here, name="Sales", rights=[Right.UPDATE_LICENSING], at=AT)

    assert access.rights_given(made) == {Right.SEE_LICENSING, Right.UPDATE_LICENSING}
    event = deed("access_created")
    assert (event.about, event.becomes) == ("Sales", "Access Licensing, Update Licensing")
    assert (event.actor, event.actor_name) == (here.person, here.person.name)


@pytest.mark.parametrize(("name", "says"), [
    ("  ", "has a name"),
    ("x" * 101, "101 characters"),
    ("sales", "called sales already"),
    ("ADMINISTRATORS", "already"),
])  # fmt: skip
def test_a_name_that_will_not_do_is_refused_and_says_why(name, says):  # ALL-4
    here = chief(AccountFactory())
    AccessFactory(account=here.account, name="Sales")

    with pytest.raises(ChangeRefused, match=says):
        accesses.create(here=here, name=name, at=AT)

    assert Access.objects.count() == 1


def test_the_same_name_serves_in_another_account():
    AccessFactory(account=AccountFactory(), name="Sales")

    assert accesses.create(here=chief(AccountFactory()), name=" Sales  team ", at=AT).name == (
        "Sales team"
    )


def test_a_clone_opens_the_same_of_what_the_account_has():
    here = chief(AccountFactory())
    source = AccessFactory(account=here.account, rights=[Right.UPDATE_TEAM, Right.SEE_LICENSING])

    made = accesses.clone(here=here, access_id=source.pk, name="Support", at=AT)

    assert access.rights_given(made) == {Right.SEE_TEAM, Right.UPDATE_TEAM}
    assert access.rights_given(source) == {Right.SEE_TEAM, Right.UPDATE_TEAM, Right.SEE_LICENSING}


def test_a_clone_of_administrators_opens_all_and_makes_no_admin():
    here = chief(AccountFactory())
    built_in = accesses.administrators_of(account_id=here.account.pk)

    made = accesses.clone(here=here, access_id=built_in.pk, name="All but admins", at=AT)

    member = MemberFactory(account=here.account, access=made)
    assert Right.UPDATE_ACCESSES in access.rights_of(member)
    assert not member.is_admin


def test_a_changed_access_says_what_was_added_and_taken():
    here = chief(AccountFactory())
    sales = AccessFactory(account=here.account, name="Sales", rights=[Right.SEE_QUEUES])

    said = accesses.change_rights(
        here=here,
        access_id=sales.pk,
        seen=[Right.SEE_QUEUES],
        rights=[Right.UPDATE_TEAM],
        at=AT,
    )

    assert said == deed("access_changed").becomes
    assert said == "+ Access Team, + Update Team, − Access Queues"
    assert access.rights_given(sales) == {Right.SEE_TEAM, Right.UPDATE_TEAM}


def test_the_log_is_in_the_language_of_the_account():
    here = chief(AccountFactory(language="en"))

    with translation.override("cs"):
        accesses.create(here=here, name="Prodej", rights=[Right.SEE_TEAM], at=AT)

    assert deed("access_created").becomes == "Access Team"


def test_saving_what_is_so_writes_nothing():
    here = chief(AccountFactory())
    sales = AccessFactory(account=here.account, rights=[Right.SEE_QUEUES])
    seen = access.rights_given(sales)

    accesses.change_rights(here=here, access_id=sales.pk, seen=seen, rights=seen, at=AT)
    accesses.rename(here=here, access_id=sales.pk, seen=sales.name, name=sales.name, at=AT)

    assert not AccountEvent.objects.exists()


def test_the_later_of_two_tabs_is_told_what_changed_meanwhile():
    here = chief(AccountFactory())
    sales = AccessFactory(account=here.account, name="Sales", rights=[Right.SEE_QUEUES])
    change: dict[str, Any] = {
        "here": here,
        "access_id": sales.pk,
        "seen": [Right.SEE_QUEUES],
        "at": AT,
    }
    accesses.change_rights(rights=[Right.SEE_TEAM], **change)
    accesses.rename(here=here, access_id=sales.pk, seen="Sales", name="Field", at=AT)

    with pytest.raises(ChangeRefused, match=r"\+ Access Team, − Access Queues"):
        accesses.change_rights(rights=[Right.UPDATE_QUEUES], **change)
    with pytest.raises(ChangeRefused, match="Sales was renamed to Field"):
        accesses.rename(here=here, access_id=sales.pk, seen="Sales", name="Desk", at=AT)

    assert access.rights_given(sales) == {Right.SEE_TEAM}


def test_a_renamed_access_keeps_its_members_and_its_group_follows():
    here = chief(AccountFactory())
    sales = AccessFactory(account=here.account, name="Sales", rights=[Right.SEE_TEAM])
    member = MemberFactory(account=here.account, access=sales)

    accesses.rename(here=here, access_id=sales.pk, seen="Sales", name="SALES", at=AT)

    member.refresh_from_db()
    assert str(member.access) == "SALES"
    assert access.rights_of(member) == {Right.SEE_TEAM}
    assert (deed("access_changed").was, deed("access_changed").becomes) == ("Sales", "SALES")
    assert Group.objects.get(access=sales).name.endswith(": SALES")


def test_what_an_account_does_not_have_stays_as_it_was():  # LIC-2
    here = chief(AccountFactory(licensing_enabled=False))
    sales = AccessFactory(account=here.account, rights=[Right.SEE_LICENSING])

    accesses.change_rights(
        here=here,
        access_id=sales.pk,
        seen=[],
        rights=[Right.SEE_TEAM, Right.UPDATE_LICENSING],
        at=AT,
    )

    assert access.rights_given(sales) == {Right.SEE_LICENSING, Right.SEE_TEAM}


def test_an_access_that_members_have_is_not_deleted_and_names_them():
    here = chief(AccountFactory())
    sales = AccessFactory(account=here.account)
    for name in ("Ann", "Ben", "Cid", "Dan", "Eva", "Fay"):
        MemberFactory(account=here.account, name=name, access=sales, status="suspended")

    with pytest.raises(ChangeRefused, match="Ann, Ben, Cid, Dan, Eva and 1 more"):
        accesses.delete(here=here, access_id=sales.pk, at=AT)

    assert Access.objects.filter(pk=sales.pk).exists()


def test_a_deleted_access_leaves_nothing_behind():
    here = chief(AccountFactory())
    sales = AccessFactory(account=here.account, name="Sales", rights=[Right.UPDATE_TEAM])
    gone = MemberFactory(account=here.account, access=sales, status="deleted")

    accesses.delete(here=here, access_id=sales.pk, at=AT)

    gone.refresh_from_db()
    assert gone.access is None
    assert not Group.objects.filter(pk=sales.group_id).exists()
    assert not AccountGroupPermission.objects.exists()
    assert deed("access_deleted").about == "Sales"


def test_administrators_is_made_once_and_read_in_the_readers_language():
    account = AccountFactory()

    first = accesses.administrators_of(account_id=account.pk)
    second = accesses.administrators_of(account_id=account.pk)

    assert first == second
    assert (first.kind, str(first)) == ("administrators", "Administrators")
    assert access.rights_given(first) == set(GRANTABLE)
    assert not AccountGroupPermission.objects.exists()


@pytest.mark.parametrize("change", ["rename", "change_rights", "delete"])
def test_administrators_is_neither_changed_nor_deleted(change):
    here = chief(AccountFactory())
    built_in = accesses.administrators_of(account_id=here.account.pk)
    more: dict[str, Any] = {
        "rename": {"seen": "Administrators", "name": "Bosses"},
        "change_rights": {"seen": GRANTABLE, "rights": []},
        "delete": {},
    }

    with pytest.raises(ChangeRefused, match="stays as it is"):
        getattr(accesses, change)(here=here, access_id=built_in.pk, at=AT, **more[change])
