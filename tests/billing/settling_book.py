"""Orders in tests that are charged now and settled later, and what may change between the two."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from accounts.access import Standing
from accounts.models import Account
from billing import collecting
from billing.auditing import audit
from billing.gateways.sandbox_cards import Behaviour
from billing.models import (
    Invoice,
    Order,
    Payment,
    PaymentAttempt,
    Receivable,
    SellerDetails,
    TaxRate,
)
from tests.billing.buying import GATEWAY, NOW, buy, issued
from tests.billing.crediting_book import raised
from tests.billing.running import clock
from tests.factories import CardFactory, SellerFactory, TaxRateFactory, instant

BEFORE: Final = instant("2026-02-10 09:00")
LATER: Final = NOW + timedelta(days=1)


def unanswered(here: Standing, *, seat: int = 8) -> Order:
    """Confirmed and charged, and the bank's answer was lost: nothing is settled yet."""
    CardFactory(payer=here.account, behaviour=Behaviour.SILENT)
    order = buy(here, seat=seat)
    assert order.state == "paying"
    return order


def swept(order: Order, *, at: datetime = LATER) -> Order:
    """A day later the sweep has looked up what became of its charge."""
    collecting.collect(clock=clock(at), gateway=GATEWAY)
    return Order.objects.select_related("invoice").get(pk=order.pk)


def paid_exactly(order: Order) -> Invoice:
    """The invoice of a settled order, which is what was confirmed and charged, to the cent."""
    assert order.state == "done", PaymentAttempt.objects.get(order=order).reason
    invoice, payment = issued(order), Payment.objects.get(attempt__order=order)
    assert invoice.total == order.total
    assert invoice.credit_used == order.credit
    assert payment.amount.amount == order.total.amount - order.credit
    receivable = Receivable.objects.get(invoice=invoice)
    assert (f"{receivable.open.amount:.2f}", receivable.state) == ("0.00", "paid")
    assert list(audit()) == []
    return invoice


def lines(invoice: Invoice) -> list[tuple[str, int, str]]:
    return [
        (line.product_code, line.quantity, f"{line.amount:.2f}")
        for bill in invoice.bills.all()
        for line in bill.lines.all()
    ]


def credited(net: str) -> Invoice:
    """A note of the first invoice over so much before tax: credit balance of its payer."""
    return raised(Invoice.objects.earliest("pk"), at=BEFORE, seat=net)


def _update(**columns: object) -> None:
    Account.objects.update(**columns)


def _rate(percent: str, *, country: str = "CZ") -> None:
    TaxRate.objects.filter(country=country).delete()
    TaxRateFactory(country=country, percent=Decimal(percent))


def seller_moves() -> None:
    """The seller is in another country since just now: other treatments hold."""
    SellerFactory(country="DE", city="Berlin", tax_id="DE136695976", written_at=NOW)
    assert SellerDetails.objects.count() > 1


# What may become of a customer, the rates and the seller while a bank does not answer.
CHANGES: Final[Mapping[str, Callable[[], object]]] = {
    "tax ID valid": lambda: _update(tax_id_state="valid"),
    "tax ID invalid": lambda: _update(tax_id_state="invalid"),
    "abroad with a tax ID": lambda: _update(
        country="DE", tax_id="DE136695976", tax_id_state="valid"
    ),
    "at home": lambda: _update(country="CZ", tax_id="", city="Plzeň"),
    "abroad without a rate": lambda: _update(country="US", tax_id="", city="Boston"),
    "exempt": lambda: _update(tax_exempt=True),
    "taxed": lambda: _update(tax_exempt=False),
    "rate raised": lambda: _rate("23"),
    "rate lowered again": lambda: _rate("21"),
    "rate of that very day": lambda: TaxRateFactory(
        valid_from=date(2026, 2, 20), percent=Decimal(12)
    ),
    "no rate": lambda: TaxRate.objects.all().delete(),
    "discount": lambda: _update(discount_percent=Decimal("33.333")),
    "discount ended": lambda: _update(discount_percent=0),
    "credit": lambda: credited("3.07"),
    "transfer": lambda: _update(pays_by="transfer", terms_days=30),
    "zone": lambda: _update(time_zone="Pacific/Auckland"),
    "seller": seller_moves,
}
