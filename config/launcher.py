"""The whole site under one hand: broker, web, worker and beat, started and stopped together.

`python -m config.launcher` takes PORT and BIND from the environment. When one of its processes
ends, all of them end, with that one's exit code.
"""

import contextlib
import ctypes
import fcntl
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import NoReturn

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from config import broker
from config.environment import PORTS, broker_socket

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

PATIENCE_SECONDS = 10
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2)
ACCESS = "request done method=%(m)s path=%(U)s status=%(s)s seconds=%(L)s"
STOPPING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
libc = ctypes.CDLL(None)


class Stopped(Exception):
    """Somebody pressed Ctrl-C or sent SIGTERM."""


def say(line: str) -> None:
    print(line, flush=True)


def give_up(message: str) -> NoReturn:
    print(message, file=sys.stderr, flush=True)
    raise SystemExit(1)


def _die_with_the_launcher() -> None:
    """Even a killed launcher leaves no orphan.

    Nothing asks politely then: all get the signal at once, and a worker that still finished its
    work would wait for a broker that is gone. Its tasks are given to another one.
    """
    libc.prctl(DIE_WITH_PARENT, signal.SIGKILL)


class Child:
    """A process in a group of its own, each line of its output prefixed with its name."""

    def __init__(self, name: str, command: list[str]) -> None:
        self.name = name
        self.rest = b""
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_die_with_the_launcher,  # noqa: PLW1509  the launcher has one thread
        )

    def repeat(self) -> bool:
        """Says what the process has said; False at the end of its output."""
        assert self.process.stdout is not None
        read = os.read(self.process.stdout.fileno(), 65536)
        *lines, self.rest = (self.rest + read).split(b"\n")
        for line in lines:
            say(f"{self.name:<6} | {line.decode(errors='replace').rstrip()}")
        return bool(read)

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    @property
    def exit_code(self) -> int:
        """As a shell reports it: 128 and the signal's number after a signal."""
        code = self.process.returncode
        return code if code >= 0 else 128 - code

    def kill_group(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)


class Children:
    """The processes of the site. One thread watches them all."""

    def __init__(self) -> None:
        self.all: list[Child] = []
        self.output = selectors.DefaultSelector()

    def start(self, name: str, command: list[str]) -> Child:
        child = Child(name, command)
        self.all.append(child)
        assert child.process.stdout is not None
        self.output.register(child.process.stdout, selectors.EVENT_READ, child)
        return child

    def repeat(self, *, seconds: float) -> None:
        """Waits so long for output, and says it."""
        if not self.output.get_map():
            time.sleep(seconds)
        for key, _ in self.output.select(seconds):
            if not key.data.repeat():
                self.output.unregister(key.fileobj)

    def first_to_end(self) -> Child:
        while all(child.running for child in self.all):
            self.repeat(seconds=0.2)
        return next(child for child in self.all if not child.running)

    def wait_for(self, ready: Callable[[], bool]) -> None:
        """Returns when this is so, or when a process ends."""
        while all(child.running for child in self.all) and not ready():
            self.repeat(seconds=0.1)

    def stop(self) -> None:
        """The broker stops last: the others say goodbye to it."""
        for number in STOPPING_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        self._stop([child for child in self.all if child.name != "broker"])
        self._stop([child for child in self.all if child.name == "broker"])
        self.repeat(seconds=0)

    def _stop(self, children: list[Child]) -> None:
        for child in children:
            if child.running:
                # The leader alone: gunicorn and Celery end their own processes in good order.
                child.process.terminate()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while any(child.running for child in children) and time.monotonic() < deadline:
            self.repeat(seconds=0.05)
        for child in children:
            child.kill_group()
            child.process.wait()


def _raise_stopped(number: int, frame: object) -> NoReturn:
    raise Stopped


def check_port(host: str, port: int) -> None:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            give_up(
                f"Port {port} on {host} cannot be used: {error.strerror}. "
                f"Stop what uses it, or choose another one: make run PORT={port + 1}"
            )


def answers(host: str, port: int) -> bool:
    """Whether a page comes back, whatever it says."""
    connection = HTTPConnection(host, port, timeout=1)
    try:
        connection.request("HEAD", "/")
        connection.getresponse()
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
    return True


