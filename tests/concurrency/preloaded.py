"""A process that has loaded the site and forks for each process that a test wants to start.

    python -m tests.concurrency.preloaded SOCKET

Loading takes longer than most of what such processes do, and a fork begins with all of it. Each
is a process as any other all the same: in a session of its own, killed as a power cut would. This
one holds no connection and has no thread, so that nothing is shared with its forks.
"""

from __future__ import annotations

import gc
import json
import os
import runpy
import selectors
import signal
import socket
import struct
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module

STANDARD = 3  # input, output, errors
REPORT = struct.Struct("i")
LONGEST = 65_536
# What commands, a worker and beat would load for themselves.
LOADS = (
    *("billing.crew", "billing.management.commands.bill", "config.urls"),
    *("celery.__main__", "celery.apps.beat", "celery.apps.worker", "celery.bin.celery"),
    *("celery.concurrency.prefork", "celery.fixups.django", "celery.worker.consumer"),
    *("django.core.management.commands.check", "django_celery_beat.schedulers"),
    *("kombu.transport.redis", "psycopg", "redis"),
)


@dataclass(slots=True)
class Forked:
    """One that was forked; ``report`` hears its number, and how it has ended."""

    pid: int
    report: socket.socket

    def has_ended(self) -> None:
        _, status = os.waitpid(self.pid, 0)
        self.tell(os.waitstatus_to_exitcode(status))
        self.report.close()

    def tell(self, number: int) -> None:
        # Who started it may be gone.
        with suppress(OSError):
            self.report.sendall(REPORT.pack(number))


def load() -> None:
    import django
    from django.db import connections

    django.setup()
    for name in LOADS:
        import_module(name)
    connected = [one for one in connections.all() if one.connection is not None]
    if connected or threading.active_count() > 1:
        raise RuntimeError(f"Connections {connected} or threads would be shared with each fork.")
    gc.collect()
    # What is loaded stays: a collection in a fork would look at it, and so copy its memory.
    gc.freeze()


def serve(orders: socket.socket) -> list[str]:
    """Fork for each order; comes back in each fork, with its command, and ends with the orders."""
    forked: dict[int, Forked] = {}
    with selectors.DefaultSelector() as waiting:
        waiting.register(orders, selectors.EVENT_READ)
        while True:
            for key, _ in waiting.select():
                if key.fileobj is not orders:
                    waiting.unregister(key.fileobj)
                    os.close(key.fd)
                    forked.pop(key.fd).has_ended()
                    continue
                message, files, _, _ = socket.recv_fds(orders, LONGEST, STANDARD + 1)
                if not message:
                    _end(forked)
                *standard, report = files
                pid = os.fork()
                if not pid:
                    waiting.close()
                    reports = [one.report.detach() for one in forked.values()]
                    _begin(standard, [orders.detach(), report, *forked, *reports])
                    command: list[str] = json.loads(message)
                    return command
                for file in standard:
                    os.close(file)
                one = Forked(pid, socket.socket(fileno=report))
                one.tell(pid)
                ends = os.pidfd_open(pid)
                forked[ends] = one
                waiting.register(ends, selectors.EVENT_READ)


def _begin(standard: list[int], others: list[int]) -> None:
    """What makes a fork a process of its own, with these files and none of the others."""
    os.setsid()
    for number, file in enumerate(standard):
        os.dup2(file, number)
    for file in (*standard, *others):
        os.close(file)


def _end(forked: dict[int, Forked]) -> None:
    for one in forked.values():
        with suppress(ProcessLookupError):
            os.killpg(one.pid, signal.SIGKILL)
    # Without a word to what was loaded: nothing of it was used.
    os._exit(0)


def run(command: list[str]) -> None:
    """As `python` with these arguments does."""
    first, *rest = command
    if first == "-c":
        sys.argv = ["-c", *rest[1:]]
        exec(compile(rest[0], "<string>", "exec"), {"__name__": "__main__"})
    elif first == "-m":
        sys.argv = rest
        runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
    else:
        sys.argv = command
        runpy.run_path(first, run_name="__main__")


if __name__ == "__main__":
    load()
    # A fork leaves this as any Python does: with its exit code, once all is flushed.
    run(serve(socket.socket(fileno=int(sys.argv[1]))))
