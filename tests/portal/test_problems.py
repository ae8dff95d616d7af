"""What stands in for a page of the portal: who has the right, what is not there, what failed."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory
from django.utils import translation
from django.views.defaults import server_error

from accounts import access
from accounts.access import Lacking
from accounts.models import Account, Member
from accounts.rights import Right
from config.problems import forbidden
from tests.factories import AccountFactory, MemberFactory

pytestmark = pytest.mark.django_db


def lacking(account: Account, right: Right, *, reader: Member) -> str:
    """What the page says to a member of the account who lacks the right."""
    assert reader.user is not None
    request = RequestFactory().get("/")
    request.user = reader.user
    access.enter(request, account.pk)
    page = forbidden(request, Lacking(account, right))

    assert page.status_code == 403
    return page.content.decode().partition("<main")[2]


@pytest.fixture
def account() -> Account:
    account = AccountFactory(name="Nordwind")
    MemberFactory(
        account=account, name="Jana Nováková", email="jana@example.com", primary_admin=True
    )
    return account


@pytest.fixture
def reader(account: Account) -> Member:
    return MemberFactory(account=account, name="Petr Malý", signs_in=True)


def test_who_lacks_a_right_reads_who_has_it_and_can_give_it(account, reader):  # LIC-2
    page = lacking(account, Right.UPDATE_TEAM, reader=reader)

    assert "In Nordwind it needs the right “Update Team”." in page
    assert "Who has it and can give it to you" in page
    assert "mailto:jana@example.com" in page
    assert "Petr Malý" not in page


def test_who_may_purchase_is_not_who_can_give_it(account, reader):  # RSL-6
    MemberFactory(account=account, name="Eva Tichá", purchase_permission=True)

    page = lacking(account, Right.PURCHASE, reader=reader)

    assert "It is for people with the purchase permission." in page
    has, gives = page.index("Who has it"), page.index("Who can give it to you")
    assert has < page.index("Eva Tichá") < gives


def test_a_module_that_the_account_has_not_is_for_sales_to_add(account, reader, settings):  # LIC-2
    settings.SUPPORT_EMAIL = "sales@example.com"

    page = lacking(account, Right.SEE_LICENSING, reader=reader)

    assert "Licensing is not part of Nordwind. Contact sales to add it:" in page
    assert "mailto:sales@example.com" in page
    assert "Jana Nováková" not in page


def test_what_is_not_there_is_said_in_the_reader_s_language():
    client = Client()

    english = client.get("/nothing/", headers={"Accept-Language": "en"})
    czech = client.get("/nothing/", headers={"Accept-Language": "cs"})

    assert (english.status_code, czech.status_code) == (404, 404)
    assert '<html lang="en"' in english.content.decode()
    assert '<html lang="cs"' in czech.content.decode()


def test_a_failure_asks_neither_the_database_nor_the_shell(django_assert_num_queries):
    request = RequestFactory().get("/")
    request.user = AnonymousUser()

    with django_assert_num_queries(0), translation.override("en"):
        page = server_error(request)

    assert "This page failed" in page.content.decode()
    assert 'href="/"' in page.content.decode()
