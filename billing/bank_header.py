"""Where the header of a bank's file stands: banks put names, days and blank lines above it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from billing import bank_file
from billing.bank_file import NEEDED, FileMistakes, UnknownColumns

# No bank writes as much above its header.
MOST: Final = 40

Titles = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A line that could be the header. ``above``: so many lines stand before it."""

    above: int
    titles: Titles

    @property
    def line(self) -> int:
        """Its number, from 1."""
        return self.above + 1


@dataclass(frozen=True, slots=True)
class Found:
    """What could be the header of a file, and what it is held for; ``doubtful``: it may be another.

    ``rows`` are the first lines with as many cells as a file of lines needs.
    """

    above: int
    doubtful: tuple[int, ...]
    rows: tuple[Row, ...]

    def at(self, line: int) -> int | None:
        """How many lines stand above this one; None where it is none of ``rows``."""
        return next((row.above for row in self.rows if row.line == line), None)

    def refuse_doubt(self) -> None:
        """`UnknownColumns` where more than one line names what is needed, in other words."""
        if self.doubtful:
            lines = ", ".join(str(line) for line in self.doubtful)
            raise UnknownColumns([f"Each of the lines {lines} may be the header. Say which is."])


def find(content: bytes, *, said: Callable[[Sequence[Titles]], set[Titles]]) -> Found:
    """The header: what was said of before, else what names the columns, else what looks like one.

    ``said`` tells of which titles somebody has said which column is what. Without any of them it is
    a line of words as wide as most lines are: it has to be asked then. `FileMistakes` for what
    is no text.
    """
    rows = _rows(content)
    known = said([row.titles for row in rows]) if rows else set()
    sure = [row for row in rows if row.titles in known] or [
        row for row in rows if bank_file.recognised(row.titles).keys() >= set(NEEDED)
    ]
    if sure:
        several = len({_plain(row.titles) for row in sure}) > 1
        return Found(sure[0].above, tuple(row.line for row in sure) if several else (), rows)
    return Found(_likely(rows), (), rows)


def _rows(content: bytes) -> tuple[Row, ...]:
    """The first lines with at least as many cells as a header has; each as if the file began there.

    What stands above the header need not be CSV: what cannot be read is none.
    """
    # A header that is cut into several lines ends not far below.
    head = b"\n".join(content.split(b"\n", MOST * 2)[: MOST * 2])
    found = []
    for above in range(min(MOST, bank_file.lines_of(head))):
        try:
            titles = bank_file.header_of(head, above=above, there=True)
        except FileMistakes:
            continue
        if len(titles) >= len(NEEDED):
            found.append(Row(above, titles))
    return tuple(found)


def _likely(rows: Sequence[Row]) -> int:
    """The first row without a day in it, as wide as most rows are, or nearest to that.

    The first line where there is none: some banks end each line but the header with a delimiter.
    """
    if not rows:
        return 0
    width, _times = Counter(len(row.titles) for row in rows).most_common(1)[0]
    words = [row for row in rows if not any(map(bank_file.is_day, row.titles))]
    return min(words or rows[:1], key=lambda row: abs(len(row.titles) - width)).above


def _plain(titles: Titles) -> Titles:
    return tuple(title.casefold() for title in titles)
