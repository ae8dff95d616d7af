"""Several worker processes of this machine for one run."""

from __future__ import annotations

import gc
import multiprocessing
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from multiprocessing.process import BaseProcess

from django.db import connections

from billing import run

Clock = Callable[[], datetime]


def name() -> str:
    """The name under which this process claims pages."""
    return f"{socket.gethostname()}:{os.getpid()}"


@contextmanager
def working_on(run_id: int, *, workers: int, clock: Clock) -> Iterator[list[BaseProcess]]:
    """So many processes that bill pages of the run until none is left; waits for their end.

    They are forks, so that a worker costs little memory of its own. One that is killed is simply
    missing: its page is free again once the lease has run out.
    """
    connections.close_all()
    # What is loaded stays: a collection in a fork would look at it, and so copy its memory.
    gc.freeze()
    fork = multiprocessing.get_context("fork")
    processes: list[BaseProcess] = [
        fork.Process(target=_work, args=(run_id, clock)) for _ in range(workers)
    ]
    try:
        for process in processes:
            process.start()
        yield processes
    except BaseException:
        for process in processes:
            if process.is_alive():
                process.terminate()
        raise
    finally:
        for process in processes:
            process.join()


def _work(run_id: int, clock: Clock) -> None:
    try:
        with suppress(KeyboardInterrupt):
            run.work(run_id, worker=name(), clock=clock)
    finally:
        connections.close_all()
