"""Stripe's webhooks: whether they come from Stripe, and what of ours they are about."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import stripe

from billing.gateways.base import BadSignature, Told, about_card, about_dispute
from billing.gateways.stripe_api import site

HEADER: Final = "Stripe-Signature"
# As Stripe's own library has it: an older message may be a copy that somebody has kept.
TOLERANCE: Final = timedelta(minutes=5)
_OF_DISPUTES: Final = "charge.dispute."
_RENEWED: Final = frozenset({"payment_method.automatically_updated", "payment_method.updated"})


def read(body: bytes, headers: Mapping[str, str], *, secret: str, at: datetime) -> Told:
    """What the message says; `BadSignature` where Stripe has not signed it just now."""
    header = headers.get(HEADER, "")
    try:
        stripe.WebhookSignature.verify_header(body, header, secret)
        event = json.loads(body)
    except (stripe.SignatureVerificationError, ValueError) as wrong:
        raise BadSignature(str(wrong)) from None
    # The first one, over which the signature was checked: more may have been written behind it.
    moment = int(next(part for part in header.split(",") if part.startswith("t=")).split("=")[1])
    if abs(at - datetime.fromtimestamp(moment, UTC)) > TOLERANCE:
        raise BadSignature(f"It was signed at {moment}, which is too long ago.")
    return Told(id=event["id"], kind=event["type"], key=_key(event))


def _key(event: Mapping[str, Any]) -> str:
    """Our key of what the event is about; empty where that is nothing of ours."""
    about = event.get("data", {}).get("object", {})
    if event["type"] in _RENEWED:
        return about_card(about["id"])
    if event["type"].startswith(_OF_DISPUTES):
        return about_dispute(about["id"])
    known = about.get("metadata") or {}
    return str(known.get("key", "")) if known.get("site") == site() else ""
