"""Threads that meet at one request: two of support, the customer, and a checkout."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from accounts.access import Standing
from billing import applying, cancelling, carts, checkout, requests
from billing.auditing import audit
from billing.models import ChangeRequest, Event, Invoice, Order, RequestMessage, Subscription
from billing.refusals import ChangeRefused, QuoteChanged
from tests.billing.buying import GATEWAY, price_of
from tests.billing.requesting import (
    NOW,
    RENEWAL,
    applied,
    asked,
    customer,
    opened,
    seen,
    support,
)
from tests.billing.running import clock
from tests.concurrency.threads import together
from tests.factories import PriceFactory, UserFactory

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True, databases=["default", "readonly"]),
]


def tried(deed: Callable[[], object]) -> Callable[[], str]:
    def do() -> str:
        try:
            deed()
        except (ChangeRefused, QuoteChanged) as refused:
            return type(refused).__name__
        return "done"

    return do


def applies(found: ChangeRequest) -> Callable[[], str]:
    shown, by = seen(found), UserFactory(staff=True)
    return tried(lambda: applying.apply(request_id=found.pk, seen=shown, by=by, at=NOW))


def test_two_of_support_apply_it_once():  # decision 17
    here = customer()
    found = opened(here, "level", "marketing-plus")

    results = together(*[applies(found) for _ in range(4)])

    assert sorted(results) == ["ChangeRefused"] * 3 + ["done"]
    assert Event.objects.filter(cause__startswith=f"Request {found.pk}").count() == 4
    assert Invoice.objects.filter(reason="change").count() == 1
    assert RequestMessage.objects.filter(request=found, deed="applied").count() == 1
    assert list(audit()) == []


def test_applied_or_withdrawn_but_not_both():
    here = customer()
    found = opened(here, "seats", "seats", 5)

    results = together(
        applies(found),
        tried(lambda: requests.withdraw(here=here, request_id=found.pk, at=NOW)),
    )

    assert sorted(results) == ["ChangeRefused", "done"]
    found.refresh_from_db()
    changed = Event.objects.filter(item__product__code="seats", becomes=5).exists()
    assert changed == (found.state == ChangeRequest.State.APPLIED)


@pytest.mark.parametrize("turn", range(3))
def test_applying_and_a_checkout_come_one_after_the_other(turn):  # decision 17
    here = customer(pays_by="card")
    PriceFactory(code="more", amount=Decimal(28))
    found = opened(here, "level", "marketing-plus")
    carts.put(here=here, changes={"more": 1}, at=NOW)
    shown = checkout.shown(price_of(here, at=NOW))

    results = together(applies(found), tried(lambda: _buys(here, shown)))

    assert "done" in results
    assert set(results) <= {"done", "ChangeRefused", "QuoteChanged"}
    assert not Order.objects.filter(state__in=Order.UNSETTLED).exists()
    assert list(audit()) == []
    if results[0] != "done":
        applied(found, by=support())
        assert list(audit()) == []


def _buys(here: Standing, shown: str) -> None:
    order = checkout.confirm(here=here, seen=shown, at=NOW)
    checkout.pay(order_id=order.pk, gateway=GATEWAY, clock=clock(NOW))


def test_a_plan_is_cancelled_once():  # PLAN-13
    here = customer()

    def cancels() -> None:
        cancelling.cancel(here=here, why="price", text="", seen=RENEWAL, at=NOW)

    results = together(*[tried(cancels)] * 3)

    assert sorted(results) == ["ChangeRefused", "ChangeRefused", "done"]
    assert Event.objects.filter(becomes=0, cause__startswith="Cancelled").count() == 4
    assert Subscription.objects.get().ends_on == RENEWAL


def test_one_form_opens_one_request():
    here = customer()

    def asks() -> int:
        opened = requests.open_request(here=here, asked=asked("question"), key="one", at=NOW)
        return opened.pk

    assert len(set(together(*[asks] * 4))) == 1
