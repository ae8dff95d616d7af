"""Where a person comes to: the first page, an account, the list of those they may enter."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account, User
from accounts.rights import Right
from tests.factories import AccessFactory, AccountFactory, MemberFactory, UserFactory

pytestmark = pytest.mark.django_db


def in_accounts(person: User, *names: str) -> list[Account]:
    """Accounts of these names, of each of which the person is the primary account admin."""
    accounts: list[Account] = [AccountFactory(name=name) for name in names]
    for account in accounts:
        MemberFactory(account=account, user=person, primary_admin=True)
    return accounts


@pytest.fixture
def person() -> User:
    return UserFactory()


@pytest.fixture
def window(client: Client, person: User) -> Client:
    client.force_login(person)
    return client


def test_the_first_page_is_the_only_account(window, person):
    [account] = in_accounts(person, "Nordwind")

    assert window.get("/")["Location"] == reverse("accounts:start", args=[account.pk])


def test_the_first_page_of_several_accounts_lets_one_choose_and_then_remembers(window, person):
    _, second = in_accounts(person, "Nordwind", "Vysočina")

    chooses = window.get("/")["Location"]
    window.get(reverse("accounts:start", args=[second.pk]))

    assert chooses == reverse("accounts:accounts")
    assert window.get("/")["Location"] == reverse("accounts:start", args=[second.pk])


def test_the_first_page_of_the_vendor_s_people_is_the_desk(client):
    client.force_login(UserFactory(staff=True))

    assert client.get("/")["Location"] == reverse("admin:index")


def test_the_start_of_an_account_leads_to_the_pages_that_one_may_see(window, person):
    account = AccountFactory()
    access = AccessFactory(account=account, rights=[Right.SEE_CONVERSATIONS])
    MemberFactory(account=account, user=person, access=access)

    page = window.get(reverse("accounts:start", args=[account.pk])).content.decode()

    assert reverse("licensing:conversations", args=[account.pk]) in page
    assert reverse("billing:overview", args=[account.pk]) not in page


def test_who_may_see_nothing_reads_who_can_change_that(window, person):
    account = AccountFactory(name="Nordwind")
    MemberFactory(account=account, user=person)
    MemberFactory(account=account, name="Jana Nováková", primary_admin=True)

    page = window.get(reverse("accounts:start", args=[account.pk])).content.decode()

    assert "No Access of yours opens a part of this account yet." in page
    assert "Jana Nováková" in page


def test_a_stranger_finds_no_account_there(window):  # ALL-1
    account = AccountFactory()

    assert window.get(reverse("accounts:start", args=[account.pk])).status_code == 404


def test_the_list_of_accounts_can_be_searched(window, person):
    in_accounts(person, "Nordwind", "Vysočina")
    AccountFactory(name="Nordstern")

    found = window.get(reverse("accounts:accounts"), {"q": "nord"}).content.decode()
    none = window.get(reverse("accounts:accounts"), {"q": "zzz"}).content.decode()
    found = found.partition("<main")[2]

    assert "Nordwind" in found
    assert "Vysočina" not in found
    assert "Nordstern" not in found
    assert "None of your accounts has “zzz” in its name." in none


def test_who_belongs_nowhere_reads_how_one_comes_to_belong(window):
    assert (
        "You belong to no account yet." in window.get(reverse("accounts:accounts")).content.decode()
    )


@pytest.mark.parametrize("many", [1, 50])
def test_the_list_of_accounts_costs_the_same_for_one_and_for_fifty(
    window, person, many, django_assert_num_queries
):
    in_accounts(person, *[f"Account {number:02}" for number in range(many)])

    # Session and person; count and rows; what one is there; where one is suspended; invitations;
    # the shell's accounts and unread messages.
    with django_assert_num_queries(8):
        page = window.get(reverse("accounts:accounts"))

    assert page.content.decode().partition("<main")[2].count("Account ") >= many
