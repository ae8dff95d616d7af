"""`python -m tests.benchmarks`: seed, measure, print. `make bench` calls it.

First the billing run, then pages of the portal, then the API; `ONLY=run`, `ONLY=pages` or
`ONLY=api` measures one of them.
`ACCOUNTS` names the largest book (200,000); 20,000 is always measured too. `ROUNDS` is how often
each way is measured, alternating (3); the medians count. A round of a million takes half an hour:
`ROUNDS=1` asks for one.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Callable

from tests.benchmarks import api, databases, pages, ways
from tests.benchmarks.ways import Measured

SMALL = 20_000
ONE_BY_ONE = 2_000
MEGABYTE = 1_000_000


def main() -> None:
    only = os.environ.get("ONLY")
    ways_to_measure = {"run": run, "pages": pages.main, "api": api.main}
    for name, main_of in ways_to_measure.items():
        if only in (None, "", name):
            main_of()


def run() -> None:
    """The billing run, against COPY and against object by object."""
    largest = int(os.environ.get("ACCOUNTS") or 200_000)
    rounds = int(os.environ.get("ROUNDS") or 3)
    small = measure(SMALL, rounds=rounds, one_by_one=True)
    report(SMALL, small)
    if largest > SMALL:
        large = measure(largest, rounds=rounds, one_by_one=False)
        report(largest, large)
        for way in ("run, 1 worker", "run, 2 workers"):
            growth = small[way].per_second / large[way].per_second - 1
            print(f"time per invoice from {SMALL:,} to {largest:,}, {way}: {growth:+.1%}")


def measure(accounts: int, *, rounds: int, one_by_one: bool) -> dict[str, Measured]:
    """Each way in turn, `rounds` times, each on a fresh copy of the same book; the medians."""
    seed(accounts)
    with databases.fresh_copy() as address:
        ways.our_run(address, workers=2)
        pages = ways.rows_of(address, accounts)
    tried: dict[str, Callable[[str], Measured]] = {
        "raw COPY": lambda address: ways.raw_copy(address, pages, accounts),
        "run, 1 worker": lambda address: ways.our_run(address, workers=1),
        "run, 2 workers": lambda address: ways.our_run(address, workers=2),
    }
    if one_by_one:
        tried["object by object"] = lambda address: ways.object_by_object(
            address, accounts=ONE_BY_ONE
        )
    results: dict[str, list[Measured]] = {name: [] for name in tried}
    for _ in range(rounds):
        for name, way in tried.items():
            with databases.fresh_copy() as address:
                results[name].append(way(address))
    databases.drop_template()
    return {name: _median(found) for name, found in results.items()}


def seed(accounts: int) -> None:
    databases.create_template()
    environment = ways.environment(databases.address(databases.TEMPLATE))
    for command in (
        ["manage.py", "migrate", "--verbosity", "0"],
        ["-m", "tests.benchmarks.seed", str(accounts)],
    ):
        subprocess.run([sys.executable, *command], check=True, env=environment)


def report(accounts: int, measured: dict[str, Measured]) -> None:
    floor = measured["raw COPY"].per_second
    print(f"\n{accounts:,} accounts of five lines")
    for name, one in measured.items():
        memory = f", peak {one.memory / MEGABYTE:.0f} MB" if one.memory else ""
        print(
            f"  {name:16} {one.per_second:9,.0f} invoices/s"
            f" = {one.per_second / floor:.3f} of COPY{memory}"
        )
    alone = measured.get("object by object")
    if alone:
        for way in ("run, 1 worker", "run, 2 workers"):
            ratio = measured[way].per_second / alone.per_second
            print(f"  {way} is {ratio:.1f} times object by object")


def _median(found: list[Measured]) -> Measured:
    middle = statistics.median(one.seconds for one in found)
    return Measured(middle, found[0].invoices, max(one.memory for one in found))


if __name__ == "__main__":
    main()
