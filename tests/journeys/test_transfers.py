"""Orders by bank transfer, told day by day: the real run, the job and the bank's file."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from accounts.access import Standing
from accounts.models import Account, Letter
from billing import bank_import, waiting
from billing.auditing import audit
from billing.models import BankLine, Deposit, Order
from tests.billing.buying import NOW, buy, customer, seats
from tests.billing.running import bill, clock

pytestmark = pytest.mark.django_db

HEAD = "date,amount,currency,reference,payer,text\n"


@pytest.fixture
def here() -> Standing:
    found = customer()
    Account.objects.filter(pk=found.account.pk).update(pays_by="transfer")
    found.account.refresh_from_db()
    return found


def days(until: datetime, *, order: Order, comes_on: int | None = None) -> None:
    """Each day the bank's statement so far is taken in, then the run and the job."""
    lines = HEAD
    at, number = NOW, 0
    while at <= until:
        if number == comes_on:
            lines += f"{at:%Y-%m-%d},19.71,EUR,B-1,Somebody,{order.transfer_reference}\n"
        bank_import.take_in(lines.encode(), name="f", by=None, clock=clock(at))
        bill(at=at)
        waiting.expire(at=at)
        at, number = at + timedelta(days=1), number + 1
    order.refresh_from_db()
    assert list(map(str, audit())) == []


def test_money_of_the_same_day_settles_the_order(here):  # PLAN-11
    order = buy(here, seat=8)

    days(NOW + timedelta(days=20), order=order, comes_on=0)

    assert (order.state, seats(here), BankLine.objects.count()) == ("done", 8, 1)


def test_money_of_a_later_day_is_credit_and_pays_todays_price(here):  # PLAN-11, PRICE-10
    """19.71 come two days later: 14.77 of it are used once that is confirmed."""
    order = buy(here, seat=8)
    later = NOW + timedelta(days=2)
    days(later, order=order, comes_on=2)
    assert (order.state, seats(here)) == ("repriced", 5)

    again = buy(here, at=later + timedelta(hours=1), seat=8)

    assert (again.state, seats(here)) == ("done", 8)
    assert str(Deposit.objects.get().open.amount) == "-4.940"
    assert list(map(str, audit())) == []


def test_without_money_it_ends_after_fourteen_days_and_the_bills_go_on(here):  # JOBS-5
    order = buy(here, seat=8)

    days(NOW + timedelta(days=13), order=order)
    assert order.state == "waiting"
    days(NOW + timedelta(days=20), order=order)

    assert (order.state, seats(here)) == ("expired", 5)
    assert Letter.objects.filter(name="order_expired").count() == 1
    assert here.account.invoices.filter(cycle_date="2026-02-28").exists()
