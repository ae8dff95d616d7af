"""Pages against a bare page of as many queries, on one server: requests a second, and p95.

The demo's book, gunicorn as `docs/deployment.md` starts it, and four visitors who each ask again as
soon as they are answered. All pages in turn, `ROUNDS` times; the medians count. A third page shows
the shell of the portal with nothing in it: what the page could at best come to.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from tests.benchmarks import COUNT, databases, ways

VISITOR = "jana@c-101.example"
VISITORS = 4
HOST = "127.0.0.1"
REQUESTS = 200
FOLLOWS = {"HX-Request": "true", "HX-Target": "price"}
SECONDS_TO_START = 60
MILLISECONDS = 1000


@dataclass(frozen=True, slots=True)
class Page:
    """An address of the site as it is asked for."""

    port: int
    path: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Speed:
    """Requests a second, and the time (seconds) within which 95 % of them were answered."""

    per_second: float
    p95: float


def main() -> None:
    rounds = int(os.environ.get("ROUNDS") or 3)
    with (
        tempfile.TemporaryDirectory() as folder,
        _demo(folder) as environment,
        _site(environment) as port,
    ):
        told = _visitor(environment)
        cookie = {"Cookie": f"sessionid={told['session']}"}
        page = Page(port, told["page"], cookie)
        more = count(page) - count(Page(port, f"{told['empty']}0/", cookie))
        quote = Page(port, told["quote"], {**cookie, **FOLLOWS})
        for pages in (
            {"Billing & upgrade": page, "the shell": Page(port, f"{told['empty']}{more}/", cookie)},
            {"a quote": quote},
        ):
            queries = count(next(iter(pages.values())))
            pages["a bare page"] = Page(port, f"/bare/{queries}/", cookie)
            for name, one in pages.items():
                if count(one) != queries:
                    sys.exit(f"{name} costs {count(one)} queries, not {queries}.")
            _report(queries, dict(zip(pages, _in_turn([*pages.values()], rounds), strict=True)))


def _in_turn(pages: list[Page], rounds: int) -> list[Speed]:
    """The median speed of each, measured one after the other, again and again."""
    found: list[list[Speed]] = [[] for _ in pages]
    for page in pages:
        measure(page)  # what is loaded once is loaded
    for _ in range(rounds):
        for page, speeds in zip(pages, found, strict=True):
            speeds.append(measure(page))
    return [
        Speed(
            statistics.median(one.per_second for one in speeds),
            statistics.median(one.p95 for one in speeds),
        )
        for speeds in found
    ]


def measure(page: Page) -> Speed:
    """All visitors together ask for the page so many times."""
    taken: list[float] = []
    each = REQUESTS // VISITORS
    visitors = [threading.Thread(target=_visit, args=(page, each, taken)) for _ in range(VISITORS)]
    begun = time.perf_counter()
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    elapsed = time.perf_counter() - begun
    if len(taken) != each * VISITORS:
        sys.exit(f"{page.path} was answered {len(taken)} times of {each * VISITORS}.")
    return Speed(len(taken) / elapsed, statistics.quantiles(taken, n=20)[-1])


def count(page: Page) -> int:
    """How many queries the page costs, once its visitor has been there."""
    connection = http.client.HTTPConnection(HOST, page.port)
    for _ in range(2):
        connection.request("GET", page.path, headers={**page.headers, COUNT: "?"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != http.HTTPStatus.OK:
            sys.exit(f"{page.path} answers {answer.status}.")
    return int(answer.headers[COUNT])


def _visit(page: Page, times: int, taken: list[float]) -> None:
    connection = http.client.HTTPConnection(HOST, page.port)
    for _ in range(times):
        begun = time.perf_counter()
        connection.request("GET", page.path, headers=dict(page.headers))
        answer = connection.getresponse()
        answer.read()
        if answer.status == http.HTTPStatus.OK:
            taken.append(time.perf_counter() - begun)


@contextmanager
def _demo(folder: str) -> Iterator[dict[str, str]]:
    """The environment of a site with the demo's book, in a database that is dropped afterwards."""
    databases.create_template()
    environment = {
        **ways.environment(databases.address(databases.TEMPLATE)),
        "DJANGO_SETTINGS_MODULE": "tests.benchmarks.site",
        "REDIS_URL": os.environ["TEST_REDIS_URL"].split()[0],
        "VAR_DIR": folder,
    }
    try:
        for command in (["migrate", "--verbosity", "0"], ["demo"]):
            subprocess.run(
                [sys.executable, "manage.py", *command],
                check=True,
                env=environment,
                stdout=subprocess.DEVNULL,
            )
        yield environment
    finally:
        databases.drop_template()


@contextmanager
def _site(environment: Mapping[str, str]) -> Iterator[int]:
    """The port of the site, served as a deployment serves it."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        port: int = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"{HOST}:{port}"]
    command += ["--worker-class", "gthread", "--workers", "2", "--threads", "4"]
    command += ["--no-control-socket", "--log-level", "error"]
    server = subprocess.Popen(command, env=dict(environment))
    try:
        _wait_for(server, port)
        yield port
    finally:
        server.terminate()
        server.wait()


def _wait_for(server: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until and server.poll() is None:
        connection = http.client.HTTPConnection(HOST, port, timeout=SECONDS_TO_START)
        try:
            connection.request("GET", "/")
            connection.getresponse().read()
        except ConnectionError:
            time.sleep(0.2)
        else:
            return
    sys.exit("The site did not start; look at its output above.")


def _visitor(environment: Mapping[str, str]) -> dict[str, str]:
    command = [sys.executable, "-m", "tests.benchmarks.visitor", VISITOR]
    done = subprocess.run(command, check=True, env=dict(environment), stdout=subprocess.PIPE)
    told: dict[str, str] = json.loads(done.stdout)
    return told


def _report(queries: int, speeds: Mapping[str, Speed]) -> None:
    """``speeds``: of the page, of what it is measured against, and of the bare page as the last."""
    *_, bare = speeds.values()
    print(f"\n{next(iter(speeds))}, {queries} queries")
    for what, one in speeds.items():
        print(
            f"  {what:17} {one.per_second:7.1f} requests/s, p95 {one.p95 * MILLISECONDS:6.1f} ms: "
            f"{one.per_second / bare.per_second:.2f} of the bare page's rate, "
            f"{one.p95 / bare.p95:.2f} times its p95"
        )


if __name__ == "__main__":
    main()
