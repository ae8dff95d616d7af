"""What waits for somebody at the start of an account, and for nobody else."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from accounts import access, hand_over, invitations, waiting
from accounts.access import Standing
from accounts.models import Account, Member
from accounts.rights import Right
from tests.factories import AccessFactory, AccountFactory, MemberFactory, instant

pytestmark = pytest.mark.django_db

AT = instant("2026-03-02 09:00")
Status = Member.Status


def stands(member: Member) -> Standing:
    assert member.user is not None
    found = access.standing(member.user, member.account_id)
    assert found is not None
    return found


@pytest.fixture
def account() -> Account:
    return AccountFactory()


@pytest.fixture
def first(account) -> Standing:
    return stands(MemberFactory(account=account, name="Jana", primary_admin=True, signs_in=True))


@pytest.fixture
def updater(account) -> Standing:
    given = AccessFactory(account=account, rights=[Right.UPDATE_TEAM])
    return stands(MemberFactory(account=account, access=given, signs_in=True))


def told(here: Standing, at: datetime = AT) -> list[str]:
    return [one.text for one in waiting.waiting_for(here, at=at)]


def test_nothing_waits_in_an_account_where_all_is_done(first, updater):
    assert told(first) == told(updater) == []


def test_who_may_suspend_sees_who_waits_for_approval_and_who_asks_to_return(
    first, updater, account
):  # RSL-6
    for _ in range(2):
        MemberFactory(account=account, status=Status.AWAITING_APPROVAL)
    MemberFactory(account=account, status=Status.SUSPENDED, asked_to_return_at=AT)
    MemberFactory(account=account, status=Status.SUSPENDED)
    MemberFactory(status=Status.AWAITING_APPROVAL)

    assert told(first) == [
        "2 agents wait for approval.",
        "1 suspended agent asks to be activated again.",
    ]
    assert told(updater) == []


def test_who_writes_about_people_sees_invitations_that_have_expired(first, updater):
    invitations.invite(here=first, name="Petr", email="petr@example.com", at=AT)
    late = AT + timedelta(days=14)

    assert told(updater) == []
    assert told(updater, late) == [
        "1 invitation has expired. Send it again, or withdraw it.",
    ]


def test_a_role_that_is_handed_over_waits_for_who_takes_it_alone(first, updater):
    hand_over.ask(here=first, taker_id=updater.member.pk, at=AT)

    (offer,) = waiting.waiting_for(updater, at=AT)

    assert offer.text == "Jana hands the role of primary account admin over to you."
    assert told(first) == []
    assert told(updater, AT + timedelta(days=8)) == []


def test_the_start_leads_to_where_it_is_done(first, account, client):
    MemberFactory(account=account, status=Status.AWAITING_APPROVAL)
    client.force_login(first.person)

    page = client.get(reverse("accounts:start", args=[account.pk])).content.decode()

    assert f"{reverse('accounts:team', args=[account.pk])}?tab=awaiting" in page
