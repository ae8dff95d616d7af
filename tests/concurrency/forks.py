"""Processes that begin with the site loaded: forks of one Python for each environment."""

from __future__ import annotations

import atexit
import json
import select
import socket
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import IO, Any

from tests.concurrency.preloaded import REPORT

ROOT = Path(__file__).resolve().parents[2]


class Fork:
    """A process that was forked for a test: its number, and how it has ended."""

    def __init__(self, report: socket.socket) -> None:
        self.report = report
        self.code: int | None = None
        self.pid = self._hear()

    @property
    def ended(self) -> bool:
        return self.code is not None or bool(select.select([self.report], [], [], 0)[0])

    def wait(self, *, seconds: float | None = None) -> int:
        """Its exit code: below zero the signal that has killed it. TimeoutError if it goes on."""
        if self.code is None:
            self.report.settimeout(seconds)
            self.code = self._hear()
            self.report.close()
        return self.code

    def _hear(self) -> int:
        heard = self.report.recv(REPORT.size)
        if not heard:
            raise RuntimeError("What has loaded the site and forks has ended; see its errors.")
        number: int = REPORT.unpack(heard)[0]
        return number


class Preloaded:
    """The process that has loaded the site in an environment and forks when it is told to."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.orders, its_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with its_end:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.concurrency.preloaded", str(its_end.fileno())],
                cwd=ROOT,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                pass_fds=[its_end.fileno()],
            )
        atexit.register(self.end)

    def fork(self, command: tuple[str, ...], standard: list[IO[Any]]) -> Fork:
        report, its_end = socket.socketpair()
        with its_end:
            files = [*(file.fileno() for file in standard), its_end.fileno()]
            socket.send_fds(self.orders, [json.dumps(command).encode()], files)
        return Fork(report)

    def end(self) -> None:
        """It ends with its orders, and kills what is left of its forks."""
        self.orders.close()
        self.process.wait()


def fork(command: tuple[str, ...], standard: list[IO[Any]], environment: Mapping[str, str]) -> Fork:
    """As `python` with this command does, with these files as input, output and errors."""
    # Each test has a name of its own, which no process of the site asks for.
    same = {name: value for name, value in environment.items() if name != "PYTEST_CURRENT_TEST"}
    return _preloaded(frozenset(same.items())).fork(command, standard)


@cache
def _preloaded(environment: frozenset[tuple[str, str]]) -> Preloaded:
    return Preloaded(dict(environment))
