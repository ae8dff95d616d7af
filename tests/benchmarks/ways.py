"""The three ways of writing the same bills: our run, raw COPY, and object by object."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass

import psycopg

from tests.benchmarks import DUE

# Written by the run, in an order in which COPY can write them; how each is sorted by payer.
TABLES = {
    "billing_invoice": "SELECT t.* FROM billing_invoice t ORDER BY t.payer_id",
    "billing_bill": (
        "SELECT t.* FROM billing_bill t JOIN billing_subscription s ON s.id = t.subscription_id"
        " WHERE t.reason <> 'opening' ORDER BY s.payer_id"
    ),
    "billing_line": (
        "SELECT t.* FROM billing_line t JOIN billing_bill b ON b.id = t.bill_id"
        " JOIN billing_subscription s ON s.id = b.subscription_id ORDER BY s.payer_id, t.position"
    ),
    "billing_receivable": "SELECT t.* FROM billing_receivable t ORDER BY t.payer_id",
    "billing_ledgerentry": "SELECT t.* FROM billing_ledgerentry t ORDER BY t.payer_id",
    "billing_paymentattempt": "SELECT t.* FROM billing_paymentattempt t ORDER BY t.payer_id",
    "accounts_letter": "SELECT t.* FROM accounts_letter t ORDER BY t.account_id",
}
PAYERS_A_PAGE = 500


@dataclass(frozen=True, slots=True)
class Measured:
    """How long it took (seconds), for how many invoices, at what peak memory (bytes)."""

    seconds: float
    invoices: int
    memory: int = 0

    @property
    def per_second(self) -> float:
        return self.invoices / self.seconds


def our_run(address: str, *, workers: int) -> Measured:
    """`manage.py bill` on this database; its time is that between the run's start and end."""
    command = [sys.executable, "manage.py", "bill", "--at", DUE.isoformat()]
    command += ["--workers", str(workers)]
    memory = _peak_memory(command, environment(address))
    with psycopg.connect(address) as connection:
        row = connection.execute(
            "SELECT extract(epoch FROM ended_at - started_at)::float8 FROM billing_billingrun"
        ).fetchone()
        invoices = connection.execute("SELECT count(*) FROM billing_invoice").fetchone()
    if row is None or row[0] is None or invoices is None:
        sys.exit("The run did not end; look at its output by starting manage.py bill yourself.")
    return Measured(float(row[0]), int(invoices[0]), memory)


def _peak_memory(command: list[str], environment: dict[str, str]) -> int:
    """Run this to its end; the most memory (bytes) of it or of one of its workers."""
    apart = [sys.executable, "-m", "tests.benchmarks.apart", *command]
    done = subprocess.run(apart, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}.")
    return int(done.stdout) * 1024


def rows_of(address: str, payers: int) -> list[dict[str, bytes]]:
    """The very rows that a run has written, as COPY writes them, in pages of 500 payers."""
    pages: list[dict[str, bytes]] = [{} for _ in range(-(-payers // PAYERS_A_PAGE))]
    with psycopg.connect(address) as connection:
        run = _dump(connection, "SELECT * FROM billing_billingrun")
        pages[0]["billing_billingrun"] = b"".join(run)
        for table, query in TABLES.items():
            rows = _dump(connection, query)
            size = -(-len(rows) // len(pages))
            for number, page in enumerate(pages):
                page[table] = b"".join(rows[number * size : (number + 1) * size])
    return pages


def raw_copy(address: str, pages: list[dict[str, bytes]], invoices: int) -> Measured:
    """The floor: the same rows into the same tables, one connection, one commit a page."""
    with psycopg.connect(address) as connection:
        begun = time.perf_counter()
        for page in pages:
            with connection.cursor() as cursor:
                for table, rows in page.items():
                    with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                        copy.write(rows)
            connection.commit()
        return Measured(time.perf_counter() - begun, invoices)


def object_by_object(address: str, *, accounts: int) -> Measured:
    """The first accounts of the book, one after the other, each row by the ORM's `save`."""
    command = [sys.executable, "-m", "tests.benchmarks.objects", str(accounts)]
    done = subprocess.run(
        command, check=True, env=environment(address), capture_output=True, text=True
    )
    return Measured(float(done.stdout), accounts)


def environment(address: str) -> dict[str, str]:
    """A process of the site on this database, as it would run in a deployment."""
    return {
        **os.environ,
        "DATABASE_URL": address,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "LOG_LEVEL": "ERROR",
    }


def _dump(connection: psycopg.Connection[tuple[object, ...]], query: str) -> list[bytes]:
    with connection.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT") as copy:
        return b"".join(bytes(block) for block in copy).splitlines(keepends=True)
