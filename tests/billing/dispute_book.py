"""Disputes in tests: an invoice charged to a card whose holder disputes it, and what is heard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from billing import collecting, credit_moves, disputing
from billing.gateways import sandbox_disputes
from billing.gateways.base import Disputed, DisputeState, Unknown
from billing.gateways.sandbox import SandboxGateway
from billing.gateways.sandbox_cards import Behaviour
from billing.models import Dispute, Invoice, Payment, Receivable, SandboxDispute
from tests.billing.buying import GATEWAY
from tests.billing.crediting_book import JANUARY, MARCH, invoice_of
from tests.billing.running import clock
from tests.factories import CardFactory, PriceFactory


def charged(amount: str = "50.00", *, behaviour: Behaviour = Behaviour.DISPUTED) -> Invoice:
    """An invoice without tax that was charged to a card that behaves so."""
    code = "seat" if not Invoice.objects.exists() else f"seat-{Invoice.objects.count()}"
    PriceFactory(code=code, amount=Decimal(amount))
    invoice = invoice_of({code: 1}, tax_exempt=True, card=None)
    CardFactory(payer=invoice.payer, behaviour=behaviour)
    collecting.collect(clock=clock(JANUARY), gateway=GATEWAY)
    assert payment_of(invoice).amount.amount == Decimal(amount)
    return invoice


def payment_of(invoice: Invoice) -> Payment:
    return Payment.objects.get(invoice=invoice, attempt__isnull=False)


def heard(*, at: datetime = MARCH) -> bool:
    """The provider rings about its latest dispute."""
    return disputing.hear(at_bank().reference, gateway=GATEWAY, clock=clock(at))


def decided(state: str) -> None:
    """The bank decides, and nobody has heard yet."""
    assert sandbox_disputes.becomes(at_bank(), SandboxDispute.State(state))


def at_bank() -> SandboxDispute:
    return SandboxDispute.objects.latest("pk")


def stands(invoice: Invoice) -> tuple[str, str, str]:
    """What is open of the invoice, what of it is in credit, and how its dispute stands."""
    found = Receivable.objects.get(invoice=invoice)
    dispute = Dispute.objects.get(payment=payment_of(invoice))
    in_credit = sum((one.left.amount for one in credit_moves.balances(invoice.payer)), Decimal(0))
    return f"{found.open.amount:.2f}", f"{in_credit:.2f}", dispute.state


class Slow(SandboxGateway):
    """Answers what was so, after something else has happened."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        self.meanwhile = meanwhile

    def look_up_dispute(self, reference):
        answer = super().look_up_dispute(reference)
        self.meanwhile()
        assert heard()
        return answer


class Saying(SandboxGateway):
    """Says this of every dispute."""

    def __init__(self, answer: Disputed) -> None:
        self.answer = answer

    def look_up_dispute(self, reference):
        return self.answer


class Silent(SandboxGateway):
    def look_up_dispute(self, reference):
        return Unknown()


class OfAnother(SandboxGateway):
    """Tells of a charge whose answer has not come yet."""

    def look_up_dispute(self, reference):
        money = Payment.objects.latest("pk").amount
        return Disputed("sandbox-99", money, DisputeState.OPEN, True, "", "", None)


class InDollars(SandboxGateway):
    def look_up_dispute(self, reference):
        payment = Payment.objects.latest("pk")
        money = type(payment.amount)(50, "USD")
        return Disputed(payment.reference, money, DisputeState.OPEN, True, "", "", None)
