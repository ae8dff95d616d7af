"""Taking a book over: read, check, and write it, all rows or none."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

from django.db import connection, transaction

from accounts.keys import reserve
from accounts.models import Account
from billing.book.catalogue import read_catalogue
from billing.book.columns import SHEETS
from billing.book.files import read_rows
from billing.book.histories import AccountHistory, understand
from billing.book.mistakes import BookRefused
from billing.book.rows import pages
from billing.book.scratch import Scratch
from billing.book.standing import differences
from billing.book.structure import check_structure, learn_accounts
from billing.book.writing import write_page

logger = logging.getLogger(__name__)

# Any number that nobody else locks with: two imports at once wait for each other.
LOCK: Final = 5_141_901


class Progress(Protocol):
    """Hears how far an import has come."""

    def begin(self, what: str, total: int) -> None: ...

    def advance(self, count: int) -> None: ...


@dataclass(slots=True)
class Imported:
    """How many accounts a book names, how many of them are new and were (or would be) written."""

    accounts: int = 0
    added: int = 0


def import_book(
    folder: Path, *, at: datetime, progress: Progress, check_only: bool = False
) -> Imported:
    """Read the five files of a book and write what is new in it; ``at`` is now.

    All rows are written or none: raises `BookRefused` with every mistake. A book that stands
    already adds nothing. With ``check_only`` nothing is written in any case. Memory does not grow
    with the book: its rows wait in a file of their own.
    """
    with Scratch() as scratch:
        _read(folder, scratch, progress)
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            imported = _take_over(scratch, at=at, progress=progress, check_only=check_only)
            if scratch.has_mistakes:
                raise BookRefused(list(scratch.mistakes()))
    if not check_only:
        logger.info("book imported accounts=%s added=%s", imported.accounts, imported.added)
    return imported


def _read(folder: Path, scratch: Scratch, progress: Progress) -> None:
    for sheet in SHEETS:
        path = folder / sheet.file
        progress.begin(f"reading {sheet.file}", path.stat().st_size if path.is_file() else 0)
        scratch.keep(sheet, read_rows(path, sheet, tell=scratch.tell, heard=progress.advance))


def _take_over(scratch: Scratch, *, at: datetime, progress: Progress, check_only: bool) -> Imported:
    catalogue = read_catalogue()
    learn_accounts(scratch)
    check_structure(scratch, catalogue)
    if not check_only and not scratch.has_mistakes:
        _reserve_accounts(scratch)
    imported = Imported()
    progress.begin("accounts", scratch.one("SELECT count(*) FROM accounts"))
    for page in pages(scratch):
        histories = [understand(one, catalogue, at=at, tell=scratch.tell) for one in page]
        new = [history for history in histories if not history.book.stands]
        _tell_differences(scratch, histories)
        if not check_only and not scratch.has_mistakes:
            write_page(new, at=at)
        imported.accounts += len(page)
        imported.added += len(new)
        progress.advance(len(page))
    return imported


def _reserve_accounts(scratch: Scratch) -> None:
    """Keys for all new accounts at once: a child may stand before its parent."""
    new = [row[0] for row in scratch.rows("SELECT reference FROM known WHERE NOT stands")]
    keys = reserve(Account, count=len(new))
    scratch.change("UPDATE known SET id = ?1 WHERE reference = ?2", zip(keys, new, strict=True))


def _tell_differences(scratch: Scratch, histories: list[AccountHistory]) -> None:
    standing = [history for history in histories if history.book.stands]
    if standing:
        for mistake in differences(standing):
            scratch.tell(mistake)
