"""The rows of a book on disk while they are checked, so that memory does not grow with it.

A private SQLite file of its own, thrown away in the end: it sorts, joins and finds what is double.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Final

from billing.book.columns import SHEETS, Sheet
from billing.book.files import Row
from billing.book.mistakes import Mistake

BLOCK: Final = 10_000

_OTHER_TABLES: Final = """
CREATE TABLE mistake (file TEXT, line INTEGER, "column" TEXT, message TEXT);
CREATE TABLE known (reference TEXT PRIMARY KEY, line INTEGER, id INTEGER, stands INTEGER,
                    role TEXT, kind TEXT, currency TEXT, time_zone TEXT) WITHOUT ROWID;
"""


class Scratch:
    """The rows of all five files, with their lines; ``with`` removes it from the disk."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="book")
        self.database = sqlite3.connect(
            Path(self._folder.name) / "rows.sqlite3", isolation_level=None
        )
        # It is thrown away in any case, so it need not survive anything.
        self.database.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE; "
            "PRAGMA cache_size=-32000; PRAGMA temp_store=FILE;" + _OTHER_TABLES
        )
        for sheet in SHEETS:
            names = ", ".join(f'"{name}"' for name in sheet.names)
            self.database.execute(f"CREATE TABLE {sheet.name} (line INTEGER, wrong, {names})")

    def __enter__(self) -> Scratch:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.database.close()
        self._folder.cleanup()

    def tell(self, mistake: Mistake) -> None:
        """Keep one mistake."""
        self.database.execute(
            "INSERT INTO mistake VALUES (?, ?, ?, ?)",
            (mistake.file, mistake.line, mistake.column, mistake.message),
        )

    def keep(self, sheet: Sheet, rows: Iterable[Row]) -> None:
        """Keep the rows of one file and make them findable by their key."""
        places = ", ".join("?" * (len(sheet.names) + 2))
        statement = f"INSERT INTO {sheet.name} VALUES ({places})"
        values = ((row.line, int(row.wrong), *row.values) for row in rows)
        while block := list(islice(values, BLOCK)):
            self.database.execute("BEGIN")
            self.database.executemany(statement, block)
            self.database.execute("COMMIT")
        key = ", ".join(f'"{name}"' for name in sheet.key)
        self.database.execute(f"CREATE INDEX {sheet.name}_by_key ON {sheet.name} ({key})")

    def rows(self, query: str, *values: Any) -> Iterator[tuple[Any, ...]]:
        """What a query finds, row by row."""
        yield from self.database.execute(query, values)

    def one(self, query: str, *values: Any) -> Any:
        """The single value that a query finds; None where it finds nothing."""
        found = self.database.execute(query, values).fetchone()
        return found[0] if found else None

    def change(self, statement: str, rows: Iterable[tuple[Any, ...]] = ((),)) -> None:
        """Run one statement for each of the rows."""
        self.database.execute("BEGIN")
        self.database.executemany(statement, rows)
        self.database.execute("COMMIT")

    def mistakes(self) -> Iterator[Mistake]:
        """All mistakes, file by file in the order of the book, line by line."""
        order = {sheet.file: place for place, sheet in enumerate(SHEETS)}
        case = " ".join(f"WHEN '{file}' THEN {place}" for file, place in order.items())
        for row in self.rows(
            'SELECT file, line, "column", message FROM mistake '
            f"ORDER BY CASE file {case} END, line NULLS FIRST, rowid"
        ):
            yield Mistake(*row)

    @property
    def has_mistakes(self) -> bool:
        return self.one("SELECT 1 FROM mistake LIMIT 1") is not None
