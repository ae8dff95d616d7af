"""Both providers, as the contract meets them: a card is made, a bank answers, a line is silent."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

import stripe
from django.conf import settings
from djmoney.money import Money

from billing.gateways import sandbox, sandbox_cards, sandbox_disputes, sandbox_post
from billing.gateways.base import Form, Gateway, MethodReady, about_dispute
from billing.gateways.sandbox import SandboxGateway
from billing.gateways.sandbox_cards import Behaviour
from billing.gateways.stripe import StripeGateway
from billing.gateways.stripe_api import metadata, recall
from billing.models import SandboxCard, SandboxCharge, SandboxDispute, SandboxMessage
from tests.billing.gateways.stripe_wire import Stripe
from tests.billing.keeping import typed

PAYER = "7"
BACK = "https://billing.example.com/back/"


class Provider(Protocol):
    """What a test does at a provider, whichever it is."""

    gateway: Gateway

    def fill_in(self, key: str, behaviour: str) -> None:
        """The payer sends the form of this key, with a card that behaves so."""

    def bank_answers(self, key: str, *, confirms: bool) -> None:
        """The payer answers their bank."""

    def unanswered(self, *, arrives: bool, refund: bool = False) -> Money:
        """An amount whose charge (or refund) gets no answer, though it may have arrived."""

    def charged(self) -> int:
        """How many charges there are at the provider."""

    def disputes(self, charge: str, state: str, *, came_again: Money | None = None) -> str:
        """The cardholder disputes this charge, or their bank decides; the number of the dispute.

        Of one that is lost for a part alone, ``came_again`` is given again all the same.
        """

    def dispute_webhook(self, number: str, *, at: datetime) -> tuple[bytes, dict[str, str]]:
        """What it sends when something has become of a dispute, and its headers."""

    def webhook(self, key: str, *, at: datetime) -> tuple[bytes, dict[str, str]]:
        """What it sends when something has become of what has this key, and its headers."""


class AtTheSandbox:
    """The sandbox, whose bank is in the same database."""

    def __init__(self) -> None:
        self.gateway: Gateway = SandboxGateway()

    def fill_in(self, key: str, behaviour: str) -> None:
        form = SandboxCard.objects.get(key=key)
        sandbox_cards.keep(form, typed(Behaviour(behaviour)))

    def bank_answers(self, key: str, *, confirms: bool) -> None:
        sandbox.decide(SandboxCharge.objects.get(key=key), confirms=confirms)

    def unanswered(self, *, arrives: bool, refund: bool = False) -> Money:
        return Money("20.14" if arrives else "21.14", "EUR")

    def charged(self) -> int:
        return SandboxCharge.objects.filter(outcome="charged").count()

    def disputes(self, charge: str, state: str, *, came_again: Money | None = None) -> str:
        row = SandboxCharge.objects.get(pk=charge.removeprefix("sandbox-"))
        known = row.disputes.first()
        if known is None:
            known = SandboxDispute.objects.create(charge=row, state=state)
        else:
            again = came_again.amount if came_again else Decimal(0)
            decided = SandboxDispute.State(state)
            assert sandbox_disputes.becomes(known, decided, came_again=again)
        return known.reference

    def dispute_webhook(self, number: str, *, at: datetime) -> tuple[bytes, dict[str, str]]:
        return self.webhook(about_dispute(number), at=at)

    def webhook(self, key: str, *, at: datetime) -> tuple[bytes, dict[str, str]]:
        body = sandbox_post.body_of(SandboxMessage.objects.create(kind="charge.charged", key=key))
        return body, {sandbox_post.HEADER: sandbox_post.sign(body, at=at)}


class AtStripe:
    """Stripe, as a server on the wire stands for it."""

    def __init__(self, account: Stripe) -> None:
        self.account = account
        self.gateway: Gateway = StripeGateway()

    def fill_in(self, key: str, behaviour: str) -> None:
        self.account.fill_in(recall(key), behaviour)

    def bank_answers(self, key: str, *, confirms: bool) -> None:
        self.account.bank_answers(key, confirms=confirms)

    def unanswered(self, *, arrives: bool, refund: bool = False) -> Money:
        self.account.loses = "after" if arrives else "before"
        self.account.loses_at = "refunds" if refund else "confirm"
        return Money("20.00", "EUR")

    def charged(self) -> int:
        return self.account.charged()

    def disputes(self, charge: str, state: str, *, came_again: Money | None = None) -> str:
        again = int(came_again.amount * 100) if came_again else 0
        return self.account.dispute(charge, state, came_again=again)

    def dispute_webhook(self, number: str, *, at: datetime) -> tuple[bytes, dict[str, str]]:
        return self._signed(event("charge.dispute.closed", self.account.objects[number]), at=at)

    def webhook(self, key: str, *, at: datetime) -> tuple[bytes, dict[str, str]]:
        about = {"object": "payment_intent", "metadata": metadata(key)}
        return self._signed(event("payment_intent.succeeded", about), at=at)

    def _signed(self, body: str, *, at: datetime) -> tuple[bytes, dict[str, str]]:
        signature = stripe.WebhookSignature.generate_signature_header(
            body, settings.STRIPE.webhook, timestamp=int(at.timestamp())
        )
        return body.encode(), {"Stripe-Signature": signature}


def card(provider: Provider, behaviour: str = "good", *, payer: str = PAYER) -> str:
    """The reference of a card that behaves so, added through the provider's form."""
    key = f"method-{payer}-{behaviour}"
    assert isinstance(provider.gateway.begin_method(key, payer, BACK), Form)
    provider.fill_in(key, behaviour)
    kept = provider.gateway.method_of(key)
    assert isinstance(kept, MethodReady)
    return kept.reference


def event(kind: str, about: dict[str, Any]) -> str:
    """An event of Stripe's, as it is sent."""
    return json.dumps({"id": "evt_1", "type": kind, "data": {"object": about}})
