"""What another worker settles while one asks about it stays settled."""

from __future__ import annotations

import pytest

from billing import answering, collecting
from billing.gateways.base import Charged, KeyTaken
from billing.gateways.sandbox import SandboxGateway
from billing.models import PaymentAttempt
from tests.billing.buying import customer
from tests.billing.running import clock
from tests.billing.settling_book import LATER, paid_exactly, unanswered

pytestmark = pytest.mark.django_db


class ToldMeanwhile(SandboxGateway):
    """While it is asked it tells by itself what was charged; then it says that the key is taken."""

    def look_up(self, key):
        attempt = PaymentAttempt.objects.get(order__isnull=False)
        assert answering.settle(attempt.pk, Charged("told"), gateway=self.name, at=LATER)
        raise KeyTaken("The key was used for 99.00 EUR")


def test_an_order_that_was_settled_meanwhile_is_not_stuck():
    order = unanswered(customer())

    collecting.collect(clock=clock(LATER), gateway=ToldMeanwhile())

    order.refresh_from_db()
    paid_exactly(order)
    assert PaymentAttempt.objects.get(order=order).state == "charged"
