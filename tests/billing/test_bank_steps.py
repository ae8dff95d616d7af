"""3-D Secure: the bank asks, and the order is settled by what came of it, or called off."""

from __future__ import annotations

from datetime import timedelta

import pytest

from billing import bank_steps, carts, checkout, collecting
from billing.gateways import sandbox
from billing.gateways.base import Cause
from billing.gateways.sandbox_cards import Behaviour
from billing.models import Event, Invoice, Order, Payment, PaymentAttempt, SandboxCharge
from billing.refusals import ChangeRefused
from tests.billing.buying import GATEWAY, NOW, price_of, seats
from tests.billing.running import bill, clock
from tests.factories import CardFactory, instant

pytestmark = pytest.mark.django_db

BACK = "https://billing.example.com/back/"
HALF_AN_HOUR = timedelta(minutes=30)


@pytest.fixture
def secure(customer):
    """The customer, whose bank asks about every payment."""
    CardFactory(payer=customer.account, behaviour=Behaviour.SECURE)
    return customer


def buys(here, *, return_to: str = BACK, **changes: int) -> Order:
    carts.put(here=here, changes=changes, at=NOW)
    order = checkout.confirm(here=here, seen=checkout.shown(price_of(here)), at=NOW)
    return checkout.pay(order_id=order.pk, gateway=GATEWAY, clock=clock(NOW), return_to=return_to)


def answer(order: Order, *, confirms: bool = True) -> None:
    """The buyer answers on the page of their bank."""
    assert sandbox.decide(SandboxCharge.objects.get(key=of(order).key), confirms=confirms)


def of(order: Order) -> PaymentAttempt:
    return PaymentAttempt.objects.get(order=order)


def comes_back(order: Order, *, after: timedelta = timedelta(minutes=1)) -> Order:
    """From the bank's page, to what became of the order."""
    collecting.look_again(of(order).pk, clock=clock(NOW + after), gateway=GATEWAY)
    order.refresh_from_db()
    return order


def sweep(order: Order, *, after: timedelta) -> Order:
    collecting.collect(clock=clock(NOW + after), gateway=GATEWAY)
    order.refresh_from_db()
    return order


def test_a_bank_that_asks_leaves_the_order_to_the_buyer(secure):  # decision 17
    order = buys(secure, seat=8)

    attempt = of(order)
    assert (order.state, attempt.state) == ("paying", "action")
    assert "/sandbox-bank/secure/" in attempt.action_url
    assert attempt.next_try_at == NOW + HALF_AN_HOUR
    assert attempt.method is not None
    assert seats(secure) == 5


def test_who_confirms_at_the_bank_has_what_they_bought(secure):  # PLAN-8
    order = buys(secure, seat=8)
    answer(order)

    assert comes_back(order).state == "done"

    assert seats(secure) == 8
    assert Event.objects.latest("pk").at == NOW
    assert Payment.objects.get(attempt=of(order)).amount == order.total
    assert of(order).action_url == ""


def test_who_refuses_at_the_bank_changes_nothing(secure):
    order = buys(secure, seat=8)
    answer(order, confirms=False)

    assert comes_back(order).state == "declined"

    assert (of(order).cause, seats(secure)) == (Cause.REFUSED, 5)
    carts.refill(here=secure, order=order, at=NOW)


def test_who_comes_back_without_an_answer_is_still_asked(secure):
    order = comes_back(buys(secure, seat=8))

    assert (order.state, of(order).state) == ("paying", "action")
    assert of(order).next_try_at == NOW + HALF_AN_HOUR


def test_an_answer_that_nobody_brings_back_is_found_by_the_sweep(secure):
    order = buys(secure, seat=8)
    answer(order)

    assert sweep(order, after=timedelta(minutes=29)).state == "paying"
    assert sweep(order, after=HALF_AN_HOUR).state == "done"
    assert seats(secure) == 8


def test_what_is_not_answered_within_half_an_hour_is_cancelled_and_called_off(
    secure,
):  # decision 17
    order = buys(secure, seat=8)

    assert sweep(order, after=HALF_AN_HOUR).state == "cancelled"

    assert (of(order).state, of(order).cause) == ("cancelled", Cause.UNANSWERED)
    assert SandboxCharge.objects.get(key=of(order).key).outcome == "cancelled"
    assert seats(secure) == 5
    assert buys(secure, seat=6).state == "paying", "and the next order may be confirmed"


def test_an_answer_after_that_is_too_late(secure):
    order = buys(secure, seat=8)
    sweep(order, after=HALF_AN_HOUR)

    assert not sandbox.decide(SandboxCharge.objects.get(key=of(order).key), confirms=True)


def test_the_buyer_may_call_it_off(secure):
    order = buys(secure, seat=8)

    collecting.give_up(of(order).pk, clock=clock(NOW), gateway=GATEWAY)

    order.refresh_from_db()
    assert (order.state, of(order).cause) == ("cancelled", Cause.CALLED_OFF)


def test_calling_off_what_was_just_confirmed_settles_it(secure):
    order = buys(secure, seat=8)
    answer(order)

    collecting.give_up(of(order).pk, clock=clock(NOW), gateway=GATEWAY)

    order.refresh_from_db()
    assert (order.state, seats(secure)) == ("done", 8)


def test_nothing_else_is_confirmed_while_the_bank_asks(secure):
    buys(secure, seat=8)

    with pytest.raises(ChangeRefused, match="on its way"):
        buys(secure, seat=9)


def test_the_run_passes_over_while_the_bank_asks(secure):  # decision 17
    order = buys(secure, seat=8)
    opens = instant("2026-02-28 08:00")
    bill(at=opens)
    assert Invoice.objects.count() == 1

    answer(order)
    comes_back(order)
    bill(at=opens)

    assert Invoice.objects.count() == 3


def test_a_bank_asks_nobody_who_is_not_there(secure):
    """Charged by the run: it declines, and says that the payer has to confirm."""
    order = buys(secure, seat=8, return_to="")

    assert (order.state, of(order).cause) == ("declined", Cause.CONFIRMATION)


def test_a_worker_killed_after_the_bank_asked_leaves_the_question_to_be_found(secure):
    order = buys(secure, seat=8)
    PaymentAttempt.objects.filter(order=order).update(
        state="sent", action_url="", next_try_at=NOW + collecting.LEASE
    )

    sweep(order, after=collecting.LEASE)

    attempt = of(order)
    assert (attempt.state, attempt.next_try_at) == ("action", NOW + HALF_AN_HOUR)
    assert "/sandbox-bank/secure/" in attempt.action_url


@pytest.mark.parametrize(
    "key", ["", "order", "order-1", "order-x-1", "invoice-1-", "refund-1-1", "order-1-1-1"]
)
def test_a_key_of_nothing_is_nobodys(key):
    assert bank_steps.attempt_of(key) is None


def test_a_key_names_its_attempt(secure):
    order = buys(secure, seat=8)
    answer(order)
    comes_back(order)

    for attempt in PaymentAttempt.objects.all():
        assert bank_steps.attempt_of(attempt.key) == attempt
