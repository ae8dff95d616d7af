"""The command `import_payments`: a bank's CSV file is taken in, and its lines are matched."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from billing import bank_import
from billing.bank_file import FileMistakes


class Command(BaseCommand):
    help = (
        "Take in a bank's CSV file, as docs/bank-import.md describes it: all of its lines, or none "
        "and every mistake is named. A line that was taken in before is left out. What names one "
        "invoice or order and brings its amount is matched, the rest is matched at the desk."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="The CSV file.")
        parser.add_argument(
            "--currency", default="", help="Of all lines, where no column names it."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            content = path.read_bytes()
        except OSError as problem:
            raise CommandError(f"{path} cannot be read: {problem.strerror}.") from None
        try:
            taken = bank_import.take_in(
                content,
                name=path.name,
                by=None,
                clock=timezone.now,
                currency=options["currency"].upper(),
            )
        except FileMistakes as wrong:
            for mistake in wrong.mistakes:
                self.stderr.write(mistake, lambda text: text)
            count = len(wrong.mistakes)
            mistakes = "1 mistake" if count == 1 else f"{count} mistakes"
            raise CommandError(f"{mistakes}: nothing was taken in.") from None
        self.stdout.write(str(taken))
