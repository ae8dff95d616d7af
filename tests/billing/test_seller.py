"""Without the seller's details no document can be issued."""

import pytest

from billing.invoicing import draft_page
from tests.factories import PriceFactory, SubscriptionFactory, instant

pytestmark = pytest.mark.django_db


def test_without_a_seller_nothing_is_billed_and_it_is_said():
    PriceFactory(code="seat")
    plan = SubscriptionFactory(items={"seat": 1})

    page = draft_page(payer_ids=[plan.payer_id], at=instant("2026-01-01"))

    assert page.payers == ()
    assert "the seller's details are not written down" in page.problems[0].reason
