"""Real processes of the site that a test may kill, each in a group of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress

from tests.concurrency.forks import fork

WAIT = 0.02


class Process:
    """A process with all its children: killed together, as a power cut would."""

    def __init__(self, *command: str, environment: Mapping[str, str]) -> None:
        self.command = command
        # A file, because a pipe that nobody reads would stop a process that says much.
        self.said = tempfile.TemporaryFile("w+")  # noqa: SIM115  closed by kill
        with open(os.devnull) as nothing:
            self.fork = fork(command, [nothing, self.said, self.said], environment)

    def kill(self) -> None:
        """SIGKILL to every process of the group, and none of them is left."""
        with suppress(ProcessLookupError):
            os.killpg(self.fork.pid, signal.SIGKILL)
        self.fork.wait()
        self.said.close()

    def finish(self, *, seconds: float = 60) -> str:
        """What it said, once it has ended well. Fails the test when it has not."""
        code = self.fork.wait(seconds=seconds)
        self.said.seek(0)
        said = self.said.read()
        assert code == 0, f"{' '.join(self.command)}:\n{said}"
        return said

    @property
    def ended(self) -> bool:
        return self.fork.ended


def ran(
    *command: str, environment: Mapping[str, str], told: str = ""
) -> subprocess.CompletedProcess[str]:
    """One that was told something has ended: its exit code, and what it said and complained of."""
    with ExitStack() as closed_then:
        files = [closed_then.enter_context(tempfile.TemporaryFile("w+")) for _ in range(3)]
        files[0].write(told)
        files[0].seek(0)
        code = fork(command, [*files], environment).wait(seconds=60)
        for file in files:
            file.seek(0)
        said, complained = (file.read() for file in files[1:])
    return subprocess.CompletedProcess(command, code, said, complained)


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
