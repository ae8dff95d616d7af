"""Reading one CSV file of a book: its encoding, its header, and its rows cell by cell."""

from __future__ import annotations

import csv
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from billing.book.columns import Column, Sheet
from billing.book.mistakes import Mistake, WrongValue
from billing.book.values import Value, meant

Tell = Callable[[Mistake], None]

LONGEST_CELL: Final = 10_000
LINES_TOLD_AT_ONCE: Final = 1000


@dataclass(slots=True)
class Row:
    """One row: its values in the order of the sheet's columns, None for one that is wrong."""

    line: int
    values: list[Value]
    wrong: bool


def read_rows(
    path: Path, sheet: Sheet, *, tell: Tell, heard: Callable[[int], None]
) -> Iterator[Row]:
    """The rows of one file, oldest line first; every mistake is told, none is raised.

    ``heard`` hears of every piece that was read, in bytes.

    A file that cannot be understood as a whole (missing, another encoding, an unknown header) tells
    that and gives no rows.
    """
    if not path.is_file():
        message = "the file is missing: write it with its header alone if it has no rows: "
        tell(Mistake(sheet.file, None, None, message + ",".join(sheet.names)))
        return
    csv.field_size_limit(LONGEST_CELL)
    with path.open("rb") as file:
        reader = csv.reader(_lines(_counted(file, heard), sheet, tell), strict=True)
        header = _cells(reader, sheet, tell)
        if header is None or not header[1]:
            tell(Mistake(sheet.file, 1, None, f"expected the header {','.join(sheet.names)}"))
            return
        places = _places(header[1], sheet, tell)
        if places is None:
            return
        read = _RowReader(sheet, places, len(header[1]), tell)
        while (found := _cells(reader, sheet, tell)) is not None:
            line, cells = found
            if cells:
                yield read.row(line, cells)


def _counted(file: Iterator[bytes], heard: Callable[[int], None]) -> Iterator[bytes]:
    size = 0
    for number, line in enumerate(file, 1):
        size += len(line)
        if number % LINES_TOLD_AT_ONCE == 0:
            heard(size)
            size = 0
        yield line
    heard(size)


def _lines(file: Iterator[bytes], sheet: Sheet, tell: Tell) -> Iterator[str]:
    for number, raw in enumerate(file, 1):
        line = raw
        if number == 1:
            if line.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
                tell(Mistake(sheet.file, 1, None, "the file is UTF-16: save it as UTF-8"))
                return
            line = line.removeprefix(BOM_UTF8)
        try:
            yield line.decode()
        except UnicodeDecodeError as problem:
            tell(
                Mistake(
                    sheet.file,
                    number,
                    None,
                    f"byte 0x{line[problem.start]:02X} is not UTF-8: save the file as UTF-8",
                )
            )
            yield line.decode(errors="replace")


def _cells(
    reader: csv.reader,  # type: ignore[valid-type]  # a function in the stubs, a type when it runs
    sheet: Sheet,
    tell: Tell,
) -> tuple[int, list[str]] | None:
    """The next row with the line it starts on; one that is no CSV is told and read as empty."""
    start = reader.line_num + 1  # type: ignore[attr-defined]  # as above
    try:
        return start, next(reader)
    except StopIteration:
        return None
    except csv.Error as problem:
        tell(Mistake(sheet.file, start, None, f"cannot be read as CSV: {problem}"))
        return start, []


def _places(header: list[str], sheet: Sheet, tell: Tell) -> list[tuple[Column, int | None]] | None:
    """Where each column of the sheet stands in the file; None when the header has mistakes."""
    header = [name.strip() for name in header]
    known = frozenset(sheet.names)
    problems: list[str] = []
    if len(header) == 1 and ";" in header[0]:
        problems.append("the columns are parted by semicolons: part them by commas")
    else:
        problems += [
            f"unknown column {name!r}{meant(name, known)}; expected {','.join(sheet.names)}"
            for name in header
            if name not in known
        ]
        problems += [
            f"column {name} stands here {header.count(name)} times: leave one"
            for name in dict.fromkeys(header)
            if header.count(name) > 1
        ]
        problems += [
            f"column {column.name} is missing; expected {','.join(sheet.names)}"
            for column in sheet.columns
            if column.needed and column.name not in header
        ]
    for problem in problems:
        tell(Mistake(sheet.file, 1, None, problem))
    if problems:
        return None
    return [
        (column, header.index(column.name) if column.name in header else None)
        for column in sheet.columns
    ]


@dataclass(frozen=True, slots=True)
class _RowReader:
    """Reads rows of a file whose columns stand at known places."""

    sheet: Sheet
    places: list[tuple[Column, int | None]]
    width: int
    tell: Tell

    def row(self, line: int, cells: list[str]) -> Row:
        if len(cells) == self.width:
            return self._values(line, cells, self.tell)
        message = f"expected {self.width} cells, got {len(cells)}"
        self.tell(Mistake(self.sheet.file, line, None, message))
        # What stands in which column is a guess, good enough to know which account it is.
        row = self._values(line, (cells + [""] * self.width)[: self.width], _nobody)
        row.wrong = True
        return row

    def _values(self, line: int, cells: list[str], tell: Tell) -> Row:
        row = Row(line, [], wrong=False)
        for column, place in self.places:
            value = column.default
            cell = "" if place is None else cells[place].strip()
            try:
                if cell:
                    value = column.read(cell)
                elif column.needed:
                    raise WrongValue("expected a value, the cell is empty")
            except WrongValue as problem:
                row.wrong, value = True, None
                tell(Mistake(self.sheet.file, line, column.name, str(problem)))
            row.values.append(value)
        return row


def _nobody(mistake: Mistake) -> None:
    """Listens to no mistakes."""
