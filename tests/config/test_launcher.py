"""The launcher: all processes start together and end together, and none is left behind."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60
# A first start makes every table and collects every file, on a machine that has more to do.
FIRST_PATIENCE = 240
# What is told of the demo is judged on PostgreSQL; that SQLite bears all of it, by `make proof`.
MONTHS = "14" if os.environ.get("HYPOTHESIS_PROFILE") == "proof" else "4"
PROCESSES = ("valkey", "gunicorn", "celery --quiet --app config worker", "config beat")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def processes_of(var: Path) -> dict[int, str]:
    """Everything alive that was started with this folder, with its command line."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            # Valkey writes its title over its environment, and the title names its socket.
            ours = str(var) in command or f"VAR_DIR={var}" in (entry / "environ").read_text()
            # A zombie has no command line any more.
            if command and ours:
                found[int(entry.name)] = command
    return found


def wait_until(condition, what: str, *, patience: float = PATIENCE):
    deadline = time.monotonic() + patience
    while not (found := condition()):
        assert time.monotonic() < deadline, what
        time.sleep(0.05)
    return found


class Site:
    """A launched site on a database and a broker of its own."""

    def __init__(self, var: Path, port: int, *, log: str = "log.txt") -> None:
        self.var, self.port, self.log = var, port, var / log
        environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            "VAR_DIR": str(var),
            "DATABASE_URL": f"sqlite:///{var / 'site.sqlite3'}",
            "PORT": str(port),
            "DEMO_MONTHS": MONTHS,
        }
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "config.launcher"],
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def until_it_answers(self, *, patience: float = PATIENCE) -> "Site":
        wait_until(
            lambda: "Ctrl-C" in self.log.read_text() or self.process.poll() is not None,
            "the site does not answer",
            patience=patience,
        )
        assert self.process.poll() is None, self.log.read_text()
        return self

    def child(self, words: str) -> int:
        """The oldest process whose command line holds these words."""
        return wait_until(
            lambda: min(
                (pid for pid, it in processes_of(self.var).items() if words in it), default=0
            ),
            f"no process {words!r}",
        )

    def ended(self) -> int:
        return self.process.wait(timeout=PATIENCE)


Launch = Callable[..., Site]


@contextmanager
def launching(var: Path) -> Iterator[Launch]:
    """Starts sites in this folder; whatever becomes of them, none outlives this."""
    sites = []

    def start(port: int, *, log: str = "log.txt") -> Site:
        sites.append(Site(var, port, log=log))
        return sites[-1]

    try:
        yield start
    finally:
        for site in sites:
            if site.process.poll() is None:
                site.process.kill()
                site.process.wait()
        for pid in processes_of(var):
            os.kill(pid, signal.SIGKILL)


class Stopped(NamedTuple):
    """A site that has been asked for a page and then stopped by a signal."""

    status: int
    code: int
    log: str
    left: dict[int, str]


def stopped(site: Site, number: signal.Signals) -> Stopped:
    with urllib.request.urlopen(f"http://127.0.0.1:{site.port}/admin/login/") as page:
        status = page.status
    for words in PROCESSES:
        site.child(words)
    site.process.send_signal(number)
    code = site.ended()
    return Stopped(status, code, site.log.read_text(), processes_of(site.var))


class Starts(NamedTuple):
    """A first start in a folder, a later one, and one that was tried during the later one."""

    var: Path
    first: Stopped
    later: Stopped
    process: int
    refused: Site


@pytest.fixture(scope="module")
def starts(tmp_path_factory) -> Iterator[Starts]:
    """Each takes many seconds, so the tests that only look share them."""
    var = tmp_path_factory.mktemp("first")
    with launching(var) as launch:
        site = launch(free_port()).until_it_answers(patience=FIRST_PATIENCE)
        first = stopped(site, signal.SIGINT)
        site = launch(free_port()).until_it_answers()
        refused = launch(free_port(), log="refused.txt")
        refused.ended()
        later = stopped(site, signal.SIGTERM)
        yield Starts(var, first, later, site.process.pid, refused)


@pytest.fixture
def started_before(starts, tmp_path) -> None:
    """This test's folder is one that was started from before."""
    shutil.copytree(starts.var, tmp_path, dirs_exist_ok=True)
    (tmp_path / "log.txt").unlink()


@pytest.fixture
def launch(tmp_path) -> Iterator[Launch]:
    with launching(tmp_path) as start:
        yield start


@pytest.mark.parametrize("which", ["first", "later"])
def test_a_stopped_site_leaves_nothing_behind(starts, which):
    site = getattr(starts, which)

    assert site.status == 200
    assert site.code == 0, site.log
    assert site.left == {}


def test_a_second_site_in_the_same_folder_is_refused(starts):
    assert starts.refused.process.returncode == 1
    message = f"already runs from {starts.var}, as process {starts.process}"
    assert message in starts.refused.log.read_text()
    assert "Ctrl-C stops it" in starts.later.log


def test_a_process_that_dies_ends_the_site_with_its_exit_code(started_before, launch, tmp_path):
    site = launch(free_port()).until_it_answers()

    os.kill(site.child("config beat"), signal.SIGKILL)

    assert site.ended() == 128 + signal.SIGKILL
    assert "beat ended with code 137" in site.log.read_text()
    assert processes_of(tmp_path) == {}


def test_even_a_killed_launcher_leaves_nothing_behind(started_before, launch, tmp_path):
    site = launch(free_port()).until_it_answers()
    site.child("config beat")

    site.process.kill()
    site.process.wait()

    wait_until(lambda: not processes_of(tmp_path), "a process was left behind")


def test_the_broker_is_there_before_anybody_acts(launch, tmp_path):
    """People of the demo ring bells, and one that no broker hears is logged as lost."""
    (tmp_path / "site.sqlite3").mkdir()

    site = launch(free_port())

    assert site.ended() != 0, "no database can be made there"
    assert (tmp_path / "broker").is_dir()
    assert processes_of(tmp_path) == {}


def test_a_port_in_use_is_said_before_anything_starts(launch, tmp_path):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        site = launch(listener.getsockname()[1])

        assert site.ended() == 1

    message = site.log.read_text()
    assert message.startswith(f"Port {site.port} on 127.0.0.1 cannot be used: Address already in")
    assert f"make run PORT={site.port + 1}" in message
    assert not (tmp_path / "site.sqlite3").exists()


@pytest.mark.parametrize("port", ["eighty", "0", "70000"])
def test_a_port_that_is_none_is_refused(launch, port):
    site = launch(port)

    assert site.ended() == 1
    assert f"PORT is '{port}', wanted is a number from 1 to 65535" in site.log.read_text()
