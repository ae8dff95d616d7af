"""How often a key may ask: counted in the cache that all processes share. API-4.

Minutes are counted one by one, so a program that waits for the end of one and asks on in the next
may ask twice as often for a moment.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

from config.api.problems import Problem

WINDOW: Final = 60  # seconds
_COUNTED: Final = "api_rate"


@dataclass(frozen=True, slots=True)
class Rate:
    """How many requests of a key are left in this minute, and how many seconds that lasts."""

    limit: int
    left: int
    seconds: int

    def written(self) -> dict[str, str]:
        """The headers of an answer, as draft-ietf-httpapi-ratelimit-headers has them."""
        return {
            "RateLimit-Policy": f'"key";q={self.limit};w={WINDOW}',
            "RateLimit": f'"key";r={self.left};t={self.seconds}',
        }


def count(request: HttpRequest, *, key_id: int, at: datetime) -> None:
    """Count a request of this key; `Problem` for one too many, which says how long to wait."""
    seconds = at.timestamp()
    window = int(seconds // WINDOW)
    # The stubs know the methods of Django's own caches.
    shared: Any = cache
    used = shared.count(f"api:{key_id}:{window}", seconds=2 * WINDOW)
    limit = settings.API_REQUESTS_A_MINUTE
    rate = Rate(limit, max(limit - used, 0), math.ceil((window + 1) * WINDOW - seconds) or 1)
    setattr(request, _COUNTED, rate)
    if used > limit:
        raise Problem(
            HTTPStatus.TOO_MANY_REQUESTS,
            "too-many",
            f"A key may ask {limit:,} times a minute. Wait {rate.seconds} seconds, and keep what "
            "was answered for as long as it may be used.",
            headers={"Retry-After": str(rate.seconds)},
        )


def mark(request: HttpRequest, response: HttpResponse) -> None:
    """Write into an answer how often its key may still ask."""
    rate: Rate | None = getattr(request, _COUNTED, None)
    if rate is not None:
        for name, value in rate.written().items():
            response.headers[name] = value
