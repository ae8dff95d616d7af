"""A customer's money in days, through the real jobs: billed, corrected, used, and given back."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from accounts import mail
from accounts.models import Letter
from billing import collecting, ledger, refund_sweep, refunding
from billing.auditing import audit
from billing.models import Invoice, Payment, Receivable
from tests.billing.buying import GATEWAY
from tests.billing.crediting_book import raised, two_products
from tests.billing.running import bill, clock
from tests.factories import UserFactory, instant

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "readonly"])


def on(day: str) -> datetime:
    """The jobs of a day: what is due is billed, collected, and told by letter."""
    at = instant(f"{day} 08:00")
    bill(at=at)
    collecting.collect(clock=clock(at), gateway=GATEWAY)
    refund_sweep.send_due(clock=clock(at), gateway=GATEWAY)
    mail.deliver_due(clock=clock(at))
    return at


def owes(invoice: Invoice) -> Decimal:
    """What the payer owes: by the ledger, which is what is open; and the audit is content."""
    still_open = sum((one.open.amount for one in Receivable.objects.all()), Decimal(0))
    balance = ledger.balance(invoice.payer_id)["EUR"]
    assert balance == still_open
    assert list(map(str, audit())) == []
    return balance


def test_a_mistake_is_credited_used_and_the_rest_given_back():  # PLAN-12, STAFF-2
    """3 seats at 10.00 and a plan at 49.00, at 21 %: 95.59 a month, by card."""
    january = two_products(email="invoices@alfa.example")
    on("2026-01-01")
    assert owes(january) == 0

    # The plan was sold by mistake, and so was half of the seats: 49.00 + 15.00, with tax 77.44.
    note = raised(january, at=instant("2026-01-20 10:00"), plan="49.00", seat="15.00")
    assert owes(january) == Decimal("-77.44")

    on("2026-02-01")
    february = Invoice.objects.latest("pk")
    assert (february.total.amount, february.credit_used) == (Decimal("95.59"), Decimal("77.44"))
    assert Payment.objects.get(invoice=february).amount.amount == Decimal("18.15")
    assert owes(january) == 0

    # And February too: of what it was charged 18.15 can go back to the card.
    note = raised(february, at=instant("2026-02-10 10:00"))
    refund = refunding.ask(
        payment_id=Payment.objects.get(invoice=february).pk,
        amount=Decimal("18.15"),
        invoice_id=note.pk,
        note="Sold by mistake",
        number=1,
        by=UserFactory(),
        at=instant("2026-02-10 11:00"),
    )
    on("2026-02-11")
    refund.refresh_from_db()
    assert refund.state == "refunded"
    assert owes(january) == Decimal("-77.44")

    on("2026-03-01")
    march = Invoice.objects.latest("pk")
    assert march.credit_used == Decimal("77.44")
    assert owes(january) == 0
    told = set(Letter.objects.filter(state="sent").values_list("name", flat=True))
    assert told == {"invoice", "refund"}
    assert not Letter.objects.exclude(state="sent").exists()
