"""User seats that people take cannot go: in the cart, in a request, and at the desk. PLAN-9."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Member
from accounts.people import set_status
from accounts.rights import Right
from billing import carts, checkout, requests
from billing.objections import everything
from billing.quoting import quote
from billing.refusals import ChangeRefused
from tests.billing.requesting import NOW, asked, customer, customer_of_today
from tests.factories import AccessFactory, MemberFactory
from tests.standing import stands

pytestmark = pytest.mark.django_db


def against(here, **changes: int) -> list[str]:
    named = {code.replace("_", "-"): number for code, number in changes.items()}
    found = quote(account=here.account, changes=named, at=NOW, granted=True)
    return [one.said(sees=everything) for one in found.objections]


def test_it_names_who_takes_them_and_how_many_must_go():  # PLAN-9
    here = customer(people=4)

    assert against(here, users_pro=2) == [
        "4 user seats are in use, by Eva, Ivo, Jana and 1 more. Suspend or delete 2 of them first."
    ]
    assert against(here, users_pro=4) == []


def test_one_is_one():
    here = customer(people=1)

    assert against(here, users_pro=0) == [
        "1 user seat is in use, by Jana. Suspend or delete 1 of them first."
    ]


@pytest.mark.parametrize("facts", [{"robot": True}, {"paying": True}, {"status": "suspended"}])
def test_who_takes_no_place_stands_in_no_way(facts):
    here = customer(people=2)
    MemberFactory(account=here.account, name="Zoe", **facts)

    assert against(here, users_pro=2) == []


def test_whoever_is_suspended_frees_a_place():
    here = customer(people=3)
    assert against(here, users_pro=2)
    last = Member.objects.get(account=here.account, name="Eva")

    set_status(member_id=last.pk, status=Member.Status.SUSPENDED, at=NOW)

    assert against(here, users_pro=2) == []


def test_seats_of_another_level_are_as_many_as_before():  # PLAN-5
    here = customer(people=5)
    changes = {"marketing-pro": 0, "marketing-plus": 2500, "users-pro": 0}

    def texts(users: int) -> list[str]:
        found = quote(
            account=here.account,
            changes={**changes, "users-plus": users},
            at=NOW,
            replaces=True,
            granted=True,
        )
        return [one.said(sees=everything) for one in found.objections]

    assert texts(5) == []
    assert "5 user seats are in use" in texts(4)[0]


def test_what_does_not_go_down_is_not_asked_about():
    """More people than seats: an account that was taken over may still buy and change the rest."""
    here = customer(people=7)

    assert against(here, users_pro=6) == []
    assert against(here, extra=0) == []


def test_the_cart_says_it_beside_its_line():  # PLAN-9
    here = customer(people=3)
    carts.put(here=here, changes={"users-pro": 2}, at=NOW)
    quoted = checkout.quote_cart(here=here, at=NOW)
    assert quoted is not None
    assert [one.product for one in quoted.objections] == ["users-pro"]

    with pytest.raises(ChangeRefused, match="3 user seats are in use"):
        checkout.confirm(here=here, seen=checkout.shown(quoted), at=NOW + timedelta(minutes=1))


@pytest.mark.parametrize("sees", [True, False])
def test_the_names_are_for_who_may_see_the_team(sees):  # PLAN-9 ALL-1
    account, now = customer_of_today().account, timezone.now()
    rights = [Right.SEE_TEAM] if sees else []
    own = AccessFactory(account=account, rights=rights)
    for name in ("Petr", "Eva"):
        MemberFactory(account=account, name=name)
    buyer = MemberFactory(
        account=account, name="Zoe", signs_in=True, purchase_permission=True, access=own
    )
    here, browser = stands(buyer), Client()
    browser.force_login(here.person)
    carts.put(here=here, changes={"users-pro": 3}, at=now)

    said = [
        browser.get(reverse("billing:cart", args=[account.pk])).content.decode(),
        browser.get(
            reverse("billing:change", args=[account.pk, "users-pro"]), {"number": "3"}
        ).content.decode(),
    ]
    quoted = checkout.quote_cart(here=here, at=now)
    assert quoted is not None
    with pytest.raises(ChangeRefused) as refused:
        checkout.confirm(here=here, seen=checkout.shown(quoted), at=now)
    said.append(str(refused.value))
    with pytest.raises(ChangeRefused) as refused:
        requests.open_request(here=here, asked=asked("add_on", "users-pro", 3), key="k", at=now)
    said.append(str(refused.value))

    who = ", by Eva, Jana, Petr and 1 more" if sees else ""
    for words in said:
        assert f"4 user seats are in use{who}. Suspend or delete 1 of them first." in words
