"""Databases of the benchmark: one seeded template, and a fresh copy of it for each measurement."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg

TEMPLATE = "seatledger_bench_book"
COPY = "seatledger_bench"


def address(name: str) -> str:
    """The address of a database of this name on the server of `TEST_DATABASE_URL`."""
    given = urlsplit(os.environ["TEST_DATABASE_URL"])
    return urlunsplit(given._replace(path=f"/{name}"))


def create_template() -> None:
    """An empty database for the book; what an earlier benchmark left behind is dropped."""
    with _server() as server:
        for name in (COPY, TEMPLATE):
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{TEMPLATE}"')


@contextmanager
def fresh_copy() -> Iterator[str]:
    """The address of a copy of the book as it was seeded; dropped afterwards."""
    with _server() as server:
        server.execute(f'DROP DATABASE IF EXISTS "{COPY}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{COPY}" TEMPLATE "{TEMPLATE}" STRATEGY file_copy')
        server.execute("CHECKPOINT")
    try:
        yield address(COPY)
    finally:
        with _server() as server:
            server.execute(f'DROP DATABASE IF EXISTS "{COPY}" WITH (FORCE)')


def drop_template() -> None:
    with _server() as server:
        server.execute(f'DROP DATABASE IF EXISTS "{TEMPLATE}" WITH (FORCE)')


def _server() -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(os.environ["TEST_DATABASE_URL"], autocommit=True)
