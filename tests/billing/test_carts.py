"""Carts: whose they are, who may fill them, and how long they are kept."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine

from accounts.access import Lacking
from accounts.models import Member
from billing import carts, checkout, tasks
from billing.models import Invoice
from billing.refusals import ChangeRefused
from tests.billing.buying import NOW, buy, price_of
from tests.billing.running import bill
from tests.factories import MemberFactory, UserFactory, instant
from tests.standing import holder, stands

pytestmark = pytest.mark.django_db


def test_who_may_not_buy_is_told_who_may(customer):  # PRICE-6
    reader = holder(customer.account)

    with pytest.raises(Lacking):
        carts.put(here=reader, changes={"seat": 8}, at=NOW)


def test_who_lost_the_right_meanwhile_confirms_nothing(customer):  # PRICE-6
    buyer = stands(MemberFactory(account=customer.account, signs_in=True, purchase_permission=True))
    carts.put(here=buyer, changes={"seat": 8}, at=NOW)
    seen = checkout.shown(price_of(buyer))
    assert buyer.member is not None
    Member.objects.filter(pk=buyer.member.pk).update(purchase_permission=False)

    with pytest.raises(Lacking):
        checkout.confirm(here=buyer, seen=seen, at=NOW)


def test_support_says_why_it_buys(customer):  # STAFF-2
    assert customer.member is not None
    support = stands(customer.member, visited_by=UserFactory(superuser=True))
    carts.put(here=support, changes={"seat": 8}, at=NOW)
    seen = checkout.shown(price_of(support))

    with pytest.raises(ChangeRefused, match="Write why"):
        checkout.confirm(here=support, seen=seen, at=NOW)
    order = checkout.confirm(here=support, seen=seen, at=NOW, reason="asked by phone")
    assert "asked by phone" in order.cause


def test_the_carts_of_two_people_do_not_meet(customer):
    other = stands(MemberFactory(account=customer.account, signs_in=True, purchase_permission=True))
    carts.put(here=customer, changes={"seat": 8}, at=NOW)
    carts.put(here=other, changes={"seat": 9}, at=NOW)

    assert [line.becomes for line in carts.lines_of(customer)] == [8]
    carts.take_out(here=customer, product="seat", at=NOW)
    assert carts.lines_of(customer) == []
    assert [line.becomes for line in carts.lines_of(other)] == [9]


def test_a_cart_left_for_a_week_is_gone(customer):  # JOBS-4
    carts.put(here=customer, changes={"seat": 8}, at=NOW)

    assert carts.expire(at=NOW + timedelta(days=6)) == 0
    assert carts.expire(at=NOW + timedelta(days=7)) == 1
    assert carts.lines_of(customer) == []


def test_the_schedule_forgets_carts(customer):  # JOBS-4
    carts.put(here=customer, changes={"seat": 8}, at=NOW)

    with time_machine.travel(NOW + timedelta(days=8)):
        tasks.expire_carts()

    assert carts.lines_of(customer) == []


def test_what_is_in_force_is_no_change(customer):
    carts.put(here=customer, changes={"seat": 8}, at=NOW)
    carts.put(here=customer, changes={"seat": 5}, at=NOW)

    assert carts.lines_of(customer) == []
    assert checkout.quote_cart(here=customer, at=NOW) is None


def test_naming_the_number_in_force_calls_off_what_waits(customer):  # PRICE-5
    buy(customer, seat=3)
    later = NOW + timedelta(hours=1)

    order = buy(customer, at=later, seat=5)

    assert order.state == "done"
    assert not order.total.amount
    bill(at=instant("2026-02-28 08:00"))
    assert Invoice.objects.latest("pk").subtotal == Decimal("95.00")
