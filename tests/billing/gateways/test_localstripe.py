"""A second opinion: localstripe, where it does what Stripe does. It knows no idempotency keys.

It confirms no intent with a card of the payer, so charges are proven on the wire of
`stripe_wire.py` alone.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from djmoney.money import Money

from billing.gateways.base import (
    Cancelled,
    Card,
    Form,
    MethodPending,
    MethodReady,
    NeverSeen,
    Unaskable,
)
from billing.gateways.stripe import StripeGateway
from billing.gateways.stripe_api import recall
from tests.billing.gateways.stripe_wire import keys

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def address(tmp_path_factory: Any) -> Iterator[str]:
    """localstripe in a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "localstripe", "--port", str(port), "--from-scratch"]
    process = subprocess.Popen(
        command,
        cwd=tmp_path_factory.mktemp("localstripe"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    found = f"http://localhost:{port}"
    try:
        _wait_for(found)
        yield found
    finally:
        process.terminate()
        process.wait(timeout=10)


@pytest.fixture
def gateway(address: str, settings: Any) -> StripeGateway:
    settings.STRIPE = keys(address)
    return StripeGateway()


def _wait_for(address: str) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            urlopen(f"{address}/js.stripe.com/v3/", timeout=1).close()
            return
        except (URLError, OSError):
            assert time.monotonic() < deadline, "localstripe does not answer"
            time.sleep(0.1)


def fill_in(address: str, setup: str, number: str) -> None:
    """What the payer's browser sends: the card goes to Stripe, by the publishable key."""
    card = {
        "key": keys(address).publishable,
        "payment_method_data[type]": "card",
        "payment_method_data[card][number]": number,
        "payment_method_data[card][exp_month]": "12",
        "payment_method_data[card][exp_year]": "2040",
        "payment_method_data[card][cvc]": "123",
    }
    request = Request(f"{address}/v1/setup_intents/{setup}/confirm", urlencode(card).encode())
    urlopen(request, timeout=5).close()


def test_a_card_is_kept(gateway, address):
    assert isinstance(gateway.begin_method("method-1", "7", "/back/"), Form)
    assert gateway.method_of("method-1") == MethodPending()
    assert gateway.secret_of("method-1").startswith("seti_")

    fill_in(address, recall("method-1"), "4242424242424242")

    found = gateway.method_of("method-1")
    assert isinstance(found, MethodReady)
    assert found.card == Card("visa", "4242", 12, 2040)


def test_an_intent_that_no_card_confirms_charges_nothing(gateway, address):
    gateway.begin_method("method-1", "7", "/back/")

    with pytest.raises(Unaskable, match="Unexpected return_url"):
        gateway.charge("order-1-1", Money(10, "EUR"), "7", "pm_1", "/back/")

    assert gateway.look_up("order-1-1") == NeverSeen()
    assert gateway.cancel("order-1-1") == Cancelled()
    assert gateway.look_up("order-1-1") == Cancelled()
