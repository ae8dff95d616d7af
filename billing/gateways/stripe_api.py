"""How Stripe is asked: with our keys, within seconds, and what of its answers is none.

Stripe finds its objects by its own numbers alone (its search is behind by minutes), so the number
is kept beside our key before anything is charged under it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Final, TypeVar
from urllib.parse import urlsplit

import stripe
from django.conf import settings
from djmoney.money import Money
from stripe import RequestOptions, StripeClient

from billing.core.money import minor_digits
from billing.gateways.base import KeyTaken, Unaskable, Unknown
from billing.models import ProviderKey

logger = logging.getLogger(__name__)
Answer = TypeVar("Answer")

NAME: Final = "stripe"
# To connect, and to be answered: a buyer waits for it.
_SECONDS: Final = (5, 25)
# Where Stripe counts in other units than ISO 4217 has them.
_DIGITS: Final = {"ISK": 2, "MGA": 0, "UGX": 2}
# No answer: perhaps done, perhaps not. A wrong secret key is an outage like any other.
_NO_ANSWER: Final = (
    stripe.APIConnectionError,
    stripe.APIError,
    stripe.RateLimitError,
    stripe.AuthenticationError,
    stripe.PermissionError,
)

stripe.enable_telemetry = False


@cache
def client(secret_key: str, *, address: str) -> StripeClient:
    """Speaks to Stripe, or in tests to who stands for it at another address."""
    return StripeClient(
        secret_key,
        base_addresses={"api": address},
        # What was not answered is looked up by us, not sent again by the library.
        max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=_SECONDS),
    )


def asked(what: Callable[[], Answer]) -> Answer | Unknown:
    """Stripe's answer; `Unknown` where there is none. `KeyTaken` for a key of something else."""
    try:
        return what()
    except stripe.IdempotencyError as taken:
        raise KeyTaken(str(taken.user_message or taken)) from None
    except _NO_ANSWER as outage:
        logger.warning("stripe gave no answer problem=%s: %s", type(outage).__name__, outage)
        return Unknown()


def refused(problem: stripe.InvalidRequestError) -> Unaskable:
    """What Stripe cannot be asked, as support reads it."""
    return Unaskable(f"Stripe refuses to be asked: {problem.user_message or problem}")


def site() -> str:
    """Whose objects these are: several sites may share an account at Stripe."""
    return urlsplit(settings.SITE_URL).netloc


def options(key: str) -> RequestOptions:
    """Sent twice with these, a request is carried out once."""
    return {"idempotency_key": f"{site()}:{key}"}


def metadata(key: str) -> dict[str, str]:
    """By what an object of Stripe's is known to be ours."""
    return {"key": key, "site": site()}


def minor_units(money: Money) -> int:
    """The amount as Stripe counts it; `Unaskable` for one that it cannot charge."""
    currency = money.currency.code
    digits = _DIGITS.get(currency, minor_digits(currency))
    units = money.amount.scaleb(digits)
    step = 10 if digits == 3 else 1
    if units % step:
        raise Unaskable(f"Stripe does not charge {money.amount} {currency}: it is too fine for it.")
    return int(units)


def money_of(units: int, currency: str) -> Money:
    """An amount as Stripe counts it, as money; the opposite of `minor_units`."""
    code = currency.upper()
    digits = _DIGITS.get(code, minor_digits(code))
    return Money(Decimal(units).scaleb(-digits), code)


def recall(key: str) -> str:
    """Stripe's own number of what has our key; empty where it has none."""
    found = ProviderKey.objects.filter(gateway=NAME, key=key)
    return found.values_list("reference", flat=True).first() or ""


def remember(key: str, reference: str) -> str:
    """Keep Stripe's own number of what has our key."""
    known, _ = ProviderKey.objects.get_or_create(
        gateway=NAME, key=key, defaults={"reference": reference}
    )
    return known.reference