@contextlib.contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Two sites on the same files would take each other's tasks."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "launcher.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            give_up(f"Seatledger already runs from {folder}, as process {lock.read()}.")
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def manage(*arguments: str, keep_output: bool = False) -> str:
    """Runs a management command; ends the launcher with its exit code when it fails."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        stdout=subprocess.PIPE if keep_output else None,
        # Fourteen months of hourly runs would scroll the sign-ins away.
        env={"LOG_LEVEL": "WARNING", **os.environ},
        check=False,
        preexec_fn=_die_with_the_launcher,
    )
    if done.returncode:
        raise SystemExit(done.returncode)
    return done.stdout.decode() if keep_output else ""


def prepare_database() -> str:
    """Migrates, loads the demo data on the first start, and returns its note with the sign-ins.

    Only the embedded database is ever given demo data.
    """
    note = settings.VAR / "demo.txt"
    database = settings.DATABASES["default"]
    embedded = "DATABASE_URL" not in os.environ
    if embedded and not Path(database["NAME"]).exists():
        note.unlink(missing_ok=True)
    manage("migrate", "--verbosity", "0")
    manage("staff_roles", keep_output=True)
    if not embedded:
        return ""
    if not note.exists():
        say("Loading the demo data, once ...")
        note.write_text(manage("demo", keep_output=True))
    return note.read_text()


def start_broker(children: Children) -> None:
    listening = broker_socket(settings.VAR)
    listening.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if listening.parent.stat().st_uid != os.getuid():
        give_up(f"{listening.parent} belongs to somebody else. Set XDG_RUNTIME_DIR to your own.")
    keeps_in = settings.VAR / "broker"
    keeps_in.mkdir(exist_ok=True)
    child = children.start("broker", broker.command(listening=listening, keeps_in=keeps_in))
    try:
        broker.wait_for(child.process, listening=listening)
    except broker.BrokerFailed as error:
        children.repeat(seconds=0)
        give_up(str(error))


def commands(host: str, port: int) -> dict[str, list[str]]:
    celery = [sys.executable, "-m", "celery", "--quiet", "--app", "config"]
    level = ["--loglevel", settings.LOG_LEVEL]
    return {
        "web": [
            *(sys.executable, "-m", "gunicorn", "config.wsgi"),
            *("--bind", f"{host}:{port}", "--worker-class", "gthread"),
            *("--workers", "2", "--threads", "4"),
            *("--no-control-socket", "--access-logfile", "-", "--access-logformat", ACCESS),
        ],
        "worker": [*celery, "worker", *level, "--concurrency", "2"],
        "beat": [*celery, "beat", *level, "--pidfile", ""],
    }


def serve(host: str, port: int, children: Children) -> int:
    """Runs until a process ends; returns the exit code. `Stopped` passes through."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    # First, because people of the demo ring bells, too.
    if "REDIS_URL" not in os.environ:
        start_broker(children)
    note = prepare_database()
    for name, command in commands(host, port).items():
        children.start(name, command)
    children.wait_for(lambda: answers(host, port))
    shown = "localhost" if host in {"127.0.0.1", "0.0.0.0"} else host
    say(f"\nSeatledger is at http://{shown}:{port}\n\n{note}\nCtrl-C stops it.\n")
    ended = children.first_to_end()
    say(f"{ended.name} ended with code {ended.exit_code}, so everything stops.")
    return ended.exit_code or 1


def address() -> tuple[str, int]:
    """BIND and PORT of the environment, with an end and a message for a port that is none."""
    port = os.environ.get("PORT") or "8000"
    if not port.isascii() or not port.isdigit() or int(port) not in PORTS:
        give_up(f"PORT is {port!r}, wanted is a number from 1 to 65535, for example PORT=8000")
    return os.environ.get("BIND") or "127.0.0.1", int(port)


def main() -> int:
    host, port = address()
    os.environ.setdefault("SITE_URL", f"http://localhost:{port}")
    try:
        folder = settings.VAR
    except ImproperlyConfigured as error:
        give_up(f"The settings are not usable:\n{error}")
    for number in STOPPING_SIGNALS:
        signal.signal(number, _raise_stopped)
    children = Children()
    try:
        check_port(host, port)
        with only_one(folder):
            try:
                return serve(host, port, children)
            finally:
                children.stop()
    except Stopped:
        say("Stopped.")
        return 0


if __name__ == "__main__":
    sys.exit(main())
