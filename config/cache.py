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


class OwnCache(LocMemCache):
    """The memory of one process, which counts as the shared cache does."""

    def count(self, key: str, *, seconds: int) -> int:
        """One more of this key: how many there were within these seconds from the first."""
        self.add(key, 0, seconds)
        return self.incr(key)


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
        self._own = OwnCache("without redis", {**params, "OPTIONS": {}})

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

    def count(self, key: str, *, seconds: int) -> int:
        """One more of this key: how many there were within these seconds from the first.

        One round trip, and right however many processes count at once. A key is counted for at
        most these seconds, so it names the time it is about.
        """
        return int(
            self._ask(
                lambda: self._counted(key, seconds), lambda: self._own.count(key, seconds=seconds)
            )
        )

    def _counted(self, key: str, seconds: int) -> int:
        made = self.make_and_validate_key(key)
        # The stubs know nothing of the client behind it.
        client: Any = self._cache.get_client(made, write=True)
        both = client.pipeline(transaction=False)
        both.incr(made)
        both.expire(made, seconds)
        found: int = both.execute()[0]
        return found

    def _ask(self, redis: Callable[[], Any], own: Callable[[], Any]) -> Any:
        try:
            return redis()
        except (RedisError, OSError) as problem:
            logger.warning("cache not shared problem=%s", problem)
            return own()
