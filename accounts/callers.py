"""Who asks by an API key: a program, known by what it shows, and what it may. API-4."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from django.db.models import Q, QuerySet

from accounts.deeds import Doer
from accounts.models import ApiKey
from accounts.scopes import Scope
from accounts.statements import Statement

BEGINS: Final = "sl"
# How often it is written down that a key is used.
_NOTED_EVERY: Final = timedelta(minutes=1)
# Compared with where there is no such key, so that the answer takes as long.
_NO_DIGEST: Final = "0" * 64
_LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class Caller:
    """A program with the key that it has shown; ``at`` is the instant of its request."""

    key: ApiKey
    at: datetime

    @property
    def by(self) -> Doer:
        """Whom logs name for what it does."""
        return Doer(person=None, program=f"API key {self.key.name} ({self.key.shown})")

    def may(self, scope: Scope) -> bool:
        return scope in self.key.allows


def digest_of(secret: str) -> str:
    """What is kept of a secret."""
    return sha256(secret.encode()).hexdigest()


def caller_with(token: str, *, at: datetime) -> Caller | None:
    """Whoever shows this key; None where it is none of ours, or was revoked. One query.

    That it is used is written down, once a minute at most. Equal digests take as long to compare as
    different ones.
    """
    begins, _, rest = token.partition("_")
    prefix, _, secret = rest.partition("_")
    if begins != BEGINS or not prefix.isalnum() or not secret or len(token) > _LONGEST:
        return None
    if not token.isascii():
        return None
    [found] = _KEYS.read(prefix=prefix)
    key: ApiKey | None = found[0] if found else None
    same = hmac.compare_digest(key.digest if key else _NO_DIGEST, digest_of(secret))
    if key is None or not same or key.revoked_at is not None:
        return None
    if key.last_used_at is None or key.last_used_at <= at - _NOTED_EVERY:
        earlier = Q(last_used_at=None) | Q(last_used_at__lt=at)
        ApiKey.objects.filter(earlier, pk=key.pk).update(last_used_at=at)
    return Caller(key, at)


def _keys(prefix: str) -> tuple[QuerySet[Any, Any], ...]:
    return (ApiKey.objects.filter(prefix=prefix).select_related("account__payer"),)


_KEYS: Final = Statement(_keys)
