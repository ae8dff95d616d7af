"""What could be added to what runs: read once, however much is on offer."""

from __future__ import annotations

from decimal import Decimal

import pytest

from billing.foreseeing import look
from billing.glance import offered
from billing.models import Product
from tests.billing import plan_book
from tests.billing.buying import NOW
from tests.factories import PriceFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("interval", "number"), [("month", 1), ("month", 9), ("year", 2)])
def test_what_could_be_added_costs_one_query(interval, number, django_assert_num_queries):
    """Of a monthly price alone a yearly plan buys as well: it counts twelve times. PLAN-7."""
    here = plan_book.holder(interval=interval)
    plan = Product.objects.get(code="marketing-plus")
    before = {one.code for one in offered(here, look(here.account, at=NOW), at=NOW).products}
    for place in range(number):
        product = PriceFactory(code=f"extra-{place}", amount=Decimal(5)).product
        product.requires.add(plan)
    PriceFactory(code="dollars", currency="USD").product.requires.add(plan)
    PriceFactory(code="metered", metered=True, amount=Decimal(1)).product.requires.add(plan)
    running = look(here.account, at=NOW)

    with django_assert_num_queries(1):
        found = offered(here, running, at=NOW).products

    added = {one.code for one in found} - before
    assert added == {f"extra-{place}" for place in range(number)}
