"""Opening an account, from signing up to its first page; and where each person comes to."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from django.urls import reverse

from accounts import access, opening
from accounts.models import Account, AccountEvent, Member
from accounts.refusals import ChangeRefused
from accounts.rights import EVERYTHING, Right
from tests.concurrency.threads import together
from tests.factories import AccessFactory, AccountFactory, MemberFactory, UserFactory, instant
from tests.sign_in.post import Post, link_of

pytestmark = pytest.mark.django_db

AT = instant("2026-03-02 09:00")
PAGE = "/me/open-an-account/"
NORDWIND = {
    "name": "Nordwind",
    "country": "CZ",
    "time_zone": "Prague",
    "currency": "EUR",
    "key": "ABCDEFGH",
}


def open_one(person, key="ABCDEFGH", **more):
    wanted = {"name": "Nordwind", "country": "CZ", "time_zone": "Europe/Prague", **more}
    return opening.open_account(person=person, key=key, currency="EUR", at=AT, **wanted)


def test_who_opens_an_account_is_its_primary_account_admin():  # AGY-1
    jana = UserFactory(name="Jana", language="cs")

    account = open_one(jana)

    here = access.standing(jana, account.pk)
    assert here is not None
    assert here.member is not None
    assert here.member.primary_admin
    assert here.may(Right.PRIMARY)
    assert (account.payer, account.role, account.language) == (account, "customer", "cs")
    assert account.email == jana.email
    assert AccountEvent.objects.get(kind="account_opened").actor == jana
    assert [event.becomes for event in here.member.events.all()] == ["active"]


def test_one_person_may_open_several_accounts_of_one_name():
    jana = UserFactory()

    accounts = {open_one(jana, key).pk for key in ("ABCDEFGH", "JKLMNPQR")}

    assert len(accounts) == 2


def test_a_double_click_opens_one():
    jana = UserFactory()

    assert open_one(jana).pk == open_one(jana).pk
    assert Account.objects.count() == 1


def test_the_key_of_somebody_else_opens_nothing():
    open_one(UserFactory())

    with pytest.raises(ChangeRefused):
        open_one(UserFactory())
    with pytest.raises(ValueError, match="expected a key"):
        open_one(UserFactory(), key="C-101")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True, databases=["default", "readonly"])
def test_four_clicks_at_once_open_one():
    jana = UserFactory()

    opened = together(*[lambda: open_one(jana).pk] * 4)

    assert len(set(opened)) == 1
    assert Account.objects.count() == Member.objects.count() == 1


def test_from_signing_up_to_the_account(client, post: Post):  # AGY-1
    client.post(
        reverse("account_signup"),
        {"name": "Jana", "email": "jana@example.com", "password1": "a long sentence"},
    )
    confirmed = client.post(link_of(post.only()), follow=True)
    form = confirmed.context["form"]

    opened = client.post(PAGE, {**NORDWIND, "key": form["key"].value()}, follow=True)

    assert confirmed.redirect_chain[-1][0] == PAGE
    account = Account.objects.get()
    assert opened.redirect_chain[-1][0] == reverse("accounts:start", args=[account.pk])
    assert "Nordwind is open" in opened.content.decode()
    assert account.time_zone == "Europe/Prague"
    assert client.get("/")["Location"] == reverse("accounts:start", args=[account.pk])


def test_the_browser_s_region_is_a_guess(client, settings):
    settings.ACCOUNTS_CURRENCIES = ["EUR", "CZK"]
    client.force_login(UserFactory())

    def guessed(language: str) -> list[str]:
        form = client.get(PAGE, headers={"accept-language": language}).context["form"]
        return [form[name].value() for name in ("country", "time_zone", "currency")]

    assert guessed("cs-CZ,cs;q=0.9") == ["CZ", "Europe/Prague", "CZK"]
    assert guessed("en-US") == ["US", None, None]
    assert guessed("it") == [None, None, None]


def test_a_wrong_form_keeps_what_was_typed(client):  # ALL-4
    client.force_login(UserFactory())

    answer = client.post(PAGE, {**NORDWIND, "time_zone": "Praha", "currency": "XXX"})

    page = answer.content.decode()
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'value="Praha"' in page
    assert 'value="Nordwind"' in page
    assert set(answer.context["form"].errors) == {"time_zone", "currency"}


def test_accounts_cannot_be_opened_without_end(client):
    client.force_login(UserFactory())

    answers = [
        client.post(PAGE, {**NORDWIND, "key": opening.new_key()}).status_code for _ in range(11)
    ]

    assert answers[-2:] == [HTTPStatus.FOUND, HTTPStatus.TOO_MANY_REQUESTS]


def test_who_belongs_nowhere_opens_an_account_unless_they_are_invited(client):
    petr = UserFactory(email="petr@example.com")
    client.force_login(petr)
    alone = client.get("/")["Location"]
    jana = MemberFactory(account__name="Nordwind", primary_admin=True, signs_in=True)
    from accounts import invitations

    here = access.standing(jana.user, jana.account_id)
    assert here is not None
    from django.utils import timezone

    invitations.invite(here=here, name="Petr", email="petr@example.com", at=timezone.now())

    choice = client.get("/", follow=True)

    assert alone == PAGE
    assert choice.redirect_chain == [(reverse("accounts:accounts"), HTTPStatus.FOUND)]
    assert "An invitation to Nordwind waits for you." in choice.content.decode()


ROLES = [
    ({"primary_admin": True}, "Primary account admin"),
    ({"admin": True, "purchase_permission": True}, "Admin · Purchase permission"),
    ({"admin": True}, "Admin"),
    ({"billing_role": True}, "Billing role"),
    ({"purchase_permission": True}, "Purchase permission"),
    ({}, "Member without an Access"),
]


@pytest.mark.parametrize(("member", "role"), ROLES, ids=[role for _, role in ROLES])
def test_the_start_of_an_account_says_who_one_is_here(client, member, role):
    somebody = MemberFactory(signs_in=True, **member)
    client.force_login(somebody.user)

    page = client.get(reverse("accounts:start", args=[somebody.account_id])).content.decode()

    assert f"Your role here: {role}." in page
    assert ("No Access of yours opens" in page) == (not {"primary_admin", "admin"} & set(member))


def test_the_start_says_what_an_access_opens_and_who_comes_first(client):
    given = AccessFactory(account=AccountFactory(), name="Sales", rights=[Right.SEE_TEAM])
    MemberFactory(account=given.account, name="Jana Nováková", primary_admin=True)
    petr = MemberFactory(account=given.account, access=given, signs_in=True)
    client.force_login(petr.user)

    page = client.get(reverse("accounts:start", args=[given.account_id])).content.decode()

    assert "Access Sales" in page
    assert "See who is in the account" in page
    assert "Invite people" not in page
    assert "Jana Nováková" in page


def test_somebody_of_the_parent_reads_through_whom_they_are_here(client):
    agency = AccountFactory(agency=True, name="Studio Lumen")
    workspace = AccountFactory(workspace=True, parent=agency, name="Optika")
    klara = MemberFactory(account=agency, primary_admin=True, signs_in=True)
    client.force_login(klara.user)

    page = client.get(reverse("accounts:start", args=[workspace.pk])).content.decode()
    choice = client.get(reverse("accounts:accounts")).content.decode()

    assert "You act for Studio Lumen, which manages this account." in page
    assert "Nobody is the primary account admin here" in page
    assert "Primary account admin" in choice
    assert "For Studio Lumen, which manages it" in choice


def test_everything_that_can_be_opened_is_described(client):
    jana = MemberFactory(
        account=AccountFactory(agency=True, licensing_enabled=True),
        primary_admin=True,
        signs_in=True,
    )
    client.force_login(jana.user)

    opened = client.get(reverse("accounts:start", args=[jana.account_id])).context["opened"]

    modules = {right.module for right in EVERYTHING if right.module}
    assert len(opened) == len(modules) - 1  # a reseller's clients are no part of an agency
    assert all(len(sentences) == 2 for _, sentences in opened)
