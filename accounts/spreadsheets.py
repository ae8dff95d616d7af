"""CSV files that every spreadsheet opens as they are meant, and none of whose cells it runs."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime
from io import StringIO
from typing import Final

from django.http import StreamingHttpResponse
from django.utils import timezone

# So that they read the file as UTF-8.
MARK: Final = "\ufeff"
# Spreadsheets take a cell that begins so for a formula, and run it.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def text(rows: Iterable[Sequence[str]]) -> str:
    """These rows as the text of a file. What would be a formula is text; a number stays one."""
    written = StringIO()
    csv.writer(written).writerows([_harmless(cell) for cell in row] for row in rows)
    return written.getvalue()


def moment(at: datetime | None) -> str:
    """In the reader's time zone, in the one form that every spreadsheet takes for a moment."""
    if at is None:
        return ""
    return f"{at.astimezone(timezone.get_current_timezone()):%Y-%m-%d %H:%M}"


def file(lines: Iterable[str], *, name: str) -> StreamingHttpResponse:
    """The lines as a file of this name, to be saved."""
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) and not _is_number(cell) else cell


def _is_number(cell: str) -> bool:
    """Whether it is a plain number below zero, as an amount is written."""
    return cell.startswith("-") and cell[1:].replace(".", "", 1).isdecimal() and cell.isascii()
