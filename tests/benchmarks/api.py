"""The API: entitlements against a bare page, and use against bare updates with their keys.

Entitlements as `pages` measures: requests a second, and p95, against a page of as many queries. Use
is reported by four programs at once, one by one and in batches of 500; the floor is what any such
system has to write, on as many connections: one conditional update of the meter and the keys of the
batch, in one transaction, into the same tables (decision 27).
"""

from __future__ import annotations

import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

import psycopg

from tests.benchmarks import pages
from tests.benchmarks.pages import HOST, VISITOR, VISITORS, Page

BATCH = 500
BATCHES = 20
ALONE = 100
PLENTY = "100000000"
_UPDATE = """
    UPDATE billing_meter SET used = used + %(sum)s, last_sequence = last_sequence + %(number)s
    WHERE id = %(meter)s AND NOT closed AND used + %(sum)s <= 1000000000000
    RETURNING last_sequence
"""
_INSERT = """
    INSERT INTO billing_usagerecord (account_id, meter_id, sequence, key, at, quantity)
    SELECT %(account)s, %(meter)s, %(last)s - place + 1, key, now(), 1
    FROM unnest(%(keys)s::text[]) WITH ORDINALITY AS keys (key, place)
"""


def main() -> None:
    rounds = int(os.environ.get("ROUNDS") or 3)
    os.environ["API_REQUESTS_A_MINUTE"] = PLENTY
    with (
        tempfile.TemporaryDirectory() as folder,
        pages._demo(folder) as environment,
        pages._site(environment) as port,
    ):
        told = _told(environment, "program")
        cookie = {"Cookie": f"sessionid={_told(environment, 'visitor')['session']}"}
        ask = Page(port, told["path"], {"Authorization": f"Bearer {told['asks']}"})
        queries = pages.count(ask)
        bare = Page(port, f"/bare/{queries}/", cookie)
        if pages.count(bare) != queries:
            sys.exit(f"The bare page costs {pages.count(bare)} queries, not {queries}.")
        speeds = pages._in_turn([ask, bare], rounds)
        pages._report(queries, dict(zip(("entitlements", "a bare page"), speeds, strict=True)))
        for name, batches, size in (("in batches", BATCHES, BATCH), ("alone", ALONE, 1)):
            much = {"batches": batches, "size": size}
            ways = (
                partial(_reported, port, told, **much),
                partial(_bare, environment, told, **much),
            )
            _report_use(name, size, *_in_turn(ways, rounds))


def _told(environment: Mapping[str, str], who: str) -> dict[str, Any]:
    command = [sys.executable, "-m", f"tests.benchmarks.{who}", VISITOR]
    done = subprocess.run(command, check=True, env=dict(environment), stdout=subprocess.PIPE)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _in_turn(ways: tuple[Callable[[], float], ...], rounds: int) -> list[float]:
    """Records a second of each way, the medians of so many rounds in turn."""
    found: list[list[float]] = [[] for _ in ways]
    for way in ways:
        way()  # what is planned once is planned
    for _ in range(rounds):
        for way, speeds in zip(ways, found, strict=True):
            speeds.append(way())
    return [statistics.median(speeds) for speeds in found]


def _reported(port: int, told: Mapping[str, Any], *, batches: int, size: int) -> float:
    """Records a second through the API: every one of them has to be accepted."""

    def report() -> int:
        connection = http.client.HTTPConnection(HOST, port)
        headers = {"Authorization": f"Bearer {told['reports']}", "Content-Type": "application/json"}
        done = 0
        for _ in range(batches):
            records = [_record(told["account"]) for _ in range(size)]
            path = "/api/v1/usage/batch" if size > 1 else "/api/v1/usage"
            said = {"records": records} if size > 1 else records[0]
            connection.request("POST", path, json.dumps(said), headers)
            answer = json.loads(connection.getresponse().read())
            results = answer["results"] if size > 1 else [answer]
            done += sum(one.get("outcome") == "accepted" for one in results)
        return done

    return _together(report, batches * size)


def _bare(
    environment: Mapping[str, str], told: Mapping[str, Any], *, batches: int, size: int
) -> float:
    """Records a second of what has to be written at least."""
    about = {"account": told["account"], "meter": told["meter"], "sum": size, "number": size}

    def write() -> int:
        with psycopg.connect(environment["DATABASE_URL"], prepare_threshold=1) as connection:
            for _ in range(batches):
                keys = [str(uuid.uuid4()) for _ in range(size)]
                with connection.transaction():
                    last = connection.execute(_UPDATE, about).fetchone()
                    assert last is not None
                    connection.execute(_INSERT, {**about, "last": last[0], "keys": keys})
        return batches * size

    return _together(write, batches * size)


def _together(work: Callable[[], int], each: int) -> float:
    done: list[int] = []
    threads = [threading.Thread(target=lambda: done.append(work())) for _ in range(VISITORS)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - begun
    if sum(done) != each * VISITORS:
        sys.exit(f"{sum(done)} records were counted, of {each * VISITORS}.")
    return sum(done) / elapsed


def _record(account: int) -> dict[str, Any]:
    return {
        "account": account,
        "service": "speech-to-text-minutes",
        "key": str(uuid.uuid4()),
        "at": datetime.now(UTC).isoformat(),
        "quantity": 1,
    }


def _report_use(name: str, size: int, ours: float, bare: float) -> None:
    print(f"\nuse reported {name}, {size} a request, {VISITORS} at once")
    print(f"  the API       {ours:9,.0f} records/s")
    print(f"  bare updates  {bare:9,.0f} records/s")
    print(f"  {ours / bare:.2f} of the bare updates")


if __name__ == "__main__":
    main()
