"""The command `translations`: compiles the catalogues, or first collects what is to translate."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from accounts import translations


class Command(BaseCommand):
    help = "Compile the translations; with --collect, first write what the sources say into them."
    # Messages are compiled before anything else of the site is there.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--collect",
            action="store_true",
            help="write every text of the sources into the catalogues (*.po), to be translated",
        )

    def handle(self, *, collect: bool, **_: Any) -> None:
        if collect:
            for path in translations.collect():
                self.stdout.write(f"Collected into {path}")
        for path in translations.compile_all():
            self.stdout.write(f"Compiled {path}")
