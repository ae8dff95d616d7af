"""The Team page: its tabs, who is found and in which order, what beside each, and the file."""

from __future__ import annotations

import csv
from datetime import timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from accounts import team_csv, team_list
from accounts.models import Account, Invitation, Member
from accounts.rights import Right
from accounts.team_list import Wanted
from tests.factories import AccessFactory, AccountFactory, MemberFactory, instant
from tests.lasting import lasting
from tests.standing import stands

pytestmark = pytest.mark.django_db

Status = Member.Status


@lasting
def account() -> Account:
    return AccountFactory(name="Hvězda")


@pytest.fixture
def boss(account: Account, client: Client) -> Member:
    """The primary account admin, signed in."""
    member = MemberFactory(
        account=account, name="Zoe Boss", primary_admin=True, signs_in=True, last_active_at=now()
    )
    client.force_login(member.user)
    return member


def now():
    return timezone.now()


def get(client: Client, account: Account, **query: Any):
    response = client.get(reverse("accounts:team", args=[account.pk]), query)
    assert response.status_code == 200
    return response


def names(response) -> list[str]:
    return [row.member.name for row, _ in response.context["rows"]]


def entries(response, name: str) -> list[str]:
    (found,) = [menu for row, menu in response.context["rows"] if row.member.name == name]
    return [str(entry["label"]) for entry in found]


def of_each_status(account: Account) -> None:
    for status in Status.values:
        MemberFactory(account=account, name=f"Person {status}", status=status)
        MemberFactory(account=account, name=f"Bot {status}", status=status, bot=True)


@pytest.mark.parametrize(
    ("tab", "found"),
    [
        ("agents", ["Person active", "Zoe Boss"]),
        ("suspended", ["Person suspended"]),
        ("awaiting", ["Bot awaiting_approval", "Person awaiting_approval"]),
        ("invited", ["Person invited"]),
        ("bots", ["Bot active", "Bot awaiting_approval", "Bot invited", "Bot suspended"]),
        ("nonsense", ["Person active", "Zoe Boss"]),
    ],
)
def test_each_tab_shows_its_members_and_counts_them(client, boss, account, tab, found):  # RSL-6
    of_each_status(account)
    MemberFactory(name="Stranger")

    response = get(client, account, tab=tab)

    tabs = response.context["tabs"]
    assert names(response) == found
    assert [str(one["label"]) for one in tabs] == [
        "Agents", "Suspended", "Awaiting approval", "Invited", "Bots",
    ]  # fmt: skip
    assert [one["count"] for one in tabs] == [2, 1, 2, 1, 4]


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("šim", ["Šimon Černý"]),
        ("ČERNÝ", ["Šimon Černý"]),
        ("ANN@", ["Ann"]),
        ("%", []),
        ("a.b", ["A.B"]),
        ("(", ["Joe (night)"]),
        ("nobody", []),
    ],
)
def test_a_search_finds_what_a_name_or_an_address_contains(client, boss, account, q, found):
    for name in ("Šimon Černý", "A.B", "AxB", "Joe (night)"):
        MemberFactory(account=account, name=name)
    MemberFactory(account=account, name="Ann", email="ann@example.com")

    assert names(get(client, account, q=q)) == found


@pytest.mark.parametrize(
    ("sort", "found"),
    [
        ("name", ["ann", "Bob", "Zoe Boss"]),
        ("-name", ["Zoe Boss", "Bob", "ann"]),
        ("activity", ["Bob", "Zoe Boss", "ann"]),
        ("-activity", ["Zoe Boss", "Bob", "ann"]),
        ("access", ["ann", "Bob", "Zoe Boss"]),
        ("-type", ["Zoe Boss", "ann", "Bob"]),
        ("nonsense", ["ann", "Bob", "Zoe Boss"]),
    ],
)
def test_the_list_is_ordered_by_a_column_and_then_by_name(client, boss, account, sort, found):
    MemberFactory(
        account=account, name="Bob", type="contact_centre", last_active_at=instant("2026-01-05")
    )
    MemberFactory(
        account=account, name="ann", type="contact_centre", access=AccessFactory(account=account)
    )

    assert names(get(client, account, sort=sort)) == found


