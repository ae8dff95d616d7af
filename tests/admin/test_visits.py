"""Signing in as the customer from the desk, and reading who did."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from django.test import Client
from django.utils import timezone

from accounts import deeds, visits
from accounts.access import Role
from accounts.admin.visits import OFFERED, begin_address
from accounts.deeds import Doer
from accounts.models import Account, AccountEvent, Member, SupportVisit, User
from tests.factories import AccountFactory, MemberFactory, UserFactory
from tests.lasting import lasting

pytestmark = pytest.mark.django_db


@lasting
def account() -> Account:
    return AccountFactory(name="Alfa")


@pytest.fixture
def boss(account: Account) -> Member:
    return MemberFactory(account=account, name="Jana", primary_admin=True)


def begin(client: Client, member: Member, reason: str = "Request 7"):
    address = begin_address(member.account_id)
    return client.post(address, {"member": member.pk, "reason": reason})


def test_support_signs_in_as_the_primary_account_admin(seat, account, boss):  # STAFF-2
    support = seat(Role.SUPPORT)

    form = support.get(begin_address(account.pk)).context["adminform"].form
    sent = begin(support, boss)
    (visit,) = SupportVisit.objects.all()

    assert form["member"].value() == boss.pk
    assert sent.headers["Location"] == f"/accounts/{account.pk}/"
    assert (visit.account, visit.member, visit.reason) == (account, boss, "Request 7")
    assert support.session[visits.SESSION_KEY] == visit.pk
    assert support.get(f"/accounts/{account.pk}/settings/company/").status_code == HTTPStatus.OK


def test_the_head_of_the_form_says_what_it_is_for_and_leads_to_no_page_without_account(
    seat, account, boss
):  # STAFF-2
    page = seat(Role.SUPPORT).get(begin_address(account.pk)).content.decode()
    head = page[page.index("<h1") : page.index("</h1>")]

    assert "Customers" in head
    assert "Sign in as the customer" in head
    assert "addlink" not in page


def test_the_bar_of_a_visit_names_the_zone_of_its_end(seat, boss):  # STAFF-2
    boss.account.time_zone = "Asia/Kuwait"
    boss.account.save()
    support = seat(Role.SUPPORT)
    begin(support, boss)

    page = support.get(f"/accounts/{boss.account_id}/").content.decode()

    assert "(Asia/Kuwait). What you do is recorded." in page


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SUPPORT}))
def test_other_roles_do_not_sign_in_as_anybody(seat, boss, role):  # STAFF-4
    other = seat(role)

    assert begin(other, boss).status_code == HTTPStatus.FORBIDDEN
    assert not SupportVisit.objects.exists()


def test_a_visit_without_a_reason_is_told_beside_the_field(seat, boss):  # ALL-4
    sent = begin(seat(Role.SUPPORT), boss, reason="  ")

    assert sent.context["adminform"].form.errors["reason"]
    assert not SupportVisit.objects.exists()


@pytest.mark.parametrize("details", [{"status": "suspended"}, {"robot": True}])
def test_only_active_people_of_the_account_are_offered(seat, account, boss, details):
    support = seat(Role.SUPPORT)
    there, elsewhere = MemberFactory(account=account, **details), MemberFactory()

    for member in (there, elsewhere):
        address = begin_address(account.pk, member_id=member.pk)
        page = support.get(address)
        sent = support.post(address, {"member": member.pk, "reason": "7"})

        assert member.name not in page.content.decode()
        assert sent.context["adminform"].form.errors["member"]
    assert not SupportVisit.objects.exists()


def test_of_a_large_account_admins_are_offered_first_and_who_was_named(seat, account, boss):
    for number in range(OFFERED + 5):
        MemberFactory(account=account, name=f"Agent {number:02}")
    admin = MemberFactory(account=account, name="Zora", admin=True)
    last = Member.objects.get(name=f"Agent {OFFERED + 4}")

    page = seat(Role.SUPPORT).get(begin_address(account.pk, member_id=last.pk))
    form = page.context["adminform"].form
    offered = list(form.fields["member"].queryset)

    assert offered[:2] == [boss, admin]
    assert offered[-1] == last
    assert len(offered) == OFFERED + 1
    assert str(form["member"].value()) == str(last.pk)


@pytest.mark.parametrize("query", ["", "?account=", "?account=9999999", "?account=x&member=y"])
def test_without_an_account_the_page_says_where_to_begin(root, query):
    page = root.get(f"/admin/accounts/supportvisit/add/{query}")

    assert page.status_code == HTTPStatus.OK
    assert "Open the account first" in page.content.decode()


def test_the_account_page_leads_support_there_and_nobody_else(seat, account, boss):
    page = f"/admin/accounts/account/{account.pk}/members/"
    way = begin_address(account.pk, member_id=boss.pk).replace("&", "&amp;")

    assert way in seat(Role.SUPPORT).get(page).content.decode()
    assert "supportvisit/add" not in seat(Role.BILLING).get(page).content.decode()


def test_the_account_page_lists_visits_with_what_was_done_in_each(root, account, boss):
    support: User = UserFactory(name="Eva", staff=True)
    at = timezone.now()
    visit = visits.begin(member_id=boss.pk, person=support, reason="Request 7", at=at)
    for by in (Doer(person=support, visit=visit), Doer(person=boss.user)):
        deeds.write(
            account_id=account.pk, kind=AccountEvent.Kind.COMPANY, at=at, by=by,
            was="City: Praha", becomes="City: Brno",
        )  # fmt: skip

    page = root.get(f"/admin/accounts/account/{account.pk}/visits/")
    (row,) = page.context["table"].rows
    log = root.get(row.cells[-1].href).context["table"].rows

    assert [cell.text for cell in row.cells[1:]] == ["Eva", "Jana", "Request 7", "1 deed"]
    assert [line.cells[1].text for line in log] == [
        "Company details changed", "Support signed in as the customer"
    ]  # fmt: skip
    assert log[0].cells[2].text == "City: Praha → City: Brno"
    assert (log[0].cells[3].text, log[0].cells[3].below) == (
        "Eva (Jana)", f"in visit {visit.pk}"
    )  # fmt: skip


def test_all_visits_are_listed_and_none_is_changed(root, boss):
    visit = visits.begin(
        member_id=boss.pk, person=UserFactory(staff=True), reason="Request 7", at=timezone.now()
    )

    listed = root.get("/admin/accounts/supportvisit/")

    assert "Request 7" in listed.content.decode()
    assert root.post(f"/admin/accounts/supportvisit/{visit.pk}/delete/").status_code == 403
