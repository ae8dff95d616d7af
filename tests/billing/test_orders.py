"""Orders that are not settled yet: one at a time, frozen, looked up, never charged twice."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.models import Account
from billing import answering, carts, checkout, collecting, events
from billing.gateways.base import Charged
from billing.models import (
    Event,
    Invoice,
    LedgerEntry,
    Payment,
    PaymentAttempt,
    SandboxCharge,
    Subscription,
)
from billing.refusals import ChangeRefused
from tests.billing.buying import GATEWAY, NOW, buy, price_of, seats, waiting
from tests.billing.running import bill, charge, clock
from tests.factories import PriceFactory, instant

pytestmark = pytest.mark.django_db


def test_nothing_else_is_confirmed_while_a_payment_is_on_its_way(customer):  # decision 17
    waiting(customer, seat=8)
    carts.put(here=customer, changes={"seat": 9}, at=NOW)

    with pytest.raises(ChangeRefused, match="on its way"):
        checkout.confirm(here=customer, seen=checkout.shown(price_of(customer)), at=NOW)


def test_what_is_being_paid_is_frozen(customer):  # decision 17
    waiting(customer, seat=8)
    [subscription] = Subscription.objects.all()

    with pytest.raises(ChangeRefused, match="being paid"):
        events.record(subscription_id=subscription.pk, changes={"seat": 4}, at=NOW)


def test_the_run_passes_over_and_comes_back(customer):  # decision 17
    order = waiting(customer, seat=8)
    opens = instant("2026-02-28 08:00")

    bill(at=opens)
    assert Invoice.objects.count() == 1
    checkout.pay(order_id=order.pk, gateway=GATEWAY, clock=clock(NOW + timedelta(minutes=1)))
    bill(at=opens)

    assert Invoice.objects.latest("pk").total.amount == Decimal("183.92")


def test_a_charge_without_an_answer_is_looked_up_and_settled_once(customer):
    """The sandbox stays silent for amounts that end in 14, and has charged 20.14 all the same."""
    Account.objects.update(tax_exempt=True)
    PriceFactory(code="extra", amount=Decimal("70.49"))
    order = buy(customer, extra=1)
    assert (order.total.amount, order.state) == (Decimal("20.14"), "paying")

    later = NOW + timedelta(minutes=30)
    collecting.collect(clock=clock(later), gateway=GATEWAY)
    collecting.collect(clock=clock(later), gateway=GATEWAY)

    order.refresh_from_db()
    assert (order.state, order.at) == ("done", NOW)
    assert Event.objects.latest("pk").at == NOW
    assert SandboxCharge.objects.filter(key__startswith="order").count() == 1


def test_an_order_whose_payment_never_began_is_called_off(customer):
    order = waiting(customer, seat=8)

    collecting.collect(clock=clock(NOW + timedelta(minutes=11)), gateway=GATEWAY)

    order.refresh_from_db()
    assert order.state == "cancelled"
    assert seats(customer) == 5
    assert not SandboxCharge.objects.filter(key__startswith="order").exists()


def test_money_for_an_order_that_was_called_off_is_never_lost(customer):
    order = waiting(customer, seat=8)
    attempt = PaymentAttempt.objects.get(order=order)
    collecting.collect(clock=clock(NOW + timedelta(minutes=11)), gateway=GATEWAY)
    answer = charge(attempt)
    assert isinstance(answer, Charged)

    later = NOW + timedelta(minutes=12)
    assert answering.settle(attempt.pk, answer, gateway="sandbox", at=later)
    assert not answering.settle(attempt.pk, answer, gateway="sandbox", at=later)

    attempt.refresh_from_db()
    payment = Payment.objects.get(attempt=attempt)
    assert (attempt.state, payment.invoice, seats(customer)) == ("stuck", None, 5)
    assert LedgerEntry.objects.get(payment=payment).amount.amount == -payment.amount.amount
