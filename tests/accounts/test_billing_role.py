"""The billing role: what follows is shown, and nothing else is done than what was shown."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts import access, billing_role
from accounts.access import Lacking, Standing
from accounts.foresight import Overtaken
from accounts.models import Member, MemberEvent
from accounts.refusals import ChangeRefused
from accounts.rights import Right
from tests.factories import (
    AccountFactory,
    MemberFactory,
    PriceFactory,
    SubscriptionFactory,
    UserFactory,
    instant,
)
from tests.standing import chief, me, stands

pytestmark = pytest.mark.django_db

AT = instant("2026-01-10 10:00")


def paying_by_the_user() -> Standing:
    """Jana, who pays 10.00 EUR a user and month."""
    here = chief(AccountFactory(), name="Jana")
    PriceFactory(code="user", members=True)
    SubscriptionFactory(account=here.account, items={"user": 0})
    return here


def settle(here: Standing, member: Member, *, gives: bool, **more: str) -> Member:
    seen = billing_role.foresee(here=here, member=member, billing_role=gives, at=AT).seen
    return billing_role.settle(
        here=here, member_id=member.pk, billing_role=gives, at=AT, **({"seen": seen} | more)
    )


def test_giving_it_says_what_is_saved_and_frees_the_seat():  # PRICE-3
    here = paying_by_the_user()
    ann = MemberFactory(account=here.account)

    said = billing_role.foresee(here=here, member=ann, billing_role=True, at=AT)
    settle(here, ann, gives=True)

    ann.refresh_from_db()
    assert any("a month less" in one.text for one in said.consequences)
    assert access.rights_of(ann) == {Right.SEE_BILLING}
    last = MemberEvent.objects.filter(member=ann).latest("sequence")
    assert (last.step, last.actor) == (-1, here.person)


def test_taking_it_back_says_what_it_costs():
    here = paying_by_the_user()
    ann = MemberFactory(account=here.account, paying=True)

    said = billing_role.foresee(here=here, member=ann, billing_role=False, at=AT)
    settle(here, ann, gives=False)

    assert said.costs
    assert MemberEvent.objects.filter(member=ann).latest("sequence").step == 1


def test_what_was_not_shown_is_not_done():
    here = paying_by_the_user()
    ann = MemberFactory(account=here.account, paying=True)

    with pytest.raises(Overtaken):
        settle(here, ann, gives=False, seen="what was shown before")

    assert Member.objects.get(pk=ann.pk).billing_role


def test_support_says_why_the_customer_pays_more():
    here = paying_by_the_user()
    ann = MemberFactory(account=here.account, paying=True)
    visit = stands(me(here), visited_by=UserFactory(staff=True))

    with pytest.raises(ChangeRefused, match="Write why"):
        settle(visit, ann, gives=False)
    settle(visit, ann, gives=False, reason="Jana asked by telephone")

    assert "telephone" in MemberEvent.objects.filter(member=ann).latest("sequence").cause


@pytest.mark.parametrize("purchases", [False, True])
def test_admins_settle_it_with_purchase_permission_alone(purchases):  # RSL-6
    account = AccountFactory()
    admin = MemberFactory(account=account, signs_in=True, admin=True, purchase_permission=purchases)
    ann = MemberFactory(account=account)

    if purchases:
        assert settle(stands(admin), ann, gives=True).billing_role
    else:
        with pytest.raises(Lacking):
            settle(stands(admin), ann, gives=True)


def test_bots_and_members_of_others_are_refused():  # ALL-1
    here = paying_by_the_user()

    with pytest.raises(ChangeRefused, match="bots take no seat"):
        settle(here, MemberFactory(account=here.account, robot=True), gives=True)
    with pytest.raises(ChangeRefused, match="Look at the team again"):
        settle(here, MemberFactory(), gives=True)


def test_the_dialog_shows_what_follows_and_does_it():
    here = paying_by_the_user()
    ann = MemberFactory(account=here.account, name="Ann")
    client = Client()
    client.force_login(here.person)
    page = reverse("accounts:member_billing_role", args=[here.account.pk, ann.pk])

    shown = client.get(page)
    seen = shown.context["foreseen"].seen
    stale = client.post(page, {"gives": "yes", "seen": "something else"})
    done = client.post(page, {"gives": "yes", "seen": seen}, follow=True)

    assert "Give Ann the billing role" in shown.content.decode()
    assert "a month less" in shown.content.decode()
    assert stale.status_code == 409
    assert "What follows is no longer what was shown." in stale.content.decode()
    assert "Ann has the billing role now and takes no seat." in done.content.decode()
    assert "Billing role given" in done.content.decode(), "the history says so"
