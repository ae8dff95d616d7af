"""Money that came twice: it is the payer's credit, and what is paid is not charged again."""

from __future__ import annotations

from decimal import Decimal
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from accounts.models import Letter
from billing import answering, collecting, ledger, transfers
from billing.auditing import audit
from billing.gateways.base import Charged, NeverSeen, Unknown
from billing.gateways.sandbox import SandboxGateway
from billing.models import Invoice, Payment, PaymentAttempt, Receivable, SandboxCharge
from tests.billing.running import bill, charge, clock
from tests.factories import (
    AccountFactory,
    PriceFactory,
    SellerFactory,
    SubscriptionFactory,
    instant,
)
from tests.lasting import lasting

pytestmark = pytest.mark.django_db

NOW = instant("2026-01-01 08:00")
LATER = NOW + collecting.LEASE
FEBRUARY = instant("2026-02-01 08:00")


@lasting
def invoice() -> Invoice:
    """5 seats at 10.00, paid by card: 50.00 queued in January, and again in February."""
    SellerFactory()
    PriceFactory(code="seat", amount=Decimal("10.00"))
    SubscriptionFactory(account=AccountFactory(tax_exempt=True), items={"seat": 5})
    bill(at=NOW)
    return Invoice.objects.get()


def transfer(invoice: Invoice, amount: str, *, at=NOW, reference: str = "B-1") -> None:
    transfers.receive(invoice_id=invoice.pk, amount=Decimal(amount), at=at, reference=reference)


def collect(*, at=NOW, gateway=None) -> collecting.Collected:
    return collecting.collect(clock=clock(at), gateway=gateway or SandboxGateway())


def stand() -> list[tuple[str, str]]:
    """What is open of each document, and how it is said to stand."""
    rows = Receivable.objects.order_by("pk")
    return [(f"{one.open.amount:.2f}", one.state) for one in rows]


def attempts() -> list[tuple[int, str, str]]:
    rows = PaymentAttempt.objects.order_by("pk")
    return [(one.number, f"{one.amount.amount:.2f}", one.state) for one in rows]


def in_order(invoice: Invoice) -> bool:
    """The ledger's sum is what is open, and the audit has nothing to say."""
    still_open = sum((one.open.amount for one in Receivable.objects.all()), Decimal(0))
    return ledger.balance(invoice.payer_id) == {"EUR": still_open} and not list(audit())


# Decision 14: what is open below zero is credit, whatever document it stands on.


def test_an_invoice_paid_twice_pays_for_the_next_one(invoice):
    collect()
    transfer(invoice, "50.00")
    overpaid = Receivable.objects.get()
    assert (stand(), overpaid.settled_at) == ([("-50.00", "open")], None)

    bill(at=FEBRUARY)

    assert stand() == [("0.00", "settled"), ("0.00", "settled")]
    assert attempts() == [(1, "50.00", "charged")]
    assert in_order(invoice)


def test_what_is_left_of_an_overpayment_is_kept_for_later(invoice):
    transfer(invoice, "120.00")
    collect()

    bill(at=FEBRUARY)

    assert stand() == [("-20.00", "open"), ("0.00", "settled")]
    assert in_order(invoice)


def test_a_charge_that_was_under_way_when_the_transfer_came_is_credit(invoice):
    PaymentAttempt.objects.update(state="sent", next_try_at=LATER)
    attempt = PaymentAttempt.objects.get()
    charge(attempt)
    transfer(invoice, "50.00")

    collect(at=LATER)
    bill(at=FEBRUARY)

    assert stand() == [("0.00", "settled"), ("0.00", "settled")]
    assert attempts() == [(1, "50.00", "charged")]
    assert in_order(invoice)


def test_the_database_refuses_a_paid_document_with_an_amount_open(invoice):
    with pytest.raises(IntegrityError), transaction.atomic():
        Receivable.objects.update(state="paid")


@pytest.mark.parametrize(("open_", "state"), [("-50", "paid"), ("0", "open"), ("50", "settled")])
def test_the_audit_names_a_state_that_contradicts_its_amount(invoice, open_, state):
    unguarded(f"UPDATE billing_receivable SET open = {open_}, state = '{state}'")

    found = "\n".join(map(str, audit()))

    assert f"{invoice.number}, state of what is open: stored {state}, expected" in found


def test_credits_that_nobody_found_are_opened_again(invoice):
    unguarded("UPDATE billing_receivable SET open = -50, state = 'paid'")
    migration = import_module("billing.migrations.0006_open_until_nothing_is_left")

    migration.open_again(apps, SimpleNamespace(connection=connection))
    bill(at=FEBRUARY)

    assert stand() == [("0.00", "settled"), ("0.00", "settled")]