def test_fifty_stand_on_a_page_and_the_address_keeps_the_search(client, boss, account):
    for number in range(55):
        MemberFactory(account=account, name=f"Agent {number:02}")

    second = get(client, account, q="agent", sort="-name", page=2)
    beyond = get(client, account, q="agent", page=99)

    assert names(second) == ["Agent 04", "Agent 03", "Agent 02", "Agent 01", "Agent 00"]
    assert names(beyond) == names(get(client, account, q="agent", page=2))
    assert "q=agent&amp;sort=-name" in second.content.decode()


def test_idle_members_are_found(client, boss, account):  # RSL-8
    long_ago = now() - timedelta(days=31)
    MemberFactory(account=account, name="Idle", last_active_at=long_ago)
    MemberFactory(account=account, name="Never")
    MemberFactory(account=account, name="Busy", last_active_at=now() - timedelta(days=29))

    assert names(get(client, account, idle=1)) == ["Idle", "Never"]


def test_who_asked_to_return_stands_at_the_top(client, boss, account):  # RSL-6
    asked = instant("2026-03-01")
    MemberFactory(account=account, name="Ann", status="suspended")
    MemberFactory(account=account, name="Cid", status="suspended", asked_to_return_at=asked)

    response = get(client, account, tab="suspended", sort="-name")

    assert names(response) == ["Cid", "Ann"]
    assert "Asked to be activated on 1 March 2026" in response.content.decode()


def holds_a_seat(members) -> dict[int, list[str]]:
    """Stands for the floors above, which know what members hold."""
    return {member.pk: ["Voice"] for member in members}


def test_a_row_says_what_the_member_is_and_holds(client, boss, account, settings):
    settings.ACCOUNTS_HOLDINGS = [f"{__name__}.holds_a_seat"]
    sales = AccessFactory(account=account, name="Sales")
    three_days_ago = now() - timedelta(days=3, hours=1)
    MemberFactory(
        account=account,
        name="Ann",
        email="ann@example.com",
        access=sales,
        type="back_office",
        last_active_at=three_days_ago,
        purchase_permission=True,
        billing_role=True,
    )

    page = get(client, account, q="Ann").content.decode().replace("\xa0", " ")

    for words in (
        "ann@example.com", "Sales", "Back-office", "3 days ago", "Voice", "Purchase permission",
        "Billing role, takes no seat",
    ):  # fmt: skip
        assert words in page, words
    assert "No sign-in yet" not in page
    assert f'datetime="{three_days_ago:%Y-%m-%dT%H:%M}' in page


def test_who_never_came_is_said_to_have_no_sign_in(client, boss, account):
    MemberFactory(account=account, name="Ann")

    page = get(client, account, q="Ann").content.decode()
    written = str(rows_of(client, account))

    assert "No sign-in yet" in page
    assert written.count("No sign-in yet") == 1


@pytest.mark.parametrize(
    ("tab", "name", "found"),
    [
        ("agents", "Person active", ["Suspend", "Delete"]),
        ("agents", "Zoe Boss", []),
        ("suspended", "Person suspended", ["Activate", "Delete"]),
        ("awaiting", "Person awaiting_approval", ["Approve", "Decline"]),
        ("bots", "Bot active", ["Suspend", "Delete"]),
        ("bots", "Bot suspended", ["Activate", "Delete"]),
    ],
)
def test_the_menu_offers_what_can_be_done(client, boss, tab, name, found):  # RSL-6
    of_each_status(boss.account)

    offered = entries(get(client, boss.account, tab=tab), name)

    assert [label for label in offered if label in set(DEEDS)] == found


def test_the_menu_of_who_never_signed_in_offers_the_letter(client, boss, account):
    imported = MemberFactory(account=account, name="Ann", email="ann@example.com")
    invited = MemberFactory(
        account=account, name="Bob", email="bob@example.com", status=Status.INVITED
    )
    Invitation.objects.create(member=invited, nonce="n", sent_at=now(), expires_at=now())

    assert "Send an invitation" in entries(get(client, account), imported.name)
    offered = entries(get(client, account, tab="invited"), invited.name)
    assert offered == ["Edit", "Send again", "Withdraw"]


def test_the_primary_account_admin_is_led_to_hand_over(client, boss, account):  # RSL-6
    assert entries(get(client, account), "Zoe Boss") == ["Edit", "Hand over the primary role"]


