"""Which payment provider the site charges through, and its keys, as the environment names them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from config.environment import Environment

SANDBOX: Final = "sandbox"
STRIPE: Final = "stripe"
GATEWAYS: Final = {
    SANDBOX: "billing.gateways.sandbox.SandboxGateway",
    STRIPE: "billing.gateways.stripe.StripeGateway",
}
_SECRET: Final = "STRIPE_SECRET_KEY"
_PUBLISHABLE: Final = "STRIPE_PUBLISHABLE_KEY"
_WEBHOOK: Final = "STRIPE_WEBHOOK_SECRET"
# How each key begins; a restricted key is a secret one with fewer rights.
_BEGINS: Final = {
    _SECRET: ("sk_live_", "sk_test_", "rk_live_", "rk_test_"),
    _PUBLISHABLE: ("pk_live_", "pk_test_"),
    _WEBHOOK: ("whsec_",),
}
_SHORTEST: Final = 16


@dataclass(frozen=True, slots=True)
class StripeKeys:
    """The keys of an account at Stripe, empty where another gateway is used, and where it is."""

    secret: str = ""
    publishable: str = ""
    webhook: str = ""
    address: str = "https://api.stripe.com"


def payments(env: Environment, *, deployed: bool) -> tuple[str, StripeKeys]:
    """What PAYMENT_GATEWAY names, by its dotted path, with its keys.

    A deployment has to name one: the sandbox moves no money.
    """
    default = None if deployed else SANDBOX
    word = env.text("PAYMENT_GATEWAY", good=STRIPE, default=default).lower()
    if word and word not in GATEWAYS:
        env.refuse("PAYMENT_GATEWAY", word, expected=" or ".join(GATEWAYS), good=STRIPE)
    if word != STRIPE:
        return GATEWAYS[SANDBOX], StripeKeys()
    keys = StripeKeys(*(_key(env, name) for name in _BEGINS))
    if _mode(keys.secret) != _mode(keys.publishable) and not env.problems:
        env.problems.append(
            f"{_SECRET} and {_PUBLISHABLE} are of different modes, wanted are two live or two test "
            "keys. Copy both from one page of Stripe's dashboard."
        )
    return GATEWAYS[STRIPE], keys


def _key(env: Environment, name: str) -> str:
    """A key of Stripe's; it is never repeated in a message."""
    begins = _BEGINS[name]
    found = env.text(name, good=f"{begins[0]}…")
    if found and not (found.startswith(begins) and len(found) >= _SHORTEST):
        env.problems.append(
            f"{name} has a wrong form, wanted is one that begins with {' or '.join(begins)}. Copy "
            f"it from Stripe's dashboard: {name}={begins[0]}…"
        )
    return found


def _mode(key: str) -> str:
    """live or test."""
    return key.split("_")[1] if key.count("_") > 1 else ""
