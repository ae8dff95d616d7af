"""Threads that meet at one plan: two people who take a level at once, and the run that comes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from accounts.access import Standing
from billing import checkout, run
from billing.auditing import audit
from billing.carts import Wanted
from billing.models import (
    Bill,
    Event,
    Invoice,
    Item,
    Order,
    Payment,
    SandboxCharge,
    Subscription,
)
from billing.refusals import ChangeRefused, QuoteChanged
from tests.billing import plan_book
from tests.billing.buying import GATEWAY, NOW
from tests.billing.running import bill, clock
from tests.billing.test_levels import taking
from tests.concurrency.threads import together
from tests.factories import AccountFactory, MemberFactory, SellerFactory, instant
from tests.standing import chief, stands

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True, databases=["default", "readonly"]),
]

OPENS_NEXT = instant("2026-02-28 08:00")


def confirming(here: Standing, wanted: Wanted) -> Callable[[], str]:
    """Look at what is wanted; then confirm and pay, as its dialog does, and say what came of it."""
    seen = checkout.shown(checkout.quote_with(wanted, here=here, at=NOW))

    def confirm() -> str:
        try:
            order = checkout.confirm(here=here, seen=seen, at=NOW, wanted=wanted)
        except (ChangeRefused, QuoteChanged) as refused:
            return type(refused).__name__
        return str(checkout.pay(order_id=order.pk, gateway=GATEWAY, clock=clock(NOW)).state)

    return confirm


def in_force() -> dict[str, int]:
    return dict(Item.objects.filter(quantity__gt=0).values_list("product__code", "quantity"))


def consistent() -> None:
    """Each order that is done has its invoice and its charge, and nobody else has one."""
    done = Order.objects.filter(state=Order.State.DONE)
    assert not Order.objects.filter(state__in=Order.UNSETTLED).exists()
    assert SandboxCharge.objects.filter(key__startswith="order").count() == done.count()
    assert Payment.objects.filter(attempt__order__in=done).count() == done.count()
    assert Invoice.objects.filter(reason="change").count() == done.count()
    assert list(audit()) == []


@pytest.mark.parametrize("turn", range(3))
def test_two_people_take_a_level_at_once_and_one_does(turn):  # PLAN-5, decision 17
    here = plan_book.holder()
    plan_book.more_levels(1)
    other = stands(MemberFactory(account=here.account, signs_in=True, purchase_permission=True))
    asked = [
        confirming(here, taking(here, "marketing-pro")),
        confirming(other, taking(other, "marketing-level-0")),
    ]

    states = together(*asked)

    assert sorted(states)[-1] == "done"
    assert set(states) <= {"done", "ChangeRefused", "QuoteChanged"}
    taken = "pro" if states[0] == "done" else "level-0"
    assert in_force() == {f"marketing-{taken}": 2500, f"users-{taken}": 3}
    assert Event.objects.filter(replaces=True).count() == 4
    consistent()


def test_one_dialog_sent_by_five_clicks_is_one_upgrade():  # decision 17
    here = plan_book.holder()
    asked = confirming(here, taking(here, "marketing-pro"))

    states = together(*[asked] * 5)

    assert "done" in states
    assert set(states) <= {"done", "paying"}
    assert Event.objects.filter(replaces=True).count() == 4
    consistent()


@pytest.mark.parametrize("turn", range(3))
def test_a_level_and_the_run_bill_each_cycle_once(turn):  # PLAN-5, decision 17
    here = plan_book.holder()
    asked = confirming(here, taking(here, "marketing-pro"))
    started = run.start(at=OPENS_NEXT, clock=clock(OPENS_NEXT), source="command")

    def work() -> int:
        return run.work(started.pk, worker="a", clock=clock(OPENS_NEXT))

    state, *_ = together(asked, work)
    bill(at=OPENS_NEXT)

    opening = Bill.objects.get(reason="cycle", starts_on="2026-02-28")
    plus, pro = ({"marketing-plus", "users-plus"}, {"marketing-pro"})
    # The three seats of Pro cost nothing, so they have no line.
    assert {line.product_code for line in opening.lines.all()} == (pro if state == "done" else plus)
    consistent()


@pytest.mark.parametrize("turn", range(3))
def test_two_people_buy_the_first_plan_at_once_and_one_does(turn):  # decision 17
    plan_book.catalogue()
    SellerFactory()
    here = chief(AccountFactory(time_zone="Europe/Prague"))
    other = stands(MemberFactory(account=here.account, signs_in=True, purchase_permission=True))
    asked = [
        confirming(one, Wanted({f"{line}-pro": 1000, "users-pro": 3}, interval="month"))
        for one, line in ((here, "marketing"), (other, "sales"))
    ]

    states = together(*asked)

    assert sorted(states)[-1] == "done"
    assert set(states) <= {"done", "ChangeRefused", "QuoteChanged"}
    assert Subscription.objects.count() == 1
    line = "marketing" if states[0] == "done" else "sales"
    assert in_force() == {f"{line}-pro": 1000, "users-pro": 3}
    consistent()
