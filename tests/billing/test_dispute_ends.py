"""How disputes end where money had gone back before, and what then needs a person."""

from __future__ import annotations

from decimal import Decimal

import pytest

from billing import disputing, ledger, refunding
from billing.auditing import audit
from billing.gateways.base import Disputed, DisputeState
from billing.models import Deposit, Dispute, Payment, PaymentAttempt
from tests.billing.buying import GATEWAY, customer
from tests.billing.calling_off_book import called_off, cannot_settle
from tests.billing.crediting_book import MARCH
from tests.billing.dispute_book import Saying, charged, payment_of, stands
from tests.billing.running import clock
from tests.billing.test_dealing import Refusing

pytestmark = [pytest.mark.django_db]


def told(payment: Payment, state: DisputeState, *, taken: bool, came_again: str = "0.00") -> None:
    answer = Disputed(
        *(payment.reference, payment.amount, state, taken, "", "", None, Decimal(came_again))
    )
    assert disputing.hear("x", gateway=Saying(answer), clock=clock(MARCH))


@pytest.mark.parametrize("hears_of_it_open", [True, False])
def test_of_one_that_is_lost_for_a_part_the_rest_is_paid(hears_of_it_open):
    """50.00 were taken though 20.00 had been refunded: 20.00 come again, 30.00 are lost."""
    invoice = charged()
    payment = payment_of(invoice)
    if hears_of_it_open:
        told(payment, DisputeState.OPEN, taken=True)
        assert stands(invoice) == ("50.00", "0.00", "open")

    told(payment, DisputeState.LOST, taken=True, came_again="20.00")

    assert stands(invoice) == ("30.00", "0.00", "lost")
    assert Dispute.objects.get().taken == Decimal("30.00")
    assert ledger.balance(invoice.payer_id) == {"EUR": Decimal("30.00")}
    assert list(audit()) == []


def test_what_comes_again_for_an_order_that_was_called_off_needs_support_once_more():
    """10.37 were to be given back, the cardholder's bank took them, and decided for us."""
    order = cannot_settle(customer())
    called_off(order, gateway=Refusing())
    payment = Payment.objects.get(attempt__order=order)
    told(payment, DisputeState.OPEN, taken=True)
    assert PaymentAttempt.objects.get(order=order).state == "cancelled"

    told(payment, DisputeState.WON, taken=False)

    attempt, deposit = PaymentAttempt.objects.get(order=order), Deposit.objects.get()
    assert (attempt.state, deposit.open.amount) == ("stuck", Decimal("-10.37"))
    assert "it is to be given back" in attempt.reason
    assert refunding.refundable(deposit) == refunding.left_of(payment) == Decimal("10.37")
    called = Payment.objects.filter(gateway=GATEWAY.name, attempt=attempt)
    assert called.count() == 1
    assert list(audit()) == []
