"""Refunds that need a person, at the desk: *Dealt with*, and they are listed no more."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.access import Role
from billing.models import DealtWith, RefundAttempt
from tests.admin.test_refunds import listed, page_of
from tests.billing.refunding_book import credit, paid_and_credited, refunded
from tests.billing.test_dealing import Refusing, came_again

pytestmark = pytest.mark.django_db


def deal(client: Client, refund: RefundAttempt, **values: str) -> Any:
    address = reverse("admin:billing_refundattempt_deal", args=[refund.pk])
    return client.post(address, {"reason": "Transferred it", **values})


def test_a_refused_refund_is_dealt_with(seat):  # STAFF-2
    client, note = seat(Role.BILLING), paid_and_credited()
    refund = refunded(note, "20.00", gateway=Refusing())
    assert listed(client, "support") == 1
    page = client.get(page_of(refund)).content.decode()
    assert "Dealt with</button>" in page
    assert "Where the money is" not in page

    answer = deal(client, refund)

    assert answer.url == page_of(refund)
    told = client.get(answer.url).content.decode()
    for words in ("listed under Needs support no more", "<dd>Transferred it</dd>"):
        assert words in told
    assert "Dealt with</button>" not in told
    assert str(DealtWith.objects.get().person) in told
    assert listed(client, "support") == 0
    everything = client.get(reverse("admin:billing_refundattempt_changelist")).content.decode()
    assert f"{DealtWith.objects.get().person}: Transferred it" in everything


@pytest.mark.parametrize(
    ("money", "left"), [("elsewhere", "-20.00"), ("put_back", "-50.00")], ids=["paid", "credit"]
)
def test_what_came_again_says_where_the_money_is(seat, money, left):
    client, note = seat(Role.BILLING), paid_and_credited()
    refund = came_again(note, "30.00")
    assert "€30.00 went back, sandbox has the money" in client.get(page_of(refund)).content.decode()

    answer = deal(client, refund, money=money)

    assert credit(note) == (left, "0.00")
    assert listed(client, "support") == 0
    told = client.get(answer.url).content.decode()
    assert ("is credit again" in told) == (money == "put_back")


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({}, "Say where the money is"),
        ({"money": "x"}, "Select a valid choice"),
        ({"money": "put_back", "reason": ""}, "Write what was done about it"),
        ({"money": "put_back", "reason": "y" * 301}, "at most 300 characters"),
    ],
)
def test_wrong_input_is_said_and_kept(seat, values, problem):  # ALL-4
    client, note = seat(Role.BILLING), paid_and_credited()
    refund = came_again(note, "30.00")

    answer = deal(client, refund, **values)

    assert answer.status_code == 422
    words = answer.content.decode()
    assert problem in words
    assert values.get("reason", "Transferred it") in words
    assert credit(note) == ("-20.00", "0.00")


def test_a_colleague_who_was_faster_is_named(seat):
    client, note = seat(Role.BILLING), paid_and_credited()
    refund = came_again(note, "30.00")
    deal(seat(Role.BILLING), refund, money="put_back", reason="It is here")

    answer = deal(client, refund, money="put_back")

    assert answer.status_code == 409
    assert "has dealt with it already: It is here" in answer.content.decode()
    assert credit(note) == ("-50.00", "0.00")


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.READ_ONLY, Role.CATALOGUE])
def test_only_billing_deals_with_it(seat, role):  # STAFF-4
    client, note = seat(role), paid_and_credited()
    refund = refunded(note, "20.00", gateway=Refusing())

    assert deal(client, refund).status_code == 403
    assert not DealtWith.objects.exists()
    if role is not Role.CATALOGUE:
        assert "Dealt with</button>" not in client.get(page_of(refund)).content.decode()


def test_an_unknown_refund_is_not_found(seat):
    client = seat(Role.BILLING)

    assert client.post(reverse("admin:billing_refundattempt_deal", args=[0])).status_code == 404
    assert client.get(reverse("admin:billing_refundattempt_deal", args=[1])).status_code == 405
