"""Stripe behind our Protocol: cards by its own form, charges by intents, webhooks by signature."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from djmoney.money import Money
from stripe import StripeClient

from billing.gateways import (
    stripe_api,
    stripe_charges,
    stripe_disputes,
    stripe_methods,
    stripe_refunds,
    stripe_webhooks,
)
from billing.gateways.base import (
    Cancelled,
    Card,
    ChargeAnswer,
    Charged,
    Declined,
    DisputeAnswer,
    Form,
    MethodAnswer,
    NeverSeen,
    RefundAnswer,
    Told,
    Unknown,
)


class StripeGateway:
    """One account at Stripe, known by the keys of the settings."""

    name = stripe_api.NAME

    @property
    def _api(self) -> StripeClient:
        return stripe_api.client(settings.STRIPE.secret, address=settings.STRIPE.address)

    def charge(
        self, key: str, money: Money, payer: str, method: str, return_to: str = ""
    ) -> ChargeAnswer:
        return stripe_charges.charge(
            self._api, key, money=money, payer=payer, method=method, return_to=return_to
        )

    def look_up(self, key: str) -> ChargeAnswer | Cancelled | NeverSeen:
        return stripe_charges.look_up(self._api, key)

    def cancel(self, key: str) -> Cancelled | Charged | Declined | Unknown:
        return stripe_charges.cancel(self._api, key)

    def refund(self, key: str, reference: str, money: Money) -> RefundAnswer:
        return stripe_refunds.refund(self._api, key, reference, money)

    def look_up_refund(self, key: str) -> RefundAnswer | NeverSeen:
        return stripe_refunds.look_up(self._api, key)

    def look_up_dispute(self, reference: str) -> DisputeAnswer:
        return stripe_disputes.look_up(self._api, reference)

    def begin_method(self, key: str, payer: str, return_to: str) -> Form | Unknown:
        return stripe_methods.begin(self._api, key, payer)

    def method_of(self, key: str) -> MethodAnswer | NeverSeen:
        return stripe_methods.look_up(self._api, key)

    def secret_of(self, key: str) -> str:
        """What lets the payer's browser fill in Stripe's form; empty where there is no answer."""
        return stripe_methods.secret_of(self._api, key)

    def card_of(self, reference: str) -> Card | None:
        return stripe_methods.card_of(self._api, reference)

    def forget_method(self, reference: str) -> bool:
        return stripe_methods.forget(self._api, reference)

    def read_webhook(self, body: bytes, headers: Mapping[str, str], *, at: datetime) -> Told:
        secret = settings.STRIPE.webhook
        return stripe_webhooks.read(body, headers, secret=secret, at=at)
