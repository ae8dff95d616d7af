"""Killed between the charge and its settlement: one charge, one order, and the sweep settles it."""

from __future__ import annotations

import random
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction

from accounts.locks import lock_payers
from billing import collecting
from billing.gateways.sandbox import SandboxGateway
from billing.models import Invoice, LedgerEntry, Order, Payment, PaymentAttempt, SandboxCharge
from tests.billing.buying import NOW, customer, seats, waiting
from tests.billing.running import clock
from tests.concurrency.processes import Process, killed_at_the_end, wait_until

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True, databases=["default", "readonly"]),
]

# What the web process does once an order is confirmed, at the instant of the story.
PAYS = """
import sys
from datetime import datetime

import django

django.setup()
from billing import checkout
from billing.gateways import gateway

at = datetime.fromisoformat(sys.argv[2])
checkout.pay(order_id=int(sys.argv[1]), gateway=gateway(), clock=lambda: at)
"""


def paying(order: Order, environment: dict[str, str]) -> Process:
    return Process("-c", PAYS, str(order.pk), NOW.isoformat(), environment=environment)


def sweep() -> None:
    """Twice, as beat does: what was sent is asked about once its lease is over."""
    for minutes in (11, 30):
        at = clock(NOW + timedelta(minutes=minutes))
        collecting.collect(clock=at, gateway=SandboxGateway())


def backends() -> int:
    """The database's processes that serve somebody: one of a killed client ends its statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        found: int = cursor.fetchone()[0]
    return found


def charged(order: Order) -> int:
    """How often the bank has charged for it; a request that never arrived is no charge."""
    charges = SandboxCharge.objects.filter(outcome=SandboxCharge.Outcome.CHARGED)
    return charges.filter(key__startswith=f"order-{order.pk}-").count()


def check(order: Order) -> None:
    """One charge and the seats, or no charge and nothing changed."""
    order.refresh_from_db()
    assert order.state in {Order.State.DONE, Order.State.CANCELLED}
    done = order.state == Order.State.DONE
    paid = Payment.objects.filter(attempt__order=order)
    assert charged(order) == len(paid) == int(done)
    assert Invoice.objects.filter(orders=order).count() == int(done)
    balance = sum(LedgerEntry.objects.values_list("amount", flat=True))
    assert balance == 0


def test_a_process_killed_between_charge_and_settlement_leaves_one_charge_and_one_order(
    process_environment,
):  # JOBS-5
    here = customer()
    order = waiting(here, seat=8)

    # The settlement waits for the payer's lock, which is held here.
    with transaction.atomic():
        lock_payers([here.account.pk])
        process = paying(order, process_environment)
        with killed_at_the_end(process):
            wait_until(lambda: charged(order) == 1)
            time.sleep(0.2)
    assert PaymentAttempt.objects.get(order=order).state == "sent"
    assert seats(here) == 5

    sweep()
    sweep()

    order.refresh_from_db()
    assert (order.state, seats(here), charged(order)) == ("done", 8, 1)
    check(order)


def test_a_process_killed_at_any_moment_charges_once_or_not_at_all(
    process_environment, kills
):  # JOBS-5
    here = customer()
    quiet = backends()
    for number in range(6, 6 + kills):
        order = waiting(here, seat=number)
        begun = PaymentAttempt.objects.filter(order=order).exclude(state="queued")
        process = paying(order, process_environment)
        with killed_at_the_end(process):
            wait_until(begun.exists)
            time.sleep(random.uniform(0, 0.05))
        # The sweep comes ten minutes later: what was on its way then has arrived, or never will.
        wait_until(lambda: backends() <= quiet)

        sweep()

        check(order)
