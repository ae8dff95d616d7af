"""User seats that people take cannot go: in the cart, in a request, and at the desk. PLAN-9."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import Member
from accounts.people import set_status
from billing import carts, checkout
from billing.quoting import quote
from billing.refusals import ChangeRefused
from tests.billing.requesting import NOW, customer
from tests.factories import MemberFactory

pytestmark = pytest.mark.django_db


def against(here, **changes: int) -> list[str]:
    named = {code.replace("_", "-"): number for code, number in changes.items()}
    found = quote(account=here.account, changes=named, at=NOW, granted=True)
    return [one.text for one in found.objections]


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
        return [one.text for one in found.objections]

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
