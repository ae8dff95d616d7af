"""Transactions that read a page of rows by their keys, however large the tables are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connections, transaction

# A merge walks an index from its beginning to the page. And where a small table has no index that
# serves, a scan that is switched off looks so dear that the query would be compiled first (jit).
_PLANNING: Final = (
    *("enable_seqscan = off", "enable_mergejoin = off"),
    *("max_parallel_workers_per_gather = 0", "jit = off"),
)


@contextmanager
def keyed_transaction(*, using: str = "default") -> Iterator[None]:
    """A transaction in which PostgreSQL looks rows up by index and scans no table.

    A page asks for the rows of 500 payers, and the planner thinks that a scan of the whole table
    is cheaper as long as the table is not huge, or is just being filled and its statistics say that
    it is empty: then each page takes the longer the more accounts there are. Other connections
    keep their settings.
    """
    with transaction.atomic(using=using):
        if connections[using].vendor == "postgresql":
            with connections[using].cursor() as cursor:
                cursor.execute("; ".join(f"SET LOCAL {one}" for one in _PLANNING))
        yield
