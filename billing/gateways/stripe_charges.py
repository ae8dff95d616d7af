"""Charges at Stripe: an intent for each of our keys, confirmed once its number is kept."""

from __future__ import annotations

import logging
from typing import Any, Final

import stripe
from djmoney.money import Money
from stripe import StripeClient

from billing.gateways.base import (
    ActionNeeded,
    Cancelled,
    Cause,
    ChargeAnswer,
    Charged,
    Declined,
    KeyTaken,
    NeverSeen,
    Unaskable,
    Unknown,
)
from billing.gateways.stripe_api import (
    asked,
    metadata,
    minor_units,
    options,
    recall,
    refused,
    remember,
)

logger = logging.getLogger(__name__)

_CAUSES: Final = {
    "authentication_required": Cause.CONFIRMATION,
    "expired_card": Cause.EXPIRED,
    "insufficient_funds": Cause.FUNDS,
    "lost_card": Cause.LOST,
    "payment_intent_authentication_failure": Cause.REFUSED,
    "pickup_card": Cause.LOST,
    "stolen_card": Cause.LOST,
}
# The card is not there any more, or belongs to somebody else.
_GONE: Final = frozenset({"resource_missing", "payment_method_unexpected_state"})
Intent = stripe.PaymentIntent


def charge(
    api: StripeClient, key: str, *, money: Money, payer: str, method: str, return_to: str
) -> ChargeAnswer:
    """Charge the method under this key, unless the key has an answer already."""
    if not method:
        return Declined("The payer has no payment method", Cause.NO_METHOD)
    customer = recall(f"payer-{payer}")
    if not customer:
        return Declined("Stripe keeps no card of this payer", Cause.GONE)
    intent = _intent(api, key, money, customer)
    if isinstance(intent, Declined | Unknown):
        return intent
    if (intent.amount, intent.currency) != (minor_units(money), money.currency.code.lower()):
        raise KeyTaken(f"The key {key!r} was used for {intent.amount} {intent.currency}.")
    answer = _read(intent)
    if isinstance(answer, NeverSeen):
        answer = _confirm(api, intent.id, method, return_to)
    return Declined("The payment was cancelled") if isinstance(answer, Cancelled) else answer


def look_up(api: StripeClient, key: str) -> ChargeAnswer | Cancelled | NeverSeen:
    """What became of the charge with this key.

    An intent that was made and never confirmed is one that Stripe has not seen: nothing can be
    charged by it but what is asked for again.
    """
    number = recall(key)
    if not number:
        return NeverSeen()
    intent = _retrieved(api, number)
    return intent if isinstance(intent, Unknown) else _read(intent)


def cancel(api: StripeClient, key: str) -> Cancelled | Charged | Declined | Unknown:
    """Give up a charge whose bank waits for the payer."""
    known = look_up(api, key)
    if isinstance(known, Charged | Declined | Unknown | Cancelled):
        return known
    number = recall(key)
    if not number:
        return Cancelled()
    try:
        cancelled = asked(lambda: api.v1.payment_intents.cancel(number))
    except stripe.InvalidRequestError:
        # It was decided just now.
        decided = look_up(api, key)
        return Unknown() if isinstance(decided, ActionNeeded | NeverSeen) else decided
    return cancelled if isinstance(cancelled, Unknown) else Cancelled()


def _intent(
    api: StripeClient, key: str, money: Money, customer: str
) -> Intent | Declined | Unknown:
    """The intent of this key, made where there is none; its number is kept before it can charge.

    Declined where none can be made, as for less than Stripe charges: it is certain then that
    nothing is charged under this key, so nobody has to look.
    """
    number = recall(key)
    if number:
        return _retrieved(api, number)
    try:
        units = minor_units(money)
    except Unaskable as problem:
        return Declined(str(problem), Cause.UNACCEPTED)
    params: Any = {
        "amount": units,
        "currency": money.currency.code.lower(),
        "customer": customer,
        "payment_method_types": ["card"],
        "metadata": metadata(key),
    }
    try:
        made = asked(lambda: api.v1.payment_intents.create(params, options(key)))
    except stripe.InvalidRequestError as problem:
        logger.error("stripe makes no intent key=%s because=%s", key, problem)
        return Declined(str(problem.user_message or problem), Cause.UNACCEPTED)
    if not isinstance(made, Unknown):
        remember(key, made.id)
    return made


def _confirm(
    api: StripeClient, number: str, method: str, return_to: str
) -> ChargeAnswer | Cancelled:
    """Charge the intent to a card. It succeeds once: asking twice needs no key."""
    params: Any = {"payment_method": method}
    params |= {"return_url": return_to} if return_to else {"off_session": True}
    try:
        confirmed = asked(lambda: api.v1.payment_intents.confirm(number, params))
    except stripe.CardError as declined:
        return _declined(declined.error)
    except stripe.InvalidRequestError as problem:
        return _unconfirmed(api, number, problem)
    if isinstance(confirmed, Unknown):
        return confirmed
    answer = _read(confirmed)
    return Unknown() if isinstance(answer, NeverSeen) else answer


def _unconfirmed(
    api: StripeClient, number: str, problem: stripe.InvalidRequestError
) -> ChargeAnswer | Cancelled:
    """Why an intent could not be confirmed: decided before, a card that is gone, or our mistake."""
    if problem.code == "payment_intent_unexpected_state":
        intent = _retrieved(api, number)
        answer = intent if isinstance(intent, Unknown) else _read(intent)
        return Unknown() if isinstance(answer, NeverSeen) else answer
    if problem.code in _GONE or problem.param == "payment_method":
        return Declined(str(problem.user_message or problem), Cause.GONE)
    raise refused(problem)


def _retrieved(api: StripeClient, number: str) -> Intent | Unknown:
    try:
        return asked(lambda: api.v1.payment_intents.retrieve(number))
    except stripe.InvalidRequestError as problem:
        raise refused(problem) from None


def _read(intent: Intent) -> ChargeAnswer | Cancelled | NeverSeen:
    """What the state of an intent says."""
    if intent.status == "succeeded":
        return Charged(intent.id)
    if intent.status == "canceled":
        return Cancelled()
    if intent.status in {"requires_payment_method", "requires_confirmation"}:
        return _declined(intent.last_payment_error) if intent.last_payment_error else NeverSeen()
    redirect = intent.next_action.redirect_to_url if intent.next_action else None
    if intent.status == "requires_action" and redirect is not None and redirect.url:
        return ActionNeeded(redirect.url)
    return Unknown()


def _declined(error: Any) -> Declined:
    """Why Stripe says that a card was not charged."""
    code = str(getattr(error, "code", "") or "")
    decline = str(getattr(error, "decline_code", "") or "")
    cause = _CAUSES.get(decline) or _CAUSES.get(code) or Cause.DECLINED
    return Declined(str(getattr(error, "message", "") or "The card was declined"), cause)
