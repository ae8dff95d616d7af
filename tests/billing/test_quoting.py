"""What a wish costs: three amounts, what it does not save, and why it cannot be had."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from billing import carts
from billing.models import Bill, Event, Item, Payment, Product, Receivable, Subscription
from billing.quoting import quote
from billing.refusals import ChangeRefused
from tests.billing.buying import NOW, buy, issued, price_of
from tests.factories import PriceFactory, TierFactory

pytestmark = pytest.mark.django_db


def test_a_quote_shows_three_amounts(customer):  # PRICE-10
    carts.put(here=customer, changes={"seat": 8}, at=NOW)

    quoted = price_of(customer)

    [part] = quoted.parts
    assert (quoted.due_now.subtotal, quoted.due_now.total) == (Decimal("16.29"), Decimal("19.71"))
    assert (quoted.credit, quoted.to_pay) == (Decimal(0), Decimal("19.71"))
    assert part.quote.next_invoice.totals.total == Decimal("183.92")  # 8 × 19.00 × 1.21
    assert part.quote.every_cycle.totals.total == Decimal("183.92")
    assert [(step.was, step.becomes, step.waits) for step in quoted.steps] == [(5, 8, False)]


def test_of_a_cancelled_plan_nothing_is_foreseen(customer):  # PRICE-10 PLAN-13
    carts.put(here=customer, changes={"seat": 8}, at=NOW)
    Subscription.objects.update(ends_on=date(2026, 2, 28))

    quoted = price_of(customer)

    [part] = quoted.parts
    assert quoted.due_now.total == Decimal("19.71")
    assert part.quote.next_invoice.totals.total == Decimal(0)
    assert part.quote.every_cycle.totals.total == Decimal(0)


def test_a_quote_writes_nothing(customer):
    carts.put(here=customer, changes={"seat": 8}, at=NOW)
    before = (Event.objects.count(), Item.objects.count(), Bill.objects.count())

    price_of(customer)

    assert (Event.objects.count(), Item.objects.count(), Bill.objects.count()) == before


def test_what_a_reduction_does_not_save_is_said(customer):  # PRICE-10
    carts.put(here=customer, changes={"seat": 3}, at=NOW)

    quoted = price_of(customer)

    [unsaved] = quoted.unsaved
    assert (quoted.to_pay, unsaved.quantity, unsaved.amount) == (
        Decimal(0),
        2,
        Decimal("10.86"),
    )
    assert quoted.steps[0].waits
    [part] = quoted.parts
    assert part.quote.next_invoice.totals.subtotal == Decimal("57.00")


def test_the_credit_balance_is_used_first(customer):
    """19.71 is due, 5.00 was paid too much before: 14.71 are charged. Decision 13."""
    Receivable.objects.update(open=Decimal("-5.00"), state="open", settled_at=None)

    order = buy(customer, seat=8)

    assert (order.total.amount, order.credit) == (Decimal("19.71"), Decimal("5.00"))
    assert Payment.objects.latest("pk").amount.amount == Decimal("14.71")
    assert issued(order).credit_used == Decimal("5.00")
    assert issued(order).receivable.state == "paid"


def test_a_product_without_a_subscription_is_refused_in_words(customer):
    PriceFactory(code="lonely")
    Product.objects.filter(code="lonely").update(subscription_code="nowhere")

    with pytest.raises(ChangeRefused, match="no subscription"):
        quote(account=customer.account, changes={"lonely": 1}, at=NOW)


def test_a_quantity_that_is_not_sold_is_refused_in_words(customer):
    price = PriceFactory(code="steps", volume=True)
    TierFactory(price=price, up_to=10)

    with pytest.raises(ChangeRefused, match="sold up to 10"):
        quote(account=customer.account, changes={"steps": 11}, at=NOW)
