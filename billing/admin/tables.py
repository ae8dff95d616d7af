"""Tables of the desk that are no changelists: columns, rows and pages, ready to be drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest

PER_PAGE: Final = 50
Found = TypeVar("Found", bound=Model)


@dataclass(frozen=True, slots=True)
class Column:
    title: str
    figure: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A text, maybe with a link, a second line below, and a tone where it is a state."""

    text: str
    href: str = ""
    below: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A page of rows; ``older`` and ``newer`` are the addresses of the pages beside it."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    empty: str
    newer: str = ""
    older: str = ""

    @property
    def labelled_rows(self) -> list[list[tuple[Column, Cell]]]:
        """Each row with its columns' titles: on a narrow screen a row becomes a card."""
        return [list(zip(self.columns, row.cells, strict=True)) for row in self.rows]


def page_of(request: HttpRequest, name: str = "page") -> int:
    """The page that the address asks for; the first one when it asks for nonsense."""
    text = request.GET.get(name, "")
    return max(int(text), 1) if text.isdecimal() and len(text) < 7 else 1


def addresses(request: HttpRequest, *, page: int, more: bool, name: str = "page") -> dict[str, str]:
    """The addresses of the pages beside this one, empty where there is none."""

    def at(number: int) -> str:
        query = request.GET.copy()
        query[name] = str(number)
        return f"?{query.urlencode()}"

    return {"newer": at(page - 1) if page > 1 else "", "older": at(page + 1) if more else ""}


def paged(
    request: HttpRequest,
    rows: QuerySet[Found],
    *,
    title: str,
    columns: tuple[Column, ...],
    row: Callable[[Any], Row],
    empty: str,
    name: str = "page",
    look: Callable[[list[Found]], None] | None = None,
) -> Table:
    """One page of these rows: reads one row more than it shows, and never counts them.

    ``look`` sees the rows of the page before they are drawn, to read what belongs to all of them.
    """
    page = page_of(request, name)
    first = (page - 1) * PER_PAGE
    found = list(rows[first : first + PER_PAGE + 1])
    beside = addresses(request, page=page, more=len(found) > PER_PAGE, name=name)
    if look is not None:
        look(found[:PER_PAGE])
    shown = tuple(row(one) for one in found[:PER_PAGE])
    return Table(title, columns, shown, empty, **beside)
