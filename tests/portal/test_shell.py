"""The shell around each page: only what one may see, in a fixed number of queries."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from django_htmx.middleware import HtmxDetails

from accounts import access, visits
from accounts.access import Standing
from accounts.models import Account, InboxMessage, Member, User
from accounts.rights import EVERYTHING, Right
from config import portal
from tests.factories import LONG_AGO, AccountFactory, MemberFactory, UserFactory

pytestmark = pytest.mark.django_db
ENTRIES = [entry for group in portal.NAVIGATION for entry in group.entries]


def standing(*rights: Right) -> Standing:
    return Standing(AccountFactory(), UserFactory(), frozenset(rights))


def labels(here: Standing) -> list[str]:
    groups = portal.navigation(here, "")
    return [str(entry["label"]) for group in groups for entry in group["entries"]]


def current(here: Standing, path: str) -> dict[str, str]:
    """Which entries are marked on this page, and as what."""
    entries = [entry for group in portal.navigation(here, path) for entry in group["entries"]]
    return {str(entry["label"]): entry["current"] for entry in entries if "current" in entry}


def asked_by(member: Member) -> HttpRequest:
    """A request for a page of the member's account, which has let them in."""
    assert member.user is not None
    request = RequestFactory().get("/")
    request.user = member.user
    access.enter(request, member.account_id)
    return request


def asked_again(request: HttpRequest) -> HttpRequest:
    """The same person's request for a whole page, of which nothing was drawn yet."""
    whole = RequestFactory().get("/")
    whole.user = request.user
    return whole


def shown_to(member: Member) -> dict[str, Any]:
    shell: dict[str, Any] = portal.shell(asked_by(member))["shell"]
    return shell


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.page)
def test_an_entry_is_for_who_has_its_right_and_for_nobody_else(entry):
    assert str(entry.label) in labels(standing(entry.needs))
    assert str(entry.label) not in labels(standing(*EVERYTHING - {entry.needs}))


def test_who_may_nothing_sees_no_heading_either():
    assert portal.navigation(standing(), "") == []


def test_the_entry_of_a_page_is_marked_also_on_the_pages_below_it():
    here = standing(*EVERYTHING)
    address = reverse("billing:overview", args=[here.account.pk])

    assert current(here, address) == {"Billing & upgrade": "page"}
    assert current(here, f"{address}invoices/1/") == {"Billing & upgrade": "true"}
    assert current(here, "/elsewhere/") == {}


@pytest.mark.parametrize("may", [True, False], ids=["may see billing", "may not"])
def test_one_s_own_menu_offers_billing_to_who_may_see_it(may):  # PLAN-1
    member = MemberFactory(signs_in=True, billing_role=may)

    offered = [str(entry["label"]) for entry in shown_to(member)["personal"]]

    assert ("Billing & upgrade" in offered) is may
    assert {"Profile", "Sign-in and security"} <= set(offered)


def test_the_bell_counts_what_one_has_not_read():
    member = MemberFactory(signs_in=True)
    for key, read_at in (("a", None), ("b", None), ("c", LONG_AGO)):
        InboxMessage.objects.create(
            person=member.user, account=member.account, key=key, at=LONG_AGO, read_at=read_at
        )

    assert shown_to(member)["bell"] == {"url": reverse("accounts:inbox"), "unread": 2}


@pytest.mark.parametrize("many", [1, 30])
def test_it_costs_the_same_wherever_one_belongs(many, django_assert_num_queries):
    member = MemberFactory(signs_in=True, primary_admin=True)
    for number in range(many):
        MemberFactory(user=member.user, account=AccountFactory(name=f"Other {number:02}"))
    request = asked_by(member)

    # The accounts to switch to, with unread messages; a hand-over that waits.
    with django_assert_num_queries(2):
        shown = portal.shell(request)["shell"]
        others = [one["label"] for one in shown["others"]]

    assert others == [f"Other {number:02}" for number in range(min(many, 8))]
    assert (shown["more"] == reverse("accounts:accounts")) is (many > 8)


def test_it_costs_nothing_where_it_is_not_drawn(django_assert_num_queries):
    nobody, fragment = RequestFactory().get("/"), asked_by(MemberFactory(signs_in=True))
    nobody.user = AnonymousUser()
    fragment.META["HTTP_HX_REQUEST"] = "true"
    fragment.htmx = HtmxDetails(fragment)  # type: ignore[attr-defined]  # as its middleware does

    with django_assert_num_queries(0):
        whole = portal.shell(asked_again(fragment))

        assert portal.shell(nobody) == {}
        assert portal.shell(fragment) == {}
        assert set(whole) == {"shell"}


@pytest.fixture
def account() -> Account:
    return AccountFactory(name="Nordwind")


def test_a_page_of_one_s_own_is_shown_around_the_account_one_was_in(client: Client, account):
    member = MemberFactory(account=account, signs_in=True, primary_admin=True)
    client.force_login(member.user)

    before = client.get(reverse("account_change_password")).content.decode()
    client.get(reverse("billing:overview", args=[account.pk]))
    after = client.get(reverse("account_change_password")).content.decode()

    assert "Nordwind – Seatledger</title>" not in before
    assert "Nordwind – Seatledger</title>" in after


@pytest.mark.parametrize("page", ["accounts:start", "accounts:team", "accounts:company"])
def test_every_page_of_a_child_says_for_whom_somebody_acts(client: Client, page):
    agency = AccountFactory(agency=True, name="Studio Lumen")
    workspace = AccountFactory(workspace=True, parent=agency, name="Optika")
    klara = MemberFactory(account=agency, primary_admin=True, signs_in=True)
    client.force_login(klara.user)

    inside = client.get(reverse(page, args=[workspace.pk])).content.decode()
    at_home = client.get(reverse(page, args=[agency.pk])).content.decode()

    assert inside.count("<small>You act for Studio Lumen</small>") == 2  # the margin, the bar
    assert "You act for" not in at_home


@pytest.fixture
def on_a_visit(client: Client, account: Account) -> Client:
    """Support, signed in as Jana Nováková of Nordwind."""
    visited = MemberFactory(account=account, name="Jana Nováková", primary_admin=True)
    support: User = UserFactory(superuser=True)
    visit = visits.begin(
        member_id=visited.pk, person=support, reason="Request 42", at=timezone.now()
    )
    client.force_login(support)
    session = client.session
    session[visits.SESSION_KEY] = visit.pk
    session.save()
    return client


@pytest.mark.parametrize("address", ["/nowhere/", "/accounts/987654321/", "/me/profile/"])
def test_a_visit_is_marked_wherever_one_gets_lost(on_a_visit: Client, address):  # STAFF-2
    page = on_a_visit.get(address).content.decode()

    assert "You are in Nordwind as Jana Nováková" in page
    assert "End visit" in page


def test_a_visit_of_support_is_marked_and_switches_to_no_other_account(client: Client, account):
    visited = MemberFactory(account=account, name="Jana Nováková", primary_admin=True)
    support: User = UserFactory(superuser=True)
    MemberFactory(user=support, account=AccountFactory(name="Elsewhere"))
    visit = visits.begin(
        member_id=visited.pk, person=support, reason="Request 42", at=timezone.now()
    )
    client.force_login(support)
    session = client.session
    session[visits.SESSION_KEY] = visit.pk
    session.save()

    page = client.get(reverse("billing:overview", args=[account.pk])).content.decode()

    assert "You are in Nordwind as Jana Nováková" in page
    assert "Request 42" in page
    assert "Elsewhere" not in page
