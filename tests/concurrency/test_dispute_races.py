"""Two workers at once with the messages of one dispute: its money moves once."""

from __future__ import annotations

import pytest

from billing.auditing import audit
from billing.models import Dispute, Payment
from tests.billing.dispute_book import charged, decided, heard, stands
from tests.concurrency.threads import together

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True, databases=["default", "readonly"]),
]


def test_two_workers_hear_of_a_dispute_at_once():
    invoice = charged()

    results = together(*[heard] * 3)

    assert any(one is True for one in results)
    assert Dispute.objects.count() == 1
    assert Payment.objects.filter(dispute_move__isnull=False).count() == 1
    assert stands(invoice) == ("50.00", "0.00", "open")
    assert list(map(str, audit())) == []


def test_two_workers_hear_that_it_was_won_at_once():
    invoice = charged()
    heard()
    decided("won")

    together(*[heard] * 3)
    heard()

    assert Payment.objects.filter(dispute_move__isnull=False).count() == 2
    assert stands(invoice) == ("0.00", "0.00", "won")
    assert list(map(str, audit())) == []
