"""Collecting: charged once, never blindly, and everything that follows from the answer."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from djmoney.money import Money

from accounts.models import Letter
from billing import answering, collecting
from billing.gateways.base import Charged
from billing.gateways.sandbox import SandboxGateway
from billing.models import (
    Invoice,
    LedgerEntry,
    Payment,
    PaymentAttempt,
    Receivable,
    SandboxCharge,
)
from tests.billing.running import bill, charge, clock
from tests.factories import (
    AccountFactory,
    PriceFactory,
    SellerFactory,
    SubscriptionFactory,
    instant,
)

pytestmark = pytest.mark.django_db

NOW = instant("2026-01-01 08:00")


def owes(amount: str) -> Invoice:
    """An invoice of a card payer over this amount, issued and queued."""
    SellerFactory()
    PriceFactory(code="seat", amount=Decimal(amount))
    SubscriptionFactory(account=AccountFactory(tax_exempt=True), items={"seat": 1})
    bill(at=NOW)
    return Invoice.objects.get()


def collect(*, at=NOW) -> collecting.Collected:
    return collecting.collect(clock=clock(at), gateway=SandboxGateway())


def balance(invoice: Invoice) -> Decimal:
    entries = LedgerEntry.objects.filter(payer=invoice.payer).values_list("amount", flat=True)
    return sum(entries, Decimal(0))


def test_a_charge_is_paid_entered_and_written_to_the_payer():
    invoice = owes("10.00")

    collected = collect()

    receivable, payment = Receivable.objects.get(), Payment.objects.get()
    assert collected == collecting.Collected(charged=1)
    assert (receivable.state, receivable.settled_at) == ("paid", NOW)
    assert receivable.open == Money(0, "EUR")
    assert (payment.amount, payment.gateway) == (Money("10.00", "EUR"), "sandbox")
    assert balance(invoice) == 0
    assert Letter.objects.get().key == f"invoice:{invoice.pk}"


def test_a_declined_charge_leaves_the_amount_open_and_says_why():
    invoice = owes("10.13")

    collect()

    attempt = PaymentAttempt.objects.get()
    assert (attempt.state, attempt.settled_at) == ("declined", NOW)
    assert "declined" in attempt.reason
    assert Receivable.objects.get().open.amount == balance(invoice) == Decimal("10.13")
    assert Letter.objects.get().subject_id == invoice.pk
    assert not Payment.objects.exists()


@pytest.mark.parametrize("amount", ["20.14", "21.14"], ids=["charged in fact", "never arrived"])
def test_an_unanswered_attempt_is_looked_up_later_and_charged_once(amount):  # decision 21
    owes(amount)
    assert collect() == collecting.Collected(unknown=1)
    waiting = PaymentAttempt.objects.get()
    assert (waiting.state, waiting.next_try_at) == ("unknown", NOW + collecting.SHORTEST_WAIT)

    assert collect(at=NOW + timedelta(seconds=59)) == collecting.Collected()
    assert collect(at=NOW + timedelta(minutes=1)) == collecting.Collected(charged=1)

    assert SandboxCharge.objects.get().outcome == "charged"
    assert Payment.objects.get().amount.amount == Decimal(amount)


def test_a_settled_attempt_is_not_collected_again():
    owes("10.00")
    collect()

    assert collect(at=NOW + timedelta(days=1)) == collecting.Collected()
    assert Payment.objects.count() == LedgerEntry.objects.filter(kind="payment").count() == 1


def test_an_attempt_found_sent_is_looked_up_before_anything_is_charged():
    """A worker was killed between the bank's answer and its note of it."""
    invoice = owes("10.00")
    attempt = PaymentAttempt.objects.get()
    charged = charge(attempt)
    assert isinstance(charged, Charged)
    PaymentAttempt.objects.update(state="sent", next_try_at=NOW + collecting.LEASE)

    assert collect() == collecting.Collected(), "its worker may be alive"
    asked = Recorder()
    collecting.collect(clock=clock(NOW + collecting.LEASE), gateway=asked)

    assert asked.heard == ["look_up"]
    assert Payment.objects.get().reference == charged.reference
    assert balance(invoice) == 0


def test_an_attempt_found_sent_that_never_arrived_is_charged_under_its_own_key():
    owes("10.00")
    PaymentAttempt.objects.update(state="sent")
    asked = Recorder()

    collecting.collect(clock=clock(NOW), gateway=asked)

    assert asked.heard == ["look_up", "charge"]
    assert Payment.objects.count() == 1


def test_two_answers_to_one_attempt_are_written_down_once():
    owes("10.00")
    attempt = PaymentAttempt.objects.get()
    answers = [
        answering.settle(attempt.pk, Charged("bank-1"), gateway="sandbox", at=NOW) for _ in range(2)
    ]

    assert answers == [True, False]
    assert Payment.objects.count() == 1


def test_a_gateway_that_breaks_stops_nobody_else():
    SellerFactory()
    PriceFactory(code="seat", amount=Decimal("10.00"))
    for _ in range(3):
        SubscriptionFactory(account=AccountFactory(tax_exempt=True), items={"seat": 1})
    bill(at=NOW)
    broken = PaymentAttempt.objects.earliest("pk")

    collecting.collect(clock=clock(NOW), gateway=Broken(for_key=broken.key))

    states = PaymentAttempt.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["unknown", "charged", "charged"]


class Recorder(SandboxGateway):
    """The sandbox, with an ear for what it is asked."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def charge(self, key, money, payer, method, return_to=""):
        self.heard.append("charge")
        return super().charge(key, money, payer, method, return_to)

    def look_up(self, key):
        self.heard.append("look_up")
        return super().look_up(key)


class Broken(SandboxGateway):
    """The sandbox, where one key cannot even be asked about."""

    def __init__(self, *, for_key: str) -> None:
        self.for_key = for_key

    def charge(self, key, money, payer, method, return_to=""):
        if key == self.for_key:
            raise RuntimeError("the bank's library is broken")
        return super().charge(key, money, payer, method, return_to)


def test_a_charged_invoice_goes_to_all_addresses_that_the_customer_named():  # PLAN-11
    payer = owes("10.00").payer
    payer.email, payer.more_emails = "ap@example.com", "jana@example.com"
    payer.save()

    collect()

    assert Letter.objects.get().to == "ap@example.com, jana@example.com"
