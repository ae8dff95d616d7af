"""Refunds at Stripe: of each, what it gives back of is kept before it is asked for."""

from __future__ import annotations

from typing import Any

import stripe
from djmoney.money import Money
from stripe import StripeClient

from billing.gateways.base import (
    KeyTaken,
    NeverSeen,
    RefundAnswer,
    Refunded,
    RefundRefused,
    Unknown,
)
from billing.gateways.stripe_api import asked, metadata, minor_units, options, recall, remember


def refund(api: StripeClient, key: str, reference: str, money: Money) -> RefundAnswer:
    """Give back money of an intent, once for each key."""
    if remember(_of(key), reference) != reference:
        raise KeyTaken(f"The key {key!r} was used for a refund of another charge.")
    if recall(key):
        return _again(api, key, money)
    params: Any = {
        "payment_intent": reference,
        "amount": minor_units(money),
        "metadata": metadata(key),
    }
    try:
        made = asked(lambda: api.v1.refunds.create(params, options(key)))
    except stripe.InvalidRequestError as problem:
        return RefundRefused(str(problem.user_message or problem))
    if isinstance(made, Unknown):
        return made
    remember(key, made.id)
    return _read(made)


def _again(api: StripeClient, key: str, money: Money) -> RefundAnswer:
    """The answer that this key has had already."""
    found = asked(lambda: api.v1.refunds.retrieve(recall(key)))
    if isinstance(found, Unknown):
        return found
    if found.amount != minor_units(money):
        raise KeyTaken(f"The key {key!r} was used to give back {found.amount} {found.currency}.")
    return _read(found)


def look_up(api: StripeClient, key: str) -> RefundAnswer | NeverSeen:
    """What became of the refund with this key.

    One whose number was never answered is found among those of its charge, by our key.
    """
    number = recall(key)
    if number:
        found = asked(lambda: api.v1.refunds.retrieve(number))
        return found if isinstance(found, Unknown) else _read(found)
    charge = recall(_of(key))
    if not charge:
        return NeverSeen()
    return _among(api, key, charge)


def _among(api: StripeClient, key: str, charge: str) -> RefundAnswer | NeverSeen:
    params: Any = {"payment_intent": charge, "limit": 100}
    mine = metadata(key)
    listed = asked(lambda: list(api.v1.refunds.list(params).auto_paging_iter()))
    if isinstance(listed, Unknown):
        return listed
    for one in listed:
        if one.metadata is not None and one.metadata.to_dict() == mine:
            remember(key, one.id)
            return _read(one)
    return NeverSeen()


def _of(key: str) -> str:
    """Our key of the charge that a refund gives back of."""
    return f"{key}/of"


def _read(made: stripe.Refund) -> RefundAnswer:
    if made.status == "succeeded":
        return Refunded(made.id)
    if made.status in {"failed", "canceled"}:
        return RefundRefused(str(made.failure_reason or f"The refund is {made.status}"))
    return Unknown()
