"""Refunds at Stripe whose bank sends the money back days later."""

from __future__ import annotations

import pytest

from billing import carts, checkout, webhooks
from billing.gateways.base import Told
from billing.models import Payment
from tests.billing.buying import NOW, customer, issued, price_of
from tests.billing.crediting_book import raised
from tests.billing.gateways.providers import BACK, AtStripe
from tests.billing.gateways.stripe_wire import Refusal
from tests.billing.gateways.test_stripe import with_card_at_stripe
from tests.billing.refunding_book import refunded
from tests.billing.running import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_stripe(account) -> AtStripe:
    return AtStripe(account)


def test_a_refund_that_fails_after_it_succeeded_needs_support(at_stripe, settings):  # STAFF-2
    """Its bank sends the money back to us days later: the books say that it went back."""
    here = with_card_at_stripe(customer(), at_stripe, settings)
    carts.put(here=here, changes={"seat": 8}, at=NOW)
    order = checkout.confirm(here=here, seen=checkout.shown(price_of(here)), at=NOW)
    order = checkout.pay(
        order_id=order.pk, gateway=at_stripe.gateway, clock=clock(NOW), return_to=BACK
    )
    refund = refunded(raised(issued(order)), "10.00", at=NOW, gateway=at_stripe.gateway)
    assert (refund.state, refund.reason) == ("refunded", "")
    assert refund.paid_back is not None

    for number, (status, why, reason) in enumerate(
        [
            ("succeeded", None, ""),
            ("failed", "expired_or_canceled_card", "It went back and came again: expired_or_"),
            ("failed", "expired_or_canceled_card", "It went back and came again: expired_or_"),
        ]
    ):
        at_stripe.account.objects[refund.paid_back.reference] |= {
            "status": status,
            "failure_reason": why,
        }
        told = Told(id=str(number), kind="refund.failed", key=refund.key)
        webhooks.receive(told, gateway="stripe", at=NOW)
        assert webhooks.handle_due(gateway=at_stripe.gateway, clock=clock(NOW)) == 1
        refund.refresh_from_db()
        assert (refund.state, refund.reason[:40]) == ("refunded", reason)
    assert Payment.objects.filter(amount__lt=0).count() == 1


def test_a_refund_that_cannot_be_looked_up_again_yet_waits(at_stripe, settings):
    here = with_card_at_stripe(customer(), at_stripe, settings)
    carts.put(here=here, changes={"seat": 8}, at=NOW)
    order = checkout.confirm(here=here, seen=checkout.shown(price_of(here)), at=NOW)
    order = checkout.pay(
        order_id=order.pk, gateway=at_stripe.gateway, clock=clock(NOW), return_to=BACK
    )
    refund = refunded(raised(issued(order)), "10.00", at=NOW, gateway=at_stripe.gateway)
    at_stripe.account.refuses = Refusal(503, message="Busy")
    webhooks.receive(Told(id="1", kind="k", key=refund.key), gateway="stripe", at=NOW)

    assert webhooks.handle_due(gateway=at_stripe.gateway, clock=clock(NOW)) == 0
