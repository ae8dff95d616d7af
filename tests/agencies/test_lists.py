"""The lists of an agency's workspaces and of a reseller's clients (AGY-3, RSL-1)."""

from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import reverse

from accounts.rights import Right
from tests.factories import AccessFactory, AccountFactory, MemberFactory, instant
from tests.licensing.pages import queries_of

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Side:
    """What is above, what is below it, and the page that lists it."""

    above: str
    below: str
    page: str
    right: Right

    def parent(self, **details):
        return AccountFactory(**{self.above: True}, **details)

    def child(self, parent, **details):
        return AccountFactory(**{self.below: True}, paid_by=parent, **details)

    def address(self, parent):
        return reverse(f"agencies:{self.page}", args=[parent.pk])

    def rows(self, browser, parent, **query):
        answer = browser.get(self.address(parent), query)
        assert answer.status_code == 200
        return answer.context["rows"]


AGENCY = Side("agency", "workspace", "workspaces", Right.SEE_AGENCY)
RESELLER = Side("reseller", "client", "clients", Right.SEE_CLIENTS)
both = pytest.mark.parametrize("side", [AGENCY, RESELLER], ids=lambda side: side.page)


def browser_of(member):
    client = Client()
    client.force_login(member.user)
    return client


def boss_of(account):
    return browser_of(MemberFactory(account=account, signs_in=True, primary_admin=True))


@both
def test_the_accounts_below_are_listed_with_their_people(side):
    parent = side.parent()
    mine = side.child(parent, name="Bakery")
    side.child(parent, name="Cinema Ořech")
    side.child(side.parent(), name="Not mine")
    AccountFactory(name="Nobody's child")
    MemberFactory(account=mine, primary_admin=True, name="Ann")
    MemberFactory(account=mine, billing_role=True)
    MemberFactory(account=mine, robot=True)
    MemberFactory(account=mine, status="suspended")

    listed = side.rows(boss_of(parent), parent)

    assert [(one.account.name, one.people, one.billable, one.primary) for one in listed] == [
        ("Bakery", 2, 1, "Ann"),
        ("Cinema Ořech", 0, 0, ""),
    ]


@both
def test_each_is_entered_by_its_own_address(side):  # AGY-3
    parent = side.parent(name="Parent")
    child = side.child(parent, name="Bakery")
    boss = boss_of(parent)

    listed = boss.get(side.address(parent)).content.decode()
    inside = boss.get(reverse("accounts:start", args=[child.pk]), follow=True)

    assert reverse("accounts:start", args=[child.pk]) in listed
    assert "Not claimed yet" in listed
    assert inside.status_code == 200
    assert "Bakery" in inside.content.decode()


@both
def test_the_list_is_searched_and_ordered(side):
    parent = side.parent()
    for name, day in (
        ("Bakery", "2024-03-01"),
        ("Cinema Ořech", "2023-01-01"),
        ("Dance", "2025-01-01"),
    ):
        side.child(parent, name=name, opened_at=instant(day))
    boss = boss_of(parent)

    def names(**query):
        return [one.account.name for one in side.rows(boss, parent, **query)]

    assert names() == ["Bakery", "Cinema Ořech", "Dance"]
    assert names(sort="-since") == ["Dance", "Bakery", "Cinema Ořech"]
    assert names(q="OŘECH") == ["Cinema Ořech"]
    assert names(q="zoo") == []


@both
def test_it_opens_to_who_may_see_it_alone(side):  # ALL-1
    parent = side.parent()
    sees = MemberFactory(
        account=parent, signs_in=True, access=AccessFactory(account=parent, rights=[side.right])
    )
    MemberFactory(account=parent, primary_admin=True, name="Jana")
    address = side.address(parent)

    refused = browser_of(MemberFactory(account=parent, signs_in=True)).get(address)

    assert browser_of(sees).get(address).status_code == 200
    assert refused.status_code == 403
    assert "Jana" in refused.content.decode()
    assert browser_of(MemberFactory(signs_in=True)).get(address).status_code == 404


@both
def test_an_ordinary_account_has_nobody_below(side):
    account = AccountFactory()

    answer = boss_of(account).get(side.address(account))

    assert answer.status_code == 403


def test_a_client_says_how_it_stands_and_who_pays():  # RSL-1, RSL-2
    reseller = AccountFactory(reseller=True)
    details = {"client": True, "parent": reseller}
    AccountFactory(**details, name="Itself")
    AccountFactory(client=True, paid_by=reseller, name="Paid for", blocked_at=instant("2026-01-01"))
    AccountFactory(**details, name="Was here", closed_at=instant("2026-01-01"))

    answer = boss_of(reseller).get(RESELLER.address(reseller))

    listed = answer.context["rows"]
    assert [(one.account.name, one.pays_itself) for one in listed] == [
        ("Itself", True),
        ("Paid for", False),
        ("Was here", True),
    ]
    words = " ".join(answer.content.decode().split())
    for state in ("Active", "Blocked", "Closed", "The client", "You"):
        assert f">{state}<" in words, state


@both
def test_the_list_costs_the_same_with_one_row_and_with_fifty(side):
    parent = side.parent()
    boss = boss_of(parent)
    MemberFactory(account=side.child(parent), primary_admin=True)
    one = queries_of(boss, side.address(parent))
    for _ in range(49):
        MemberFactory(account=side.child(parent), primary_admin=True)

    assert queries_of(boss, side.address(parent)) == one


def test_fifty_stand_on_a_page():
    parent = AGENCY.parent()
    for _ in range(51):
        AGENCY.child(parent)
    boss = boss_of(parent)

    assert len(AGENCY.rows(boss, parent)) == 50
    assert len(AGENCY.rows(boss, parent, page="2")) == 1
