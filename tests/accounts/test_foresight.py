"""What follows from a deed, as its reader may know it: amounts are the payer's (RSL-2, AGY-3)."""

from __future__ import annotations

from datetime import date

import pytest

from accounts import foresight, team
from accounts.access import Standing
from accounts.foresight import Foreseen, Overtaken
from accounts.models import Account, Member
from accounts.rights import Right
from accounts.team import Deed
from tests.factories import (
    AccountFactory,
    MemberFactory,
    PriceFactory,
    SubscriptionFactory,
    UserFactory,
    instant,
)
from tests.standing import chief, holder, stands

pytestmark = pytest.mark.django_db

AT = instant("2026-01-10 10:00")
PRO_RATA = "€7.10 pro rata on the invoice of 1 February 2026, before taxes."
EACH_MONTH = "From 1 February 2026 you pay €10.00 a month more, before taxes."


def reseller() -> Account:
    return AccountFactory(reseller=True, name="Partner")


def client_of(parent: Account) -> Account:
    """A client that the reseller pays for: 10.00 EUR a month for each user."""
    account = AccountFactory(client=True, paid_by=parent)
    PriceFactory(code="user", members=True)
    SubscriptionFactory(account=account, starts_on=date(2026, 1, 1), items={"user": 0})
    MemberFactory(account=account, primary_admin=True, signs_in=True)
    return account


def clerk_of(parent: Account, **more: bool) -> Member:
    """Somebody of the reseller who manages its clients."""
    return stands_for(holder(parent, Right.UPDATE_CLIENTS, **more))


def stands_for(here: Standing) -> Member:
    assert here.member is not None
    return here.member


def activating(here: Standing, ann: Member) -> Foreseen:
    return team.foresee(deed=Deed.ACTIVATE, here=here, members=[ann], at=AT)


def said(here: Standing, ann: Member) -> list[str]:
    return [one.text for one in activating(here, ann).consequences]


def test_who_manages_clients_and_sees_the_resellers_billing_reads_its_prices():  # RSL-2, RSL-6
    parent = reseller()
    account = client_of(parent)
    here = stands(clerk_of(parent, purchase_permission=True), account=account)
    ann = MemberFactory(account=account, status="suspended")

    shown = activating(here, ann)
    team.do(deed=Deed.ACTIVATE, here=here, member_ids=[ann.pk], at=AT, seen=shown.seen)

    ann.refresh_from_db()
    assert [one.text for one in shown.consequences] == [PRO_RATA, EACH_MONTH]
    assert ann.status == Member.Status.ACTIVE


def test_who_manages_clients_but_sees_no_billing_reads_no_prices():  # RSL-2
    parent = reseller()
    account = client_of(parent)
    here = stands(clerk_of(parent), account=account)
    ann = MemberFactory(account=account, status="suspended")

    assert said(here, ann) == ["Partner pays for this account, by the number of its people."]


def test_nobody_of_the_client_reads_the_resellers_prices():  # RSL-2
    parent = reseller()
    account = client_of(parent)
    boss = stands(account.members.get(primary_admin=True))
    ann = MemberFactory(account=account, status="suspended")

    assert said(boss, ann) == ["Partner pays for this account, by the number of its people."]
    assert not foresight.reads_amounts(boss)


def test_what_one_was_shown_without_amounts_is_not_what_one_is_held_to_with_them():
    parent = reseller()
    account = client_of(parent)
    boss = stands(account.members.get(primary_admin=True))
    here = stands(clerk_of(parent, purchase_permission=True), account=account)
    ann = MemberFactory(account=account, status="suspended")
    seen = activating(boss, ann).seen

    with pytest.raises(Overtaken):
        team.do(deed=Deed.ACTIVATE, here=here, member_ids=[ann.pk], at=AT, seen=seen)


def test_support_reads_what_the_visited_person_reads():  # STAFF-2
    parent = reseller()
    account = client_of(parent)
    sees, sees_not = clerk_of(parent, purchase_permission=True), clerk_of(parent)

    for member, reads in ((sees, True), (sees_not, False)):
        here = stands(member, account=account, visited_by=UserFactory(staff=True))
        assert foresight.reads_amounts(here) is reads


def test_who_pays_for_themselves_reads_what_they_pay():
    parent = reseller()
    account = AccountFactory(client=True, parent=parent)
    above = stands(clerk_of(parent), account=account)

    assert foresight.reads_amounts(chief(account))
    assert foresight.reads_amounts(above)
