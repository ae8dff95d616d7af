"""Threads that meet at one checkout: clicks, colleagues, and the run; nothing is charged twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from accounts.access import Standing
from billing import carts, checkout, run
from billing.auditing import audit
from billing.models import Bill, Invoice, Order, Payment, SandboxCharge
from billing.refusals import ChangeRefused, QuoteChanged
from tests.billing import buying
from tests.billing.buying import GATEWAY, NOW, price_of
from tests.billing.running import bill, clock
from tests.concurrency.threads import together
from tests.factories import MemberFactory, instant
from tests.standing import stands

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True, databases=["default", "readonly"]),
]

OPENS_NEXT = instant("2026-02-28 08:00")


def confirming(here: Standing, seen: str) -> Callable[[], str]:
    """Confirm and pay, as a page does; the state of the order, or why there is none."""

    def confirm() -> str:
        try:
            order = checkout.confirm(here=here, seen=seen, at=NOW)
        except (ChangeRefused, QuoteChanged) as refused:
            return type(refused).__name__
        paid = checkout.pay(order_id=order.pk, gateway=GATEWAY, clock=clock(NOW))
        return str(paid.state)

    return confirm


def consistent() -> None:
    """Each order that is done has its invoice and its charge, and nobody else has one."""
    done = Order.objects.filter(state=Order.State.DONE)
    assert not Order.objects.filter(state__in=Order.UNSETTLED).exists()
    assert SandboxCharge.objects.filter(key__startswith="order").count() == done.count()
    assert Payment.objects.filter(attempt__order__in=done).count() == done.count()
    assert Invoice.objects.filter(reason="change").count() == done.count()
    assert list(audit()) == []


def test_five_clicks_are_one_order():  # decision 17
    here = buying.customer()
    carts.put(here=here, changes={"seat": 8}, at=NOW)
    seen = checkout.shown(price_of(here))

    states = together(*[confirming(here, seen)] * 5)

    assert "done" in states
    assert set(states) <= {"done", "paying"}
    assert Order.objects.count() == 1
    assert buying.seats(here) == 8
    consistent()


def test_two_buyers_are_asked_one_after_the_other():  # decision 17
    here = buying.customer()
    other = stands(MemberFactory(account=here.account, signs_in=True, purchase_permission=True))
    asked = []
    for one, seats in ((here, 8), (other, 9)):
        carts.put(here=one, changes={"seat": seats}, at=NOW)
        asked.append(confirming(one, checkout.shown(price_of(one))))

    states = together(*asked)

    assert states.count("done") == 1
    assert set(states) <= {"done", "ChangeRefused", "QuoteChanged"}
    consistent()


@pytest.mark.parametrize("turn", range(3))
def test_an_order_and_the_run_bill_each_cycle_once(turn):  # decision 17
    here = buying.customer()
    carts.put(here=here, changes={"seat": 8}, at=NOW)
    asked = confirming(here, checkout.shown(price_of(here)))
    started = run.start(at=OPENS_NEXT, clock=clock(OPENS_NEXT), source="command")

    def work() -> int:
        return run.work(started.pk, worker="a", clock=clock(OPENS_NEXT))

    state, *_ = together(asked, work)
    bill(at=OPENS_NEXT)

    cycles = Bill.objects.filter(reason="cycle", starts_on="2026-02-28")
    line = cycles.get().lines.get(kind="advance")
    assert line.quantity == (8 if state == "done" else 5)
    consistent()
