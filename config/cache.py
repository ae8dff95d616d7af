"""The cache that all processes share, which goes on by itself while Redis does not answer."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Final

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

# Sign-in waits no longer than this for a server that is not there.
PATIENCE_SECONDS: Final = 1


class SharedCache(RedisCache):
    """Redis; without it the memory of this process.

    The counts of rate limits stand here. While Redis is away each process counts by itself: limits
    are wider then, but they still hold, and people can still sign in.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        waits = {
            "socket_connect_timeout": PATIENCE_SECONDS,
            "socket_timeout": PATIENCE_SECONDS,
        }
        options = {**waits, **params.get("OPTIONS", {})}
        super().__init__(server, {**params, "OPTIONS": options})
        self._own = LocMemCache("without redis", {**params, "OPTIONS": {}})

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self._ask(
            lambda: super(SharedCache, self).get(key, default, version),
            lambda: self._own.get(key, default, version),
        )

    def add(
        self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        return bool(
            self._ask(
                lambda: super(SharedCache, self).add(key, value, timeout, version),
                lambda: self._own.add(key, value, timeout, version),
            )
        )

    def set(
        self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        self._ask(
            lambda: super(SharedCache, self).set(key, value, timeout, version),
            lambda: self._own.set(key, value, timeout, version),
        )

    def delete(self, key: str, version: int | None = None) -> bool:
        return bool(
            self._ask(
                lambda: super(SharedCache, self).delete(key, version),
                lambda: self._own.delete(key, version),
            )
        )

    def _ask(self, redis: Callable[[], Any], own: Callable[[], Any]) -> Any:
        try:
            return redis()
        except (RedisError, OSError) as problem:
            logger.warning("cache not shared problem=%s", problem)
            return own()
