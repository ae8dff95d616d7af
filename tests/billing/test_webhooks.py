"""Webhooks: kept before they are handled, handled once; double and late ones change nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from billing import collecting, methods, webhooks
from billing.gateways import sandbox, sandbox_post
from billing.gateways.base import Told
from billing.gateways.sandbox_cards import Behaviour
from billing.models import (
    Payment,
    PaymentAttempt,
    PaymentMethod,
    SandboxCharge,
    SandboxMessage,
    WebhookReceived,
)
from tests.billing.buying import GATEWAY, NOW, seats
from tests.billing.keeping import fill_in, opened
from tests.billing.refunding_book import paid_and_credited, refunded
from tests.billing.running import clock
from tests.billing.test_bank_steps import buys
from tests.factories import AccountFactory, CardFactory
from tests.standing import chief

pytestmark = pytest.mark.django_db

ADDRESS = "/webhooks/sandbox/"


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield


def post(body: bytes, *, signed: str | None = None, address: str = ADDRESS, at=NOW):
    """What the provider sends, to the address at which it rings."""
    header = sandbox_post.sign(body, at=at) if signed is None else signed
    return Client(enforce_csrf_checks=True).post(
        address, body, "application/json", headers={sandbox_post.HEADER: header}
    )


def message(kind: str = "charge.charged", key: str = "order-1-1") -> bytes:
    return sandbox_post.body_of(SandboxMessage.objects.create(kind=kind, key=key))


def hear(*, after: timedelta = timedelta(), gateway=GATEWAY) -> int:
    return webhooks.handle_due(gateway=gateway, clock=clock(NOW + after))


def owed() -> None:
    """The bank's post office delivers what it owes, to the site itself."""
    for one in SandboxMessage.objects.filter(times__gt=0):
        for _ in range(one.times):
            assert post(sandbox_post.body_of(one)).status_code == 204


def test_a_signed_message_is_kept_before_anything_follows():
    assert post(message(key="order-7-1")).status_code == 204

    kept = WebhookReceived.objects.get()
    assert (kept.gateway, kept.kind, kept.key) == ("sandbox", "charge.charged", "order-7-1")
    assert (kept.received_at, kept.handled_at, kept.times) == (NOW, None, 1)


@pytest.mark.parametrize(
    "signed",
    ["", "t=1", "v1=", "t=1771588800,v1=0", "nonsense", f"t={'9' * 400},v1=0", "t=x,v1=ü"],
)
def test_what_the_provider_has_not_signed_is_refused(signed):
    assert post(message(), signed=signed).status_code == 403
    assert not WebhookReceived.objects.exists()


def test_a_body_that_was_changed_is_refused():
    body = message()

    assert post(body + b" ", signed=sandbox_post.sign(body, at=NOW)).status_code == 403


@pytest.mark.parametrize("minutes", [-6, 6])
def test_an_old_message_is_refused(minutes):
    assert post(message(), at=NOW + timedelta(minutes=minutes)).status_code == 403


def test_another_provider_does_not_ring_here():
    assert post(message(), address="/webhooks/stripe/").status_code == 404


def test_the_same_message_twice_is_one(customer):
    body = message()
    post(body)
    post(body)

    assert WebhookReceived.objects.get().times == 2
    assert (hear(), hear()) == (1, 0)


def test_a_payment_that_the_buyer_confirmed_and_never_came_back_from_is_settled(customer):
    CardFactory(payer=customer.account, behaviour=Behaviour.SECURE)
    order = buys(customer, seat=8)
    sandbox.decide(SandboxCharge.objects.get(key__startswith="order"), confirms=True)
    owed()

    assert hear() == 1

    order.refresh_from_db()
    assert (order.state, seats(customer)) == ("done", 8)


def test_a_double_message_settles_once(customer):
    CardFactory(payer=customer.account, behaviour=Behaviour.TWICE)
    order = buys(customer, seat=8)
    assert order.state == "done"
    owed()

    hear()

    assert WebhookReceived.objects.get().times == 2
    assert Payment.objects.filter(attempt__order=order).count() == 1
    assert seats(customer) == 8


