"""Charges by product in a browser: as many columns as there are, no wider than the screen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import FloatRect, Locator, expect

from billing.models import Product
from tests.billing.running import bill
from tests.browser.conftest import Visitor
from tests.browser.judge import accessible, fits
from tests.browser.looks import DESKTOP, PHONE_DARK, Look
from tests.factories import (
    AccountFactory,
    PriceFactory,
    SellerFactory,
    SubscriptionFactory,
    TaxRateFactory,
)
from tests.standing import chief

NAMES = (
    *("Extra automation runs", "Conversations seats Professional", "Mailing list checks"),
    *("Marketing & Sales Platform Plus", "Speech-to-text minutes", "User seats Plus", "AI QA"),
)
TABLET = Look(900, 800, "light")


@pytest.mark.parametrize("look", [DESKTOP, PHONE_DARK], ids=str)
def test_the_numbers_stand_beside_the_first_column(  # PLAN-1, ALL-3
    visitor: Visitor, site: str, look: Look
):
    opens = timezone.now() - timedelta(days=330)
    SellerFactory()
    TaxRateFactory()
    account = AccountFactory()
    PriceFactory(code="extra", amount=4321)
    SubscriptionFactory(account=account, starts_on=opens.date(), items={"extra": 1})
    bill(at=opens)
    page = visitor(chief(account).person, look=look)

    page.goto(f"/accounts/{account.pk}/billing/charges/")

    columns, labels = page.locator(".chart rect"), page.locator(".chart text")
    expect(columns.first).to_be_visible()
    for label in map(_box, labels.filter(visible=True).all()):
        assert not any(_covers(label, column) for column in map(_box, columns.all()))


def _box(one: Locator) -> FloatRect:
    found = one.bounding_box()
    assert found
    return found


def _covers(one: FloatRect, other: FloatRect) -> bool:
    """Whether two boxes have more than an edge in common."""
    across = min(one["x"] + one["width"], other["x"] + other["width"]) - max(one["x"], other["x"])
    down = min(one["y"] + one["height"], other["y"] + other["height"]) - max(one["y"], other["y"])
    return across > 1 and down > 1


@pytest.mark.parametrize("look", [DESKTOP, TABLET, PHONE_DARK], ids=str)
def test_a_month_of_many_products_fits(visitor: Visitor, site: str, look: Look):  # PLAN-1, ALL-3
    opens = timezone.now() - timedelta(days=1)
    SellerFactory()
    TaxRateFactory()
    account = AccountFactory()
    here = chief(account)
    for number, name in enumerate(NAMES):
        PriceFactory(code=f"extra-{number}", amount=4321 + number)
        Product.objects.filter(code=f"extra-{number}").update(name_en=name)
    items = {f"extra-{number}": 1 for number, _ in enumerate(NAMES)}
    SubscriptionFactory(account=account, starts_on=opens.date(), items=items)
    bill(at=opens)
    page = visitor(here.person, look=look)

    page.goto(f"/accounts/{account.pk}/billing/charges/")

    expect(page.get_by_role("columnheader", name="Other products")).to_be_attached()
    fits(page)
    accessible(page)
    labels = page.locator(".chart text").all()
    chart = page.locator(".chart").bounding_box()
    assert chart
    edges = [box["x"] for label in labels if (box := label.bounding_box())]
    assert min(edges) >= chart["x"] - 1
    # A tablet has room for nine figures only by moving them.
    region = page.get_by_role("region", name="Charges by month")
    moves = region.evaluate("it => it.scrollWidth > it.clientWidth")
    assert moves == (look is TABLET)
