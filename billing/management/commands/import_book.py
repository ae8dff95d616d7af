"""The command `import_book`: a folder of five CSV files becomes accounts with their history."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from billing.book.importing import Imported, import_book
from billing.book.mistakes import BookRefused
from billing.models import Product


class Bar:
    """A progress bar on standard error, where that is a terminal."""

    def __init__(self) -> None:
        self._bar: tqdm[Any] | None = None

    def begin(self, what: str, total: int) -> None:
        self.close()
        self._bar = tqdm(
            total=total, desc=what, unit_scale=True, disable=None, leave=False, smoothing=0.1
        )

    def advance(self, count: int) -> None:
        if self._bar is not None:
            self._bar.update(count)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()


class Command(BaseCommand):
    help = (
        "Take over accounts with their history: accounts.csv, items.csv, events.csv, members.csv "
        "and usage.csv in one folder, as docs/import.md describes them. All rows are written, or "
        "none and every mistake is named; what stands already is not added again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="FOLDER", help="Where the files are.")
        parser.add_argument("--check", action="store_true", help="Only check, write nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        if not folder.is_dir():
            raise CommandError(f"There is no folder {folder}. Name one that holds the five files.")
        bar = Bar()
        try:
            imported = import_book(
                folder, at=timezone.now(), progress=bar, check_only=options["check"]
            )
        except BookRefused as refused:
            bar.close()
            for mistake in refused.mistakes:
                self.stderr.write(str(mistake), lambda text: text)
            count = len(refused.mistakes)
            mistakes = "1 mistake" if count == 1 else f"{count} mistakes"
            raise CommandError(f"{mistakes}: nothing was written.{_of_no_catalogue()}") from None
        finally:
            bar.close()
        self.stdout.write(_said(imported, checked=options["check"]))


def _of_no_catalogue() -> str:
    """Where nothing is sold, each line with a product is a mistake for the same reason."""
    if Product.objects.exists():
        return ""
    return " The catalogue is empty: write its products and prices in the admin first."


def _said(imported: Imported, *, checked: bool) -> str:
    stand = imported.accounts - imported.added
    if checked:
        return f"No mistakes. {imported.added} accounts would be added, {stand} stand already."
    return f"{imported.added} accounts added, {stand} stood already."