def test_a_late_message_settles_what_had_no_answer(customer):
    CardFactory(payer=customer.account, behaviour=Behaviour.LATE)
    order = buys(customer, seat=8)
    assert PaymentAttempt.objects.get(order=order).state == "unknown"
    collecting.collect(clock=clock(NOW + timedelta(minutes=1)), gateway=GATEWAY)
    assert PaymentAttempt.objects.get(order=order).state == "unknown", "the bank does not know yet"

    SandboxCharge.objects.filter(outcome="settling").update(outcome="charged")
    owed()
    hear(after=timedelta(minutes=3))

    order.refresh_from_db()
    assert (order.state, seats(customer)) == ("done", 8)


def test_a_message_that_comes_before_the_answer_waits_and_is_handled(customer):
    CardFactory(payer=customer.account, behaviour=Behaviour.LATE)
    order = buys(customer, seat=8)
    owed()

    assert hear() == 0
    assert hear(after=timedelta(seconds=59)) == 0
    SandboxCharge.objects.filter(outcome="settling").update(outcome="charged")
    assert hear(after=timedelta(minutes=1)) == 1

    order.refresh_from_db()
    assert order.state == "done"


def test_a_message_of_a_charge_that_was_called_off_writes_the_money_down(customer):
    """It came in after all: support gives it back."""
    CardFactory(payer=customer.account, behaviour=Behaviour.LATE)
    order = buys(customer, seat=8)
    attempt = PaymentAttempt.objects.get(order=order)
    PaymentAttempt.objects.filter(pk=attempt.pk).update(state="cancelled")
    type(order).objects.filter(pk=order.pk).update(state="cancelled")
    SandboxCharge.objects.filter(outcome="settling").update(outcome="charged")
    owed()

    hear()

    assert Payment.objects.get(attempt=attempt).invoice is None
    assert PaymentAttempt.objects.get(pk=attempt.pk).state == "stuck"
    assert seats(customer) == 5


def test_a_card_is_kept_though_its_owner_never_came_back():  # PLAN-11
    here = chief(AccountFactory(card=None))
    setup = opened(here, at=NOW)
    fill_in(setup)
    owed()

    hear()

    method = PaymentMethod.objects.get()
    assert (method.added_by, method.is_default) == (here.person, True)
    assert methods.finish(setup_id=setup.pk, gateway=GATEWAY, at=NOW).becomes == method


def test_a_refund_that_had_no_answer_is_settled_when_the_provider_tells():
    """The sandbox is silent about 20.14, and has given it back all the same."""
    refund = refunded(paid_and_credited(), "20.14")
    assert refund.state == "unknown"
    webhooks.receive(Told(id="1", kind="refund", key=refund.key), gateway="sandbox", at=NOW)

    assert hear() == 1

    refund.refresh_from_db()
    assert refund.state == "refunded"


@pytest.mark.parametrize(
    "key", ["", "order-99-1", "method-99", "method-x", "customer-7", "refund-1-1", "refund-x"]
)
def test_a_message_about_nothing_of_ours_is_done_with(key):
    webhooks.receive(Told(id="1", kind="k", key=key), gateway="sandbox", at=NOW)

    assert hear() == 1


def test_one_that_cannot_be_handled_is_said_and_stops_no_other(customer):
    CardFactory(payer=customer.account, behaviour=Behaviour.SECURE)
    setup = opened(customer, at=NOW)
    webhooks.receive(Told(id="1", kind="k", key=setup.key), gateway="sandbox", at=NOW)
    webhooks.receive(Told(id="2", kind="k", key="method-99"), gateway="sandbox", at=NOW)

    assert hear(gateway=Broken()) == 1

    broken = WebhookReceived.objects.get(event_id="1")
    assert broken.problem == "RuntimeError: the bank's library is broken"
    assert broken.next_try_at == NOW + timedelta(minutes=1)


def test_support_has_one_handled_again():
    webhooks.receive(Told(id="1", kind="k", key=""), gateway="sandbox", at=NOW)
    hear()

    webhooks.again(received_id=WebhookReceived.objects.get().pk, at=NOW)

    assert hear() == 1


def test_one_that_a_worker_has_is_left_to_it():
    webhooks.receive(Told(id="1", kind="k", key=""), gateway="sandbox", at=NOW)
    WebhookReceived.objects.update(next_try_at=NOW + webhooks.LEASE)

    assert hear() == 0
    assert hear(after=webhooks.LEASE) == 1


class Broken(sandbox.SandboxGateway):
    """The sandbox, whose cards cannot even be asked about."""

    def method_of(self, key):
        raise RuntimeError("the bank's library is broken")
