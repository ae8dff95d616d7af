"""The only room that talks to payment providers; which one it is, a setting says."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from billing.gateways.base import Gateway


def gateway() -> Gateway:
    """The provider that ``BILLING_GATEWAY`` names by dotted path."""
    return _made(settings.BILLING_GATEWAY)


@cache
def _made(path: str) -> Gateway:
    made: Gateway = import_string(path)()
    return made
