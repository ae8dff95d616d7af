"""Threads that begin together, for tests about races."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

from django.db import connections


def together(*deeds: Callable[[], object]) -> list[Any]:
    """Do all of it at the same time, each on a connection of its own; what each returned."""
    results: list[Any] = [None] * len(deeds)
    barrier = Barrier(len(deeds))

    def do(place: int, deed: Callable[[], object]) -> None:
        try:
            barrier.wait(timeout=10)
            results[place] = deed()
        except BaseException as problem:
            results[place] = problem
        finally:
            connections.close_all()

    threads = [Thread(target=do, args=entry) for entry in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
