"""What stands above every page of an account while it is so, and for whom."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client

from accounts.banners import hand_over_waits
from accounts.models import Account, HandOver, Member
from tests.factories import AccountFactory, MemberFactory, instant
from tests.standing import stands

pytestmark = pytest.mark.django_db
SINCE = instant("2026-03-03 23:30")


def above(client: Client, account: Account, member: Member) -> list[tuple[str, str, str]]:
    """The banners that this person sees: how each looks, its words, and where it leads."""
    assert member.user is not None
    client.force_login(member.user)
    shown = client.get(f"/accounts/{account.pk}/", follow=True).context["shell"]["banners"]
    return [(one.kind.value, one.text, one.href) for one in shown]


def boss(account: Account) -> Member:
    return MemberFactory(account=account, signs_in=True, primary_admin=True)


def test_a_quiet_account_has_no_banner(client):
    account = AccountFactory()

    assert above(client, account, boss(account)) == []


def test_a_blocked_account_says_since_when_and_leads_to_what_is_open(client):
    account = AccountFactory(blocked_at=SINCE, time_zone="Europe/Prague")
    payer, other = boss(account), MemberFactory(account=account, signs_in=True)

    ((kind, text, href),) = above(client, account, payer)
    ((_, same, nowhere),) = above(client, account, other)

    assert (kind, href) == ("bad", f"/accounts/{account.pk}/billing/")
    assert "4 March 2026" in text
    assert (same, nowhere) == (text, "")


def test_a_closed_account_says_that_alone(client):
    account = AccountFactory(blocked_at=SINCE, closed_at=SINCE)

    ((kind, text, href),) = above(client, account, boss(account))

    assert (kind, href) == ("bad", "")
    assert "closed" in text


def test_an_account_that_nobody_claimed_says_so_to_who_manages_it(client):  # decision 23
    agency = AccountFactory(agency=True)
    child = AccountFactory(workspace=True, paid_by=agency, name="Alfa")
    alone = AccountFactory()

    ((kind, outside, _),) = above(client, child, boss(agency))
    inside = above(client, child, MemberFactory(account=child, signs_in=True))
    ((serious, lost, _),) = above(client, alone, MemberFactory(account=alone, signs_in=True))

    assert (kind, inside) == ("", [])
    assert "of Alfa yet. You manage it" in outside
    assert serious == "warn"
    assert "Ask support" in lost


def test_a_hand_over_that_waits_is_told_to_the_two_whom_it_concerns():
    account = AccountFactory()
    giver, taker = boss(account), MemberFactory(account=account, signs_in=True, name="Petr")
    third = MemberFactory(account=account, signs_in=True)
    asked = HandOver.objects.create(
        account=account, giver=giver, taker=taker, asked_at=SINCE,
        expires_at=SINCE + timedelta(days=7),
    )  # fmt: skip

    def waits(member: Member, at: datetime = SINCE) -> list[tuple[str, str]]:
        return [(one.text, one.href) for one in hand_over_waits(stands(member), at=at)]

    ((to_giver, gives),), ((to_taker, takes),) = waits(giver), waits(taker)

    assert "Petr" in to_giver
    assert giver.name in to_taker
    assert gives == f"/accounts/{account.pk}/hand-over/"
    assert takes == f"/accounts/{account.pk}/hand-over/{asked.pk}/"
    assert waits(third) == []
    assert waits(taker, asked.expires_at) == []