def unguarded(statement: str) -> None:
    """Run this as though the constraint were not there."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(
                "ALTER TABLE billing_receivable DROP CONSTRAINT a_document_with_an_amount_is_open"
            )
            cursor.execute(statement)
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            return
        cursor.execute("PRAGMA ignore_check_constraints = ON")
        cursor.execute(statement)
        cursor.execute("PRAGMA ignore_check_constraints = OFF")


# Decision 21: an attempt charges no more than is open.


def test_a_transfer_calls_off_the_charge_that_waits(invoice):
    transfer(invoice, "50.00")

    assert collect() == collecting.Collected()
    assert attempts() == [(1, "50.00", "cancelled")]
    assert not SandboxCharge.objects.exists()
    assert stand() == [("0.00", "paid")]
    assert in_order(invoice)


def test_who_paid_by_transfer_gets_the_invoice_all_the_same(invoice):
    assert not Letter.objects.exists(), "it waits for the charge"

    transfer(invoice, "50.00")

    assert Letter.objects.get().key == f"invoice:{invoice.pk}"


def test_after_a_part_of_it_only_the_rest_is_charged(invoice):
    transfer(invoice, "20.00")
    assert not Letter.objects.exists(), "it waits for the charge of the rest"

    collect()

    assert attempts() == [(1, "50.00", "cancelled"), (2, "30.00", "charged")]
    assert [one.amount for one in SandboxCharge.objects.all()] == [Decimal("30.00")]
    assert stand() == [("0.00", "paid")]
    assert Letter.objects.count() == 1
    assert in_order(invoice)


def test_each_part_leaves_less_to_be_charged(invoice):
    transfer(invoice, "20.00")
    transfer(invoice, "25.00", reference="B-2")

    collect()

    assert attempts() == [
        *((1, "50.00", "cancelled"), (2, "30.00", "cancelled"), (3, "5.00", "charged"))
    ]
    assert in_order(invoice)


@pytest.mark.parametrize("state", ["sent", "unknown"])
@pytest.mark.parametrize(
    ("paid", "tried"),
    [
        ("50.00", [(1, "50.00", "cancelled")]),
        ("20.00", [(1, "50.00", "cancelled"), (2, "30.00", "charged")]),
    ],
)
def test_a_charge_that_never_arrived_is_not_repeated_for_what_was_paid(invoice, state, paid, tried):
    PaymentAttempt.objects.update(state=state, next_try_at=LATER)
    transfer(invoice, paid)
    assert attempts() == [(1, "50.00", state)], "it may have been charged: it has to be looked up"

    collect(at=LATER)

    assert attempts() == tried
    assert stand() == [("0.00", "paid")]
    assert in_order(invoice)


def test_a_transfer_between_claim_and_charge_is_seen(invoice):
    SubscriptionFactory(account=AccountFactory(tax_exempt=True), items={"seat": 1})
    bill(at=NOW)
    last = Invoice.objects.latest("pk")
    gateway = Meanwhile(lambda: transfer(last, "10.00"))

    collect(gateway=gateway)

    assert attempts() == [(1, "50.00", "charged"), (1, "10.00", "cancelled")]


def test_money_charged_under_a_cancelled_attempt_is_not_thrown_away(invoice):
    """A collector that was held up for longer than its lease comes back with an answer."""
    transfer(invoice, "50.00")
    attempt = PaymentAttempt.objects.get()

    answers = [
        answering.settle(attempt.pk, Charged("bank-1"), gateway="sandbox", at=LATER)
        for _ in range(2)
    ]

    assert answers == [True, False]
    assert Payment.objects.filter(attempt=attempt).count() == 1
    assert stand() == [("-50.00", "open")]
    assert "after it was cancelled" in PaymentAttempt.objects.get().reason
    assert in_order(invoice)


def test_a_collector_whose_lease_has_run_out_leaves_the_attempt_to_the_next(invoice):
    ticking = iter([NOW, LATER, LATER])
    gateway = Deaf()

    collecting.collect(clock=lambda: next(ticking), gateway=gateway, most=1)

    assert gateway.asked == 0
    assert attempts() == [(1, "50.00", "sent")]


def test_a_collector_that_was_overtaken_changes_nothing(invoice):
    """While it waited for the bank, its lease ran out and another one claimed the attempt."""
    again = LATER + collecting.LEASE
    overtake = Meanwhile(lambda: PaymentAttempt.objects.update(next_try_at=again), then=Unknown())

    collect(gateway=overtake)

    attempt = PaymentAttempt.objects.get()
    assert (attempt.state, attempt.next_try_at) == ("sent", again)


class Meanwhile(SandboxGateway):
    """The sandbox, during whose first charge something else happens; `then` is its answer."""

    def __init__(self, happens, *, then=None) -> None:
        self.happens = [happens]
        self.then = then

    def charge(self, key, money, payer, method, return_to=""):
        while self.happens:
            self.happens.pop()()
        return self.then or super().charge(key, money, payer, method, return_to)


class Deaf(SandboxGateway):
    """A gateway that counts who asks it, and never answers."""

    name = "deaf"

    def __init__(self) -> None:
        self.asked = 0

    def charge(self, key, money, payer, method, return_to=""):
        self.asked += 1
        return Unknown()

    def look_up(self, key):
        self.asked += 1
        return NeverSeen()
