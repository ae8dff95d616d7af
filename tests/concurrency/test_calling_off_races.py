"""Threads that meet at an order that cannot be settled: the desk, the sweep, a mended price."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from accounts.models import User
from billing import calling_off, collecting, refund_sweep
from billing.auditing import audit
from billing.models import (
    CalledOff,
    Deposit,
    Invoice,
    Item,
    Order,
    Payment,
    PaymentAttempt,
    RefundAttempt,
    SandboxRefund,
)
from billing.refusals import ChangeRefused
from tests.billing.buying import GATEWAY, customer
from tests.billing.calling_off_book import REASON, cannot_settle, costs
from tests.billing.running import clock
from tests.billing.settling_book import LATER
from tests.concurrency.threads import together
from tests.factories import UserFactory

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True, databases=["default", "readonly"]),
]

LATER_STILL = LATER + timedelta(days=1)


def calling(order: Order, by: User) -> Callable[[], str]:
    """Call it off, as the page of the desk does; what came of its refund, or why there is none."""

    def call_off() -> str:
        try:
            refund = calling_off.call_off(
                order_id=order.pk,
                reason=REASON,
                by=by,
                gateway=GATEWAY,
                clock=clock(LATER_STILL),
            )
        except ChangeRefused:
            return "refused"
        return refund.state

    return call_off


def sweep() -> None:
    """Whoever asks about attempts that have no answer written down."""
    collecting.collect(clock=clock(LATER_STILL), gateway=GATEWAY)


def ended(order: Order) -> str:
    """The state of the order once all is at rest: either it holds, or its money went back whole."""
    refund_sweep.send_due(clock=clock(LATER_STILL + timedelta(hours=1)), gateway=GATEWAY)
    collecting.collect(clock=clock(LATER_STILL + timedelta(hours=1)), gateway=GATEWAY)
    order.refresh_from_db()
    off = order.state == Order.State.CANCELLED
    assert Payment.objects.filter(attempt__order=order).count() == 1
    assert CalledOff.objects.count() == RefundAttempt.objects.count() == int(off)
    assert SandboxRefund.objects.count() == int(off)
    assert Invoice.objects.filter(reason="change").count() == int(not off)
    assert Item.objects.filter(product__code="desk", quantity=1).exists() == (not off)
    for deposit in Deposit.objects.all():
        assert not deposit.open.amount
        assert not deposit.held
    attempt = PaymentAttempt.objects.get(order=order)
    assert attempt.state == ("cancelled" if off else "charged")
    return str(order.state)


def test_two_of_the_desk_call_it_off_once():
    order = cannot_settle(customer())

    answers = together(*[calling(order, UserFactory()) for _ in range(4)])

    assert sorted(answers) == ["refunded", "refused", "refused", "refused"]
    assert ended(order) == "cancelled"
    assert list(map(str, audit())) == []


@pytest.mark.parametrize("turn", range(3))
def test_calling_off_and_a_sweep_that_cannot_settle(turn):
    order = cannot_settle(customer())

    answer, *_ = together(calling(order, UserFactory()), sweep, sweep)

    assert answer == "refunded"
    assert ended(order) == "cancelled"


@pytest.mark.parametrize("turn", range(4))
def test_calling_off_and_a_settlement_that_succeeds_give_one_of_the_two(turn):
    """Its price is mended at the same moment: it holds and was paid, or its money went back."""
    order = cannot_settle(customer())
    desk = [calling(order, UserFactory()) for _ in range(2)]

    first, second, *_ = together(*desk, lambda: costs("30.00"), sweep)

    off = "refunded" in {first, second}
    assert ended(order) == ("cancelled" if off else "done")
    assert {first, second} <= {"refunded", "refused"}
    assert [first, second].count("refunded") <= 1
