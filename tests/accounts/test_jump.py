"""Ctrl-K: pages, people, invoices and accounts that one may go to, and nothing else."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import staff_roles, visits
from accounts.access import Role, Staff
from accounts.jump import MOST
from accounts.models import Account, Member, SupportVisit
from accounts.rights import Right
from tests.billing.paper import issue
from tests.factories import AccessFactory, AccountFactory, MemberFactory, UserFactory

pytestmark = pytest.mark.django_db
JUMP = "/me/jump/"


@pytest.fixture
def account() -> Account:
    return AccountFactory(name="Alfa")


def person(client: Client, account: Account, *rights: Right, **details: object) -> Member:
    own = AccessFactory(account=account, rights=rights)
    member = MemberFactory(account=account, signs_in=True, access=own, **details)
    client.force_login(member.user)
    return member


def found(client: Client, account: Account | None, query: str = "") -> dict[str, list[str]]:
    """What is found, by the title of its group."""
    asked = {"q": query} | ({"account": str(account.pk)} if account else {})
    shown = client.get(JUMP, asked, headers={"HX-Request": "true"})
    assert shown.status_code == HTTPStatus.OK
    return {str(one.title): [each.label for each in one.found] for one in shown.context["groups"]}


def test_without_a_query_it_offers_the_pages_that_one_may_see(client, account):
    person(client, account, Right.SEE_COMPANY)

    pages = found(client, account)["Pages"]

    assert {"Company", "Profile"} <= set(pages)
    assert "Team" not in pages
    assert "Billing & upgrade" not in pages


def test_what_begins_with_the_query_comes_first(client, account):
    person(client, account, Right.SEE_TEAM)
    for name in ("Mojana", "Jana", "Petr"):
        MemberFactory(account=account, name=name)

    assert found(client, account, "JANA")["People"] == ["Jana", "Mojana"]


def test_people_are_found_by_their_address_and_lead_to_their_page(client, account):
    person(client, account, Right.SEE_TEAM)
    jana = MemberFactory(account=account, name="Jana", email="boss@example.com")

    page = client.get(JUMP, {"q": "boss@", "account": account.pk}).content.decode()

    assert f'href="/accounts/{account.pk}/team/{jana.pk}/"' in page


def test_who_may_not_see_the_team_finds_nobody(client, account):  # ALL-1
    person(client, account, Right.SEE_COMPANY, name="Jana")

    assert "People" not in found(client, account, "Jana")


def test_nobody_of_another_account_is_found_and_nobody_deleted(client, account):  # ALL-1
    person(client, account, Right.SEE_TEAM)
    MemberFactory(name="Jana elsewhere")
    MemberFactory(account=account, name="Jana gone", status="deleted")

    assert "People" not in found(client, account, "Jana")


def test_an_account_that_is_not_ones_own_is_as_if_not_named(client, account):  # ALL-1
    person(client, account, Right.SEE_TEAM)
    other = AccountFactory()
    MemberFactory(account=other, name="Jana")

    shown = found(client, other, "Jana")

    assert "People" not in shown
    assert found(client, other)["Pages"] == found(client, None)["Pages"]


@pytest.mark.parametrize("query", ["%", "_", "\\", "'"])
def test_signs_of_the_database_are_letters_like_others(client, account, query):
    person(client, account, Right.SEE_TEAM)
    MemberFactory(account=account, name="Jana")

    assert "People" not in found(client, account, query)


def test_other_accounts_are_found_that_one_may_enter(client, account):
    member = person(client, account)
    for name in ("Beta", "Gamma"):
        MemberFactory(account=AccountFactory(name=name), user=member.user)
    AccountFactory(name="Betelgeuse")

    assert found(client, account, "bet")["Accounts"] == ["Beta"]
    assert found(client, account)["Accounts"] == ["Beta", "Gamma"]


def test_at_most_ten_of_a_kind_are_shown_and_cost_as_many_queries_as_one(client, account):
    person(client, account, Right.SEE_TEAM)
    MemberFactory(account=account, name="Jana")
    found(client, account, "Jana")
    with CaptureQueriesContext(connection) as one:
        found(client, account, "Jana")
    for number in range(50):
        MemberFactory(account=account, name=f"Jana {number}")

    with CaptureQueriesContext(connection) as fifty:
        people = found(client, account, "Jana")["People"]

    assert len(people) == MOST
    assert len(fifty) == len(one)


def test_invoices_are_found_by_a_part_of_their_number(client, account):
    invoice = issue(account, {"amount": "100.00"})
    part = invoice.number[-4:]

    person(client, account, Right.SEE_COMPANY)
    assert "Invoices" not in found(client, account, part)

    person(client, account, purchase_permission=True)
    assert found(client, account, part)["Invoices"] == [invoice.number]


def test_in_a_visit_support_finds_what_the_member_does_and_no_other_account(client, account):
    staff_roles.set_staff_roles({SupportVisit: Staff(add=frozenset({Role.SUPPORT}))})
    support = UserFactory()
    staff_roles.give_role(person=support, role=Role.SUPPORT)
    MemberFactory(account=AccountFactory(name="Beta"), user=support)
    member = person(client, account, Right.SEE_TEAM, name="Jana")
    visit = visits.begin(member_id=member.pk, person=support, reason="7", at=timezone.now())
    client.force_login(support)
    session = client.session
    session[visits.SESSION_KEY] = visit.pk
    session.save()

    assert found(client, account, "Jana")["People"] == ["Jana"]
    assert "Accounts" not in found(client, account)


def test_the_page_without_script_keeps_the_account_and_what_was_typed(client, account):
    person(client, account, Right.SEE_COMPANY)

    page = client.get(JUMP, {"q": "comp", "account": account.pk}).content.decode()

    assert "<html" in page
    assert 'value="comp"' in page
    assert f'<input type="hidden" name="account" value="{account.pk}">' in page
    assert f'href="/accounts/{account.pk}/settings/company/"' in page


def test_nothing_found_says_what_to_do(client, account):
    person(client, account)

    page = client.get(JUMP, {"q": "zzz", "account": "x"}).content.decode()

    assert "Write less of the name" in page


def test_the_piece_is_no_page(client, account):
    person(client, account)

    assert "<html" not in client.get(JUMP, headers={"HX-Request": "true"}).content.decode()
