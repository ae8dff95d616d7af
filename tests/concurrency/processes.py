"""Real processes of the site that a test may kill, each in a group of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress

WAIT = 0.02


class Process:
    """A process with all its children: killed together, as a power cut would."""

    def __init__(self, *command: str, environment: Mapping[str, str]) -> None:
        self.command = command
        # A file, because a pipe that nobody reads would stop a process that says much.
        self.said = tempfile.TemporaryFile("w+")  # noqa: SIM115  closed by kill
        self.popen = subprocess.Popen(
            [sys.executable, *command],
            env=dict(environment),
            stdout=self.said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def kill(self) -> None:
        """SIGKILL to every process of the group, and none of them is left."""
        with suppress(ProcessLookupError):
            os.killpg(self.popen.pid, signal.SIGKILL)
        self.popen.wait()
        self.said.close()

    def finish(self, *, seconds: float = 60) -> str:
        """What it said, once it has ended well. Fails the test when it has not."""
        self.popen.wait(timeout=seconds)
        self.said.seek(0)
        said = self.said.read()
        assert self.popen.returncode == 0, f"{' '.join(self.command)}:\n{said}"
        return said

    @property
    def ended(self) -> bool:
        return self.popen.poll() is not None


def manage(*arguments: str, environment: Mapping[str, str]) -> Process:
    return Process("manage.py", *arguments, environment=environment)


def celery(*arguments: str, environment: Mapping[str, str]) -> Process:
    return Process("-m", "celery", "-A", "config", *arguments, environment=environment)


@contextmanager
def killed_at_the_end(*processes: Process) -> Iterator[None]:
    try:
        yield
    finally:
        for process in processes:
            process.kill()


def wait_until(condition: Callable[[], bool], *, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} seconds in vain"
        time.sleep(WAIT)