DEEDS = ("Suspend", "Activate", "Delete", "Approve", "Decline")


def test_who_may_not_sees_the_list_and_who_may(client, boss, account):  # RSL-6
    access = AccessFactory(account=account, rights=[Right.SEE_TEAM])
    reader = MemberFactory(account=account, name="Reader", signs_in=True, access=access)
    client.force_login(reader.user)

    response = get(client, account)

    assert names(response) == ["Reader", "Zoe Boss"]
    assert entries(response, "Zoe Boss") == []
    page = response.content.decode()
    assert "Zoe Boss (primary account admin) can suspend, activate, approve and delete" in page
    assert "checkbox" not in page


def test_the_team_is_shut_to_members_without_the_right_and_not_there_for_strangers(client, account):
    plain, stranger = MemberFactory(account=account, signs_in=True), MemberFactory(signs_in=True)
    address = reverse("accounts:team", args=[account.pk])

    client.force_login(plain.user)
    assert client.get(address).status_code == 403
    client.force_login(stranger.user)
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("tab", ["agents", "suspended", "awaiting", "invited", "bots"])
@pytest.mark.parametrize("view", ["team", "team_csv"])
def test_fifty_rows_cost_as_many_queries_as_one(client, boss, settings, tab, view):
    account = boss.account
    settings.ACCOUNTS_HOLDINGS = [f"{__name__}.holds_a_seat"]
    address = reverse(f"accounts:{view}", args=[account.pk])
    sales = AccessFactory(account=account, name="Sales", rights=[Right.SEE_TEAM])
    status = {"suspended": "suspended", "awaiting": "awaiting_approval", "invited": "invited"}
    counted = []

    for more in (1, 49):
        for _ in range(more):
            member = MemberFactory(
                account=account,
                status=status.get(tab, "active"),
                bot=tab == "bots",
                access=sales,
                signs_in=True,
                by=boss.user,
            )
            Invitation.objects.create(
                member=member, nonce="n", sent_at=now(), expires_at=now() + timedelta(days=7)
            )
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            response = client.get(address, {"tab": tab, "q": "member"})
            b"".join(response)
        counted.append(len(queries))

    assert counted[0] == counted[1]


# ---- the file ----


def rows_of(client: Client, account: Account, **query: Any) -> list[dict[str, str]]:
    response = client.get(reverse("accounts:team_csv", args=[account.pk]), query)
    assert response.status_code == 200
    text = response.getvalue().decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.DictReader(StringIO(text.removeprefix("\ufeff"))))


def test_the_file_has_what_the_tab_and_the_search_show(client, boss, account):
    account_zone = now() - timedelta(days=2)
    for number in range(60):
        MemberFactory(account=account, name=f"Agent {number:02}", last_active_at=account_zone)
    MemberFactory(account=account, name="Agent gone", status="suspended")

    rows = rows_of(client, account, q="agent", sort="-name", page=2)

    assert [row["Name"] for row in rows] == [f"Agent {number:02}" for number in range(59, -1, -1)]
    assert rows[0]["Status"] == "Active"
    assert rows[0]["Reference"].startswith("member-")
    assert rows[0]["Last activity"] == f"{account_zone:%Y-%m-%d %H:%M}"


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(client, boss, account, sign):
    MemberFactory(account=account, name=f"{sign}cmd|' /C calc'!A0", reference="=1+1")

    rows = rows_of(client, account, sort="name")

    found = next(row for row in rows if row["Reference"] == "'=1+1")
    assert found["Name"].startswith(f"'{sign}cmd")


def test_the_file_is_in_the_language_and_the_zone_of_its_reader_however_late_it_is_read(boss):
    boss.last_active_at = instant("2026-03-10 23:30")
    boss.save(update_fields=["last_active_at"])
    found = team_list.members(boss.account, wanted=Wanted(), at=now())
    with translation.override("it"), timezone.override(ZoneInfo("Europe/Prague")):
        pieces = team_csv.lines(found, here=stands(boss), tab=Wanted().tab)

    text = "".join(pieces)

    assert "2026-03-11 00:30" in text
    with translation.override("it"):
        assert str(Status.ACTIVE.label) in text
