"""Runs a command with a PostgreSQL and a Redis to test on: given, running, or started here.

`python -m tests.servers COMMAND …` takes `TEST_DATABASE_URL` and `TEST_REDIS_URL` when they are
set; else servers that answer at their usual address; else it installs them (apt-get, when root)
and starts private ones that end with the command; else it says what to install.

Tests empty their Redis database, so each of the workers that run them has one of its own:
`TEST_REDIS_URL` names as many as there shall be workers, parted by spaces.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
import redis

from tests import packages
from tests.packages import give_up, is_root

POSTGRES_USUAL = (
    "postgres://postgres@127.0.0.1:5432/postgres",
    "postgres:///postgres?host=/var/run/postgresql",
)
REDIS_USUAL = "redis://127.0.0.1:6379"
LEAST_POSTGRES = 150000
SECONDS_TO_START = 60


# PostgreSQL


def postgres_problem(address: str) -> str | None:
    """Why tests cannot run there; None when they can."""
    try:
        with psycopg.connect(address, connect_timeout=3) as connection:
            version = connection.info.server_version
            may_create = connection.execute(
                "SELECT rolsuper OR rolcreatedb FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
    except psycopg.OperationalError as error:
        return str(error).strip()
    if version < LEAST_POSTGRES:
        return f"it is version {version // 10000}, wanted is 15 or newer"
    return None if may_create and may_create[0] else "its user may not create databases"


def find_postgres(stack: ExitStack) -> str:
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        problem = postgres_problem(given)
        return give_up(f"TEST_DATABASE_URL is not usable: {problem}") if problem else given
    for address in POSTGRES_USUAL:
        if not postgres_problem(address):
            return address
    return start_postgres(stack)


def postgres_programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda it: it.parts[-3])
    if found:
        return found[-1].parent
    elsewhere = shutil.which("initdb")
    return Path(elsewhere).resolve().parent if elsewhere else None


def start_postgres(stack: ExitStack) -> str:
    """A private cluster in a temporary folder; nothing of it is kept, so it need not sync."""
    programs = postgres_programs()
    if not programs:
        install("postgresql")
        programs = postgres_programs() or give_up("postgresql was installed, but has no initdb.")
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="seatledger-pg-")))
    # PostgreSQL refuses to run as root; Debian's package brings the user it runs as.
    user = {"user": "postgres", "group": "postgres", "extra_groups": ()} if is_root() else {}
    if user:
        shutil.chown(folder, "postgres", "postgres")
    data, port = folder / "data", free_port()
    run: dict[str, Any] = {"cwd": folder, "stdout": subprocess.DEVNULL, **user}
    subprocess.run(
        [programs / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8"],
        check=True,
        **run,
    )
    options = {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": "",
        "fsync": "off",
        "full_page_writes": "off",
        "max_connections": 100,
    }
    server = subprocess.Popen(
        [programs / "postgres", "-D", data, *(f"--{k}={v}" for k, v in options.items())],
        stderr=subprocess.DEVNULL,
        **run,
    )
    # SIGINT is PostgreSQL's fast shutdown.
    stack.callback(end, server, 2)
    address = f"postgres://postgres@127.0.0.1:{port}/postgres"
    wait_until(lambda: not postgres_problem(address), server, "PostgreSQL")
    return address


# Redis


def redis_problem(address: str) -> str | None:
    try:
        with redis.Redis.from_url(address, socket_timeout=3) as connection:
            connection.ping()
    except (redis.RedisError, ValueError, OSError) as error:
        return str(error)
    return None


def empty_databases(address: str, *, most: int) -> list[str]:
    """Numbered databases of that server with nothing in them, one at least."""
    found: list[str] = []
    for number in range(15, -1, -1):
        one = f"{address}/{number}"
        with contextlib.suppress(redis.ResponseError), redis.Redis.from_url(one) as connection:
            if len(found) < most and not connection.dbsize():
                found.append(one)
    if not found:
        give_up(f"No empty database in {address}. Name one: TEST_REDIS_URL={address}/15")
    return found


def find_redis(stack: ExitStack) -> list[str]:
    """The databases of the workers that shall run tests: as many as there are processors."""
    given = os.environ.get("TEST_REDIS_URL", "").split()
    for one in given:
        if problem := redis_problem(one):
            give_up(f"TEST_REDIS_URL is not usable: {problem}")
    if given:
        return given
    address = start_redis(stack) if redis_problem(REDIS_USUAL) else REDIS_USUAL
    return empty_databases(address, most=os.cpu_count() or 1)


def start_redis(stack: ExitStack) -> str:
    if not shutil.which("redis-server"):
        install("redis-server")
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="seatledger-redis-"))
    port = free_port()
    server = subprocess.Popen(
        ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder],
        stdout=subprocess.DEVNULL,
    )
    stack.callback(end, server, 15)
    address = f"redis://127.0.0.1:{port}"
    wait_until(lambda: not redis_problem(address), server, "Redis")
    return address


# Both


def install(package: str) -> None:
    packages.install(
        package,
        missing=f"No {package} answers at its usual address, and none is installed.",
        instead="name a server: TEST_DATABASE_URL=postgres://… TEST_REDIS_URL=redis://…",
    )


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_until(ready: Callable[[], bool], server: "subprocess.Popen[bytes]", name: str) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while not ready():
        if server.poll() is not None or time.monotonic() > deadline:
            give_up(f"{name} did not start.")
        time.sleep(0.1)


def end(server: "subprocess.Popen[bytes]", signal: int) -> None:
    server.send_signal(signal)
    try:
        server.wait(timeout=20)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def main() -> int:
    if len(sys.argv) < 2:
        give_up("name the command to run, for example: python -m tests.servers pytest")
    with ExitStack() as stack:
        workers = find_redis(stack)
        servers = {
            "TEST_DATABASE_URL": find_postgres(stack),
            "TEST_REDIS_URL": " ".join(workers),
            "PYTEST_XDIST_AUTO_NUM_WORKERS": str(len(workers)),
        }
        command = subprocess.run(sys.argv[1:], env={**os.environ, **servers}, check=False)
        return command.returncode


if __name__ == "__main__":
    sys.exit(main())
