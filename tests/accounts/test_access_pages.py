"""The pages of Accesses: who sees and changes what, and what is said to who may not."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import access, accesses
from accounts.models import Access, AccountEvent, Member
from accounts.rights import GRANTABLE, Right
from tests.factories import AccessFactory, AccountFactory, MemberFactory
from tests.standing import chief, holder, me, stands

pytestmark = pytest.mark.django_db


def signed_in(here: access.Standing) -> Client:
    client = Client()
    client.force_login(here.person)
    return client


def address(name: str, *ids: int) -> str:
    return reverse(f"accounts:{name}", args=ids)


def test_the_list_says_what_each_opens_and_how_many_have_it(client):
    here = chief(AccountFactory())
    sales = AccessFactory(
        account=here.account, name="Sales", rights=[Right.UPDATE_QUEUES, Right.SEE_TEAM]
    )
    MemberFactory(account=here.account, access=sales)
    MemberFactory(account=here.account, access=sales, status="deleted")

    page = signed_in(here).get(address("accesses", here.account.pk)).content.decode()

    assert "Update: Queues" in page
    assert "Access: Team" in page
    assert "Everything, and who has it is an admin" in page, "Administrators, not made yet"
    assert page.index("Administrators") < page.index("Sales")
    assert not Access.objects.filter(kind="administrators").exists(), "looking makes nothing"


def test_the_list_costs_as_many_queries_with_one_row_and_with_fifty():
    here = chief(AccountFactory())
    client, page = signed_in(here), address("accesses", here.account.pk)
    client.get(page)  # the first page of a session writes down the account
    counted = []

    for rows in (1, 49):
        for _ in range(rows):
            own = AccessFactory(account=here.account, rights=[Right.SEE_TEAM])
            MemberFactory(account=here.account, access=own)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page).status_code == 200
        counted.append(len(queries))

    assert counted[0] == counted[1]


@pytest.mark.parametrize(("query", "first"), [
    ("?q=des", "Desk"), ("?sort=-name", "Sales"), ("?sort=-members", "Desk"),
])  # fmt: skip
def test_the_list_is_searched_and_sorted_by_its_address(query, first):
    here = chief(AccountFactory())
    desk = AccessFactory(account=here.account, name="Desk")
    AccessFactory(account=here.account, name="Sales")
    MemberFactory(account=here.account, access=desk)
    names = ["Desk", "Sales"]

    page = signed_in(here).get(address("accesses", here.account.pk) + query).content.decode()

    shown = [name for name in names if f">{name}</a>" in page]
    assert min(shown, key=lambda name: page.index(f">{name}</a>")) == first


def test_an_access_is_created_by_its_name_and_then_ticked():  # LIC-2
    here = chief(AccountFactory(licensing_enabled=True))
    client = signed_in(here)

    made = client.post(address("access_new", here.account.pk), {"name": "Sales"})
    sales = Access.objects.get(name="Sales")
    page = client.get(made["Location"]).content.decode()
    saved = client.post(made["Location"], {"seen": "", "rights": ["update_licensing"]}, follow=True)

    assert made["Location"] == address("access_manage", here.account.pk, sales.pk)
    assert "Sales is created and opens nothing yet" in page
    assert "Saved: + Access Licensing, + Update Licensing." in saved.content.decode()
    assert access.rights_given(sales) == {Right.SEE_LICENSING, Right.UPDATE_LICENSING}


@pytest.mark.parametrize(("name", "says"), [
    ("", "Write one"), ("sales", "called sales already"), ("x" * 101, "at most 100 characters"),
])  # fmt: skip
def test_a_wrong_name_is_said_beside_the_field_and_kept(name, says):  # ALL-4
    here = chief(AccountFactory())
    AccessFactory(account=here.account, name="Sales")

    answer = signed_in(here).post(address("access_new", here.account.pk), {"name": name})

    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert f'value="{name}"' in answer.content.decode() or not name


def test_where_licensing_is_no_part_of_the_account_the_row_says_whom_to_ask(settings):  # LIC-2
    settings.SUPPORT_EMAIL = "sales@example.com"
    here = chief(AccountFactory(licensing_enabled=False))
    sales = AccessFactory(account=here.account)

    page = signed_in(here).get(address("access_manage", here.account.pk, sales.pk))

    assert "Licensing is not part of this account. Contact sales:" in page.content.decode()
    assert "mailto:sales@example.com" in page.content.decode()
    assert 'value="access_licensing"' not in page.content.decode()


def test_the_later_of_two_tabs_reads_what_changed_and_keeps_what_was_ticked():
    here = chief(AccountFactory())
    sales = AccessFactory(account=here.account)
    client, page = signed_in(here), address("access_manage", here.account.pk, sales.pk)
    client.post(page, {"seen": "", "rights": ["access_team"]})

    late = client.post(page, {"seen": "", "rights": ["access_queues"]})
    body = late.content.decode()
    again = client.post(page, {"seen": "access_team", "rights": ["access_queues"]})

    assert late.status_code == 409
    assert "Meanwhile this Access was changed: + Access Team." in body
    assert 'name="seen" value="access_team"' in body
    assert checked(body) == {"access_queues"}
    assert again.status_code == 302
    assert access.rights_given(sales) == {Right.SEE_QUEUES}


def checked(page: str) -> set[str]:
    boxes = page.split('<input type="checkbox"')[1:]
    return {
        box.split('value="')[1].split('"')[0] for box in boxes if "checked" in box.split(">")[0]
    }


def test_boxes_of_rights_that_one_lacks_are_closed_and_stay_as_they_are():
    here = holder(AccountFactory(), Right.UPDATE_ACCESSES)
    sales = AccessFactory(account=here.account, rights=[Right.SEE_QUEUES])
    client, page = signed_in(here), address("access_manage", here.account.pk, sales.pk)

    shown = client.get(page).content.decode()
    saved = client.post(page, {"seen": "access_queues", "rights": ["update_accesses"]})
    crafted = client.post(
        page,
        {
            "seen": "access_queues access_accesses update_accesses",
            "rights": ["update_accesses", "update_team"],
        },
    )

    assert "what you do not have yourself are closed and stay as they are." in shown
    assert "can change this" in shown
    assert saved.status_code == 302
    assert crafted.status_code == 409
    assert "You lack: Access Team, Update Team." in crafted.content.decode()
    assert access.rights_given(sales) == {
        Right.SEE_QUEUES,
        Right.SEE_ACCESSES,
        Right.UPDATE_ACCESSES,
    }


def test_nobody_takes_from_themselves_by_accident():
    here = holder(AccountFactory(), Right.UPDATE_ACCESSES, Right.SEE_QUEUES)
    own = me(here).access_id
    assert own is not None
    client, page = signed_in(here), address("access_manage", here.account.pk, own)
    less = {"seen": "access_accesses access_queues update_accesses", "rights": ["update_accesses"]}

    told = client.post(page, less)
    assert access.rights_of(me(here)) == here.rights
    done = client.post(page, less | {"aware": "on"})

    assert told.status_code == 422
    assert "You would lose: Access Queues." in told.content.decode()
    assert done.status_code == 302
    assert access.rights_of(me(here)) == {Right.SEE_ACCESSES, Right.UPDATE_ACCESSES}


def test_who_may_only_look_reads_who_can_change_it():
    here = holder(AccountFactory(), Right.SEE_ACCESSES)
    MemberFactory(account=here.account, name="Jana Nováková", primary_admin=True)
    sales = AccessFactory(account=here.account)
    client = signed_in(here)

    for name, ids in (("accesses", ()), ("access", (sales.pk,)), ("access_manage", (sales.pk,))):
        page = client.get(address(name, here.account.pk, *ids)).content.decode()
        assert "Jana Nováková (primary account admin) can change this." in page
        assert 'type="submit" name' not in page
        assert "Save" not in page


@pytest.mark.parametrize(("name", "right"), [
    ("access_new", Right.UPDATE_ACCESSES),
    ("access_clone", Right.UPDATE_ACCESSES),
    ("access_delete", Right.UPDATE_ACCESSES),
    ("access", Right.UPDATE_ACCESSES),
    ("access_manage", Right.UPDATE_ACCESSES),
    ("access_give", Right.UPDATE_TEAM),
])  # fmt: skip
def test_each_page_refuses_who_lacks_its_right_and_names_who_has_it(name, right):
    everything_else = [one for one in GRANTABLE if one is not right]
    here = holder(AccountFactory(licensing_enabled=True), *everything_else)
    access.set_rights(AccessFactory(account=here.account), [])
    own = me(here).access
    assert own is not None
    access.set_rights(own, [one for one in everything_else if not one.updates])
    MemberFactory(account=here.account, name="Jana Nováková", primary_admin=True)
    ids = () if name == "access_new" else (own.pk,)

    answer = signed_in(here).post(address(name, here.account.pk, *ids), {"name": "New"})

    assert answer.status_code == 403
    assert "Jana Nováková" in answer.content.decode()
    assert not AccountEvent.objects.exists()


def test_an_access_of_another_account_has_no_page_here():  # ALL-1
    here = chief(AccountFactory())
    theirs = AccessFactory(account=AccountFactory(), name="Theirs")
    client = signed_in(here)

    for name in ("access", "access_manage", "access_clone", "access_delete", "access_give"):
        for account in (here.account, theirs.account):
            for ask in (client.get, client.post):
                assert ask(address(name, account.pk, theirs.pk)).status_code == 404


def test_a_clone_has_a_name_of_its_own():
    here = chief(AccountFactory())
    sales = AccessFactory(account=here.account, name="Sales", rights=[Right.SEE_TEAM])
    client, page = signed_in(here), address("access_clone", here.account.pk, sales.pk)

    assert 'value="Copy of Sales"' in client.get(page).content.decode()
    client.post(page, {"name": "Copy of Sales"})

    assert access.rights_given(Access.objects.get(name="Copy of Sales")) == {Right.SEE_TEAM}


def test_deleting_asks_first_and_is_refused_while_members_have_it():
    here = chief(AccountFactory())
    sales = AccessFactory(account=here.account, name="Sales")
    ann = MemberFactory(account=here.account, name="Ann", access=sales)
    client, page = signed_in(here), address("access_delete", here.account.pk, sales.pk)

    assert "Ann has this Access. Give them another one first" in client.get(page).content.decode()
    assert client.post(page).status_code == 409
    Member.objects.filter(pk=ann.pk).update(access=None)
    gone = client.post(page, follow=True)

    assert "Sales is deleted." in gone.content.decode()
    assert not Access.objects.filter(pk=sales.pk).exists()


def test_those_ticked_are_given_the_access():
    here = chief(AccountFactory())
    sales = AccessFactory(account=here.account, name="Sales")
    ann, ben = (MemberFactory(account=here.account, name=name) for name in ("Ann", "Ben"))
    MemberFactory(account=here.account, name="Robot", robot=True)
    client, page = signed_in(here), address("access_give", here.account.pk, sales.pk)

    shown = client.get(page).content.decode()
    nobody = client.post(page)
    given = client.post(page, {"member": [ann.pk, ben.pk]}, follow=True).content.decode()

    assert "Robot" not in shown
    assert nobody.status_code == 409
    assert "Nobody is ticked." in nobody.content.decode()
    assert "Ann and Ben have the Access Sales now." in given


@pytest.mark.parametrize("ticked", ["foreign", "more", "administrators"])
def test_a_crafted_post_gives_nobody_more_than_the_giver_has(ticked):
    here = holder(AccountFactory(), Right.UPDATE_TEAM, Right.SEE_ACCESSES)
    more = AccessFactory(account=here.account, rights=[Right.SEE_QUEUES])
    built_in = accesses.administrators_of(account_id=here.account.pk)
    given = {"foreign": me(here).access, "more": more, "administrators": built_in}[ticked]
    who = MemberFactory() if ticked == "foreign" else me(here)
    assert given is not None

    answer = signed_in(here).post(
        address("access_give", here.account.pk, given.pk), {"member": [who.pk]}
    )

    assert answer.status_code == (403 if ticked == "administrators" else 409)
    assert not AccountEvent.objects.exists()


def test_an_admin_sees_the_members_of_administrators_and_gives_it_to_nobody():
    account = AccountFactory()
    here = stands(MemberFactory(account=account, signs_in=True, admin=True))
    built_in = accesses.administrators_of(account_id=account.pk)
    client = signed_in(here)

    page = client.get(address("access", account.pk, built_in.pk)).content.decode()

    assert me(here).name in page
    assert "Give it to members" not in page
    assert client.get(address("access_give", account.pk, built_in.pk)).status_code == 403
