"""Invoices to be given back in tests, and notes raised as the desk raises them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from billing import crediting
from billing.models import Invoice, Line
from tests.billing.running import bill, clock
from tests.factories import (
    AccountFactory,
    PriceFactory,
    SellerFactory,
    SubscriptionFactory,
    TaxRateFactory,
    UserFactory,
    instant,
)

JANUARY = instant("2026-01-01 08:00")
MARCH = instant("2026-03-05 10:00")


def invoice_of(items: Mapping[str, int], **account: Any) -> Invoice:
    """What January costs a new customer who holds these."""
    SellerFactory()
    TaxRateFactory()
    SubscriptionFactory(account=AccountFactory(**account), items=dict(items))
    bill(at=JANUARY)
    return Invoice.objects.latest("pk")


def two_products(**account: Any) -> Invoice:
    """3 seats at 10.00 and a plan at 49.00, at 21 %: 79.00 and 16.59 of tax, 95.59."""
    PriceFactory(code="seat")
    PriceFactory(code="plan", flat=True, amount=Decimal(49))
    return invoice_of({"seat": 3, "plan": 1}, **account)


def line_of(invoice: Invoice, code: str) -> Line:
    return Line.objects.get(bill__invoice=invoice, product_code=code)


def raised(
    invoice: Invoice, *, at: Any = MARCH, reason: str = "Sold by mistake", **amounts: str
) -> Invoice:
    """A credit note of these amounts by product, of all that is left where none is named."""
    wanted = {line_of(invoice, code).pk: Decimal(amount) for code, amount in amounts.items()}
    wanted = wanted or crediting.whole(invoice_id=invoice.pk)
    planned = crediting.plan(invoice_id=invoice.pk, amounts=wanted)
    return crediting.credit(
        invoice_id=invoice.pk,
        amounts=wanted,
        seen=planned.seen,
        reason=reason,
        by=UserFactory(name="Ines of billing"),
        clock=clock(at),
    )
