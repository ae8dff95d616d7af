"""What is wrong in a book: where it stands, and what would be right."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake; without a line it is about the whole file, without a column about the line."""

    file: str
    line: int | None
    column: str | None
    message: str

    def __str__(self) -> str:
        where = self.file
        if self.line is not None:
            where += f" line {self.line}"
        if self.column is not None:
            where += f", {self.column}"
        return f"{where}: {self.message}"


class WrongValue(ValueError):
    """A cell that cannot be read; the text says what was expected and what stands there."""


class BookRefused(Exception):
    """The book has mistakes, so nothing of it was written; ``mistakes`` are all of them."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__(f"{len(mistakes)} mistakes: nothing was written.")
        self.mistakes = mistakes
