"""Cards at Stripe: taken by its own form on a page of ours, kept for a customer of its own."""

from __future__ import annotations

from typing import Any

import stripe
from stripe import StripeClient

from billing.gateways.base import (
    Card,
    Cause,
    Form,
    MethodAnswer,
    MethodPending,
    MethodReady,
    MethodRefused,
    NeverSeen,
    Unknown,
)
from billing.gateways.stripe_api import asked, metadata, options, recall, refused, remember


def begin(api: StripeClient, key: str, payer: str) -> Form | Unknown:
    """Have a card of this payer taken. Stripe learns no more of them than our number."""
    if recall(key):
        return Form(url="")
    try:
        return _opened(api, key, payer)
    except stripe.InvalidRequestError as problem:
        raise refused(problem) from None


def _opened(api: StripeClient, key: str, payer: str) -> Form | Unknown:
    customer = _customer(api, payer)
    if isinstance(customer, Unknown):
        return customer
    params: Any = {
        "customer": customer,
        "usage": "off_session",
        "payment_method_types": ["card"],
        "metadata": metadata(key),
    }
    made = asked(lambda: api.v1.setup_intents.create(params, options(key)))
    if isinstance(made, Unknown):
        return made
    remember(key, made.id)
    return Form(url="")


def secret_of(api: StripeClient, key: str) -> str:
    """What lets the payer's browser fill in the form of this key; empty where there is no answer.

    It is shown to nobody else, and never kept.
    """
    number = recall(key)
    found = asked(lambda: api.v1.setup_intents.retrieve(number)) if number else Unknown()
    return "" if isinstance(found, Unknown) else str(found.client_secret or "")


def look_up(api: StripeClient, key: str) -> MethodAnswer | NeverSeen:
    """What became of the form with this key."""
    number = recall(key)
    if not number:
        return NeverSeen()
    params: Any = {"expand": ["payment_method"]}
    try:
        found = asked(lambda: api.v1.setup_intents.retrieve(number, params))
    except stripe.InvalidRequestError as problem:
        raise refused(problem) from None
    if isinstance(found, Unknown):
        return found
    if found.status == "canceled":
        return MethodRefused(Cause.DECLINED)
    method = found.payment_method
    if found.status != "succeeded" or not isinstance(method, stripe.PaymentMethod):
        # A card that was refused may be followed by another one: the form stays open.
        return MethodPending()
    card = _card(method)
    return MethodRefused(Cause.DECLINED) if card is None else MethodReady(method.id, card)


def card_of(api: StripeClient, reference: str) -> Card | None:
    """What may be known of a card that is kept."""
    try:
        found = asked(lambda: api.v1.payment_methods.retrieve(reference))
    except stripe.InvalidRequestError:
        return None
    if isinstance(found, Unknown) or found.customer is None:
        return None
    return _card(found)


def forget(api: StripeClient, reference: str) -> bool:
    """Have the card detached; one that is not there is forgotten already."""
    try:
        return not isinstance(asked(lambda: api.v1.payment_methods.detach(reference)), Unknown)
    except stripe.InvalidRequestError:
        return True


def _customer(api: StripeClient, payer: str) -> str | Unknown:
    key = f"payer-{payer}"
    known = recall(key)
    if known:
        return known
    params: Any = {"metadata": metadata(key)}
    made = asked(lambda: api.v1.customers.create(params, options(key)))
    return made if isinstance(made, Unknown) else remember(key, made.id)


def _card(method: stripe.PaymentMethod) -> Card | None:
    card = method.card
    if card is None:
        return None
    return Card(str(card.brand), str(card.last4), card.exp_month, card.exp_year)
