"""The pages of invitations, as those who ask and those who are asked walk them."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import staff_roles, visits
from accounts.access import Role, Staff
from accounts.models import Invitation, Member, MemberEvent, SupportVisit, User
from accounts.rights import Right
from tests.factories import (
    AccessFactory,
    AccountFactory,
    MemberFactory,
    PriceFactory,
    SubscriptionFactory,
    UserFactory,
)
from tests.sign_in.post import Post, link_of

pytestmark = pytest.mark.django_db

PETR = {"name": "Petr Dvořák", "email": "petr@example.com", "type": "passive"}


@pytest.fixture
def jana(client) -> Member:
    """The primary account admin, signed in."""
    member: Member = MemberFactory(
        account=AccountFactory(name="Nordwind"), name="Jana", primary_admin=True, signs_in=True
    )
    client.force_login(member.user)
    return member


def page_of(member: Member, page: str) -> str:
    return reverse(f"accounts:{page}", args=[member.account_id, member.pk])


def invite(client, jana: Member, **more: str) -> Member:
    """Jana fills in the form."""
    page = reverse("accounts:invite", args=[jana.account_id])
    client.post(page, {**PETR, **more})
    return Member.objects.get(email=more.get("email", PETR["email"]))


def test_from_the_form_to_the_account_in_four_steps(client, jana, post: Post):
    invite(client, jana)
    link = link_of(post.only())
    petr = Client()

    form = petr.get(link)
    joined = petr.post(link, {"name": "Petr", "password": "a long sentence"}, follow=True)

    assert 'value="Petr Dvořák"' in form.content.decode()
    assert joined.redirect_chain == [
        (reverse("accounts:start", args=[jana.account_id]), HTTPStatus.FOUND)
    ]
    assert "You are in Nordwind now." in joined.content.decode()
    assert petr.session["_auth_user_id"] == str(User.objects.get(email="petr@example.com").pk)


def test_the_form_says_what_it_will_cost_and_asks_support_why(client, jana):  # RSL-6, STAFF-2
    PriceFactory(code="user", members=True)
    SubscriptionFactory(account=jana.account, starts_on=timezone.localdate(), items={"user": 0})
    page = reverse("accounts:invite", args=[jana.account_id])

    shown = client.get(page)
    staff_roles.set_staff_roles({SupportVisit: Staff(add=frozenset({Role.SUPPORT}))})
    support = UserFactory()
    staff_roles.give_role(person=support, role=Role.SUPPORT)
    client.force_login(support)
    visit = visits.begin(member_id=jana.pk, person=support, reason="7", at=timezone.now())
    session = client.session
    session[visits.SESSION_KEY] = visit.pk
    session.save()
    silent = client.post(page, PETR)
    client.post(page, {**PETR, "reason": "Asked by phone"})

    assert "Joins by invitation: nothing is charged until then." in shown.content.decode()
    assert "Each month after that you pay €10.00 more, before taxes." in shown.content.decode()
    assert "reason" not in shown.context["form"].fields
    assert silent.context["form"].errors["reason"]
    added = MemberEvent.objects.get(member__email=PETR["email"])
    assert added.cause == f"Support visit {visit.pk}: Asked by phone"


def test_the_form_keeps_what_was_typed_and_says_what_is_wrong(client, jana):  # ALL-4
    invite(client, jana)
    page = reverse("accounts:invite", args=[jana.account_id])

    again = client.post(page, {**PETR, "name": "Petr the second"})
    empty = client.post(page, {"email": "petr@"})

    assert again.status_code == empty.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "is in this account already: Petr Dvořák, invited." in again.content.decode()
    assert 'value="Petr the second"' in again.content.decode()
    assert 'value="petr@"' in empty.content.decode()


def test_only_accesses_that_one_may_give_are_offered(client, jana):
    little = AccessFactory(account=jana.account, name="Little", rights=[Right.UPDATE_TEAM])
    AccessFactory(account=jana.account, name="Much", rights=[Right.UPDATE_COMPANY])
    AccessFactory(account=jana.account, name="Admins", administrators=True)
    AccessFactory(account=AccountFactory(), name="Foreign", rights=[Right.UPDATE_TEAM])
    uta = MemberFactory(account=jana.account, access=little, signs_in=True)
    page = reverse("accounts:invite", args=[jana.account_id])

    for_jana = client.get(page).context["form"].fields["access"].choices
    client.force_login(uta.user)
    for_uta = client.get(page)

    assert [name for _, name in for_jana] == ["No Access", "Admins", "Little", "Much"]
    fields = for_uta.context["form"].fields
    assert [name for _, name in fields["access"].choices] == ["No Access", "Little"]
    assert "billing_role" not in fields
    assert "Ask for approval" in for_uta.content.decode()
    assert "Jana" in for_uta.content.decode()


def test_a_password_that_is_too_easy_is_refused_beside_its_field(client, jana, post: Post):
    invite(client, jana)
    link = link_of(post.only())

    answer = Client().post(link, {"name": "Petr", "password": "petr"})

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "at least 10 characters" in answer.content.decode()
    assert not User.objects.filter(email="petr@example.com").exists()


def test_who_signs_in_with_the_address_joins_by_one_button(client, jana, post: Post):
    petr = UserFactory(email="petr@example.com")
    invite(client, jana)
    link = link_of(post.only())
    window = Client()

    signed_out = window.get(link).content.decode()
    window.force_login(petr)
    button = window.get(link).content.decode()
    answers = [window.post(link)["Location"] for _ in range(2)]

    assert f"{reverse('account_login')}?next={link.replace(':', '%3A')}" in signed_out
    assert "Join Nordwind" in button
    assert 'type="password"' not in button
    assert set(answers) == {reverse("accounts:start", args=[jana.account_id])}
    assert Member.objects.get(email="petr@example.com").user == petr


def test_who_is_signed_in_with_another_address_reads_so(client, jana, post: Post):
    invite(client, jana)
    link = link_of(post.only())

    page = client.get(link).content.decode()
    answer = client.post(link)
    away = client.post(reverse("account_logout"), {"next": link})

    assert f"You are signed in as {jana.user.email}" in page
    assert answer.status_code == HTTPStatus.GONE
    assert away["Location"] == link
    assert 'name="password"' in client.get(link).content.decode()


@pytest.mark.parametrize("how", ["expired", "withdrawn", "accepted"])
def test_a_link_that_is_of_no_use_says_why_and_whom_to_ask(client, jana, post: Post, how):
    member = invite(client, jana)
    link = link_of(post.only())
    if how == "expired":
        Invitation.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    elif how == "withdrawn":
        client.post(page_of(member, "invitation_withdraw"))
    else:
        Client().post(link, {"name": "Petr", "password": "a long sentence"})

    answers = [Client().get(link), Client().post(link, {"name": "P", "password": "x" * 12})]

    for answer in answers:
        assert answer.status_code == HTTPStatus.GONE
        assert how in answer.content.decode()
    assert ("Ask Jana" in answers[0].content.decode()) == (how != "accepted")


def test_sent_again_only_the_newest_letter_leads_in(client, jana, post: Post):
    member = invite(client, jana)
    older = link_of(post.only())
    question = client.get(page_of(member, "invitation_resend")).content.decode()

    client.post(page_of(member, "invitation_resend"))
    newer = link_of(post.only())

    assert "petr@example.com" in question
    assert "newest" in Client().get(older).content.decode()
    assert Client().get(newer).status_code == HTTPStatus.OK


def test_what_cannot_be_sent_or_withdrawn_any_more_is_said(client, jana, post: Post):
    member = invite(client, jana)
    Client().post(link_of(post.only()), {"name": "Petr", "password": "a long sentence"})

    answers = [
        client.post(page_of(member, page)) for page in ("invitation_resend", "invitation_withdraw")
    ]

    assert {answer.status_code for answer in answers} == {HTTPStatus.CONFLICT}
    assert "signs in already" in answers[0].content.decode()
    assert "has accepted already" in answers[1].content.decode()


def test_links_are_tried_only_so_often(client, jana, post: Post):
    invite(client, jana)
    link = link_of(post.only())

    answers = [Client().post(link, {}).status_code for _ in range(11)]

    assert answers == [HTTPStatus.UNPROCESSABLE_ENTITY] * 10 + [HTTPStatus.TOO_MANY_REQUESTS]


def test_strangers_and_those_without_the_right_invite_nobody(client, jana):  # ALL-1
    member = invite(client, jana)
    pages = [
        reverse("accounts:invite", args=[jana.account_id]),
        page_of(member, "invitation_resend"),
        page_of(member, "invitation_withdraw"),
    ]
    without = MemberFactory(account=jana.account, signs_in=True)

    for person, status in ((UserFactory(), 404), (without.user, 403)):
        client.force_login(person)
        assert {client.get(page).status_code for page in pages} == {status}
        assert {client.post(page, PETR).status_code for page in pages} == {status}
    member.refresh_from_db()
    assert member.status == Member.Status.INVITED
