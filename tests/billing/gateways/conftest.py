"""What the tests of gateways share: keys of Stripe's, a server for it, and both providers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.billing.gateways.providers import AtStripe, AtTheSandbox, Provider
from tests.billing.gateways.stripe_wire import Stripe, keys, stripe_on_the_wire


@pytest.fixture(scope="session")
def wire() -> Iterator[Stripe]:
    with stripe_on_the_wire() as account:
        yield account


@pytest.fixture
def account(wire: Stripe, settings: Any) -> Stripe:
    """An empty account at Stripe, with a good line to it."""
    settings.STRIPE = keys(wire.address)
    wire.empty()
    return wire


@pytest.fixture(params=["sandbox", "stripe"])
def provider(request: Any, db: None, account: Stripe) -> Provider:
    return AtTheSandbox() if request.param == "sandbox" else AtStripe(account)
