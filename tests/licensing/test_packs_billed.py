"""What the Power pack costs: packs by service, nothing for its switch, old books as they were."""

from datetime import date
from decimal import Decimal

import pytest

from billing import meters
from billing.models import Event, Line
from billing.subscribing import open_subscription
from tests.billing.running import bill
from tests.factories import (
    AccountFactory,
    PriceFactory,
    SellerFactory,
    TaxRateFactory,
    instant,
)

pytestmark = [pytest.mark.django_db(databases=["default", "readonly"])]


@pytest.fixture(autouse=True)
def seller():
    SellerFactory()
    TaxRateFactory()


def use(subscription, product, quantity):
    meters.add(
        account_id=subscription.account_id,
        subscription_id=subscription.pk,
        product=product,
        key=product,
        at=instant("2026-01-20"),
        quantity=quantity,
    )


def test_each_service_bills_its_packs_and_the_switch_nothing():  # LIC-1, LIC-9
    PriceFactory(code="power-packs", peak=True, flat=True, amount=Decimal(0))
    PriceFactory(code="smart-routing", metered=True, model="package", amount=Decimal(25), size=1000)
    PriceFactory(code="ai-qa", metered=True, model="package", amount=Decimal(25), size=200)
    held = open_subscription(
        account_id=AccountFactory().pk,
        code="licensing",
        starts_on=date(2026, 1, 1),
        items={"power-packs": 1, "smart-routing": 0, "ai-qa": 0},
    )
    bill(at=instant("2026-01-01"))
    use(held, "smart-routing", 2001)
    use(held, "ai-qa", 200)

    bill(at=instant("2026-02-01"))

    lines = Line.objects.order_by("position")
    assert [(one.product_code, one.quantity, one.amount) for one in lines] == [
        ("smart-routing", 2001, Decimal(75)),
        ("ai-qa", 200, Decimal(25)),
    ]
    assert Event.objects.filter(item__product__code="power-packs").count() == 1


def test_a_book_that_reports_packs_themselves_bills_them_as_before():  # PRICE-8
    PriceFactory(code="power-packs", metered=True, amount=Decimal(25))
    held = open_subscription(
        account_id=AccountFactory().pk,
        code="licensing",
        starts_on=date(2026, 1, 1),
        items={"power-packs": 0},
    )
    bill(at=instant("2026-01-01"))
    use(held, "power-packs", 3)

    PriceFactory(
        code="power-packs", peak=True, flat=True, amount=Decimal(0), valid_from=date(2026, 1, 15)
    )
    bill(at=instant("2026-02-01"))

    assert [(one.quantity, one.amount) for one in Line.objects.all()] == [(3, Decimal(75))]
