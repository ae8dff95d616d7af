"""What could be added to what runs: read once, however much is on offer."""

from __future__ import annotations

from decimal import Decimal

import pytest

from billing import offering
from billing.foreseeing import look
from billing.models import Product
from tests.billing import plan_book
from tests.billing.buying import NOW
from tests.factories import PriceFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("interval", "number"), [("month", 1), ("month", 9), ("year", 2)])
def test_what_could_be_added_costs_two_queries(interval, number, django_assert_num_queries):
    """Of a monthly price alone a yearly plan buys as well: it counts twelve times. PLAN-7."""
    here = plan_book.holder(interval=interval)
    plan = Product.objects.get(code="marketing-plus")
    before = {
        one.code for one in offering.available(here.account, look(here.account, at=NOW), at=NOW)
    }
    for place in range(number):
        product = PriceFactory(code=f"extra-{place}", amount=Decimal(5)).product
        product.requires.add(plan)
    PriceFactory(code="dollars", currency="USD").product.requires.add(plan)
    PriceFactory(code="metered", metered=True, amount=Decimal(1)).product.requires.add(plan)
    running = look(here.account, at=NOW)

    with django_assert_num_queries(2):
        found = offering.available(here.account, running, at=NOW)

    added = {one.code for one in found} - before
    assert added == {f"extra-{place}" for place in range(number)}
