"""`simulate`: print every invoice that a scenario file leads to, without a database."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from billing.core.scenario import ScenarioMistakes
from billing.core.scenario_answer import answer
from billing.core.scenario_reading import read
from billing.core.scenario_telling import tell
from billing.core.scenario_text import statement

MISTAKEN = 2
STANDARD_INPUT = "-"


class Command(BaseCommand):
    """Exit status 2 and one line per mistake on standard error for a file that tells no story."""

    help = "Print every invoice that a scenario leads to. Uses no database."
    # Nothing of the installation matters to a story, so it is told on any machine.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="a scenario as JSON; - reads stdin")
        parser.add_argument("--format", choices=["json", "text"], default="json")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            story = tell(read(_text(options["file"])))
        except ScenarioMistakes as mistakes:
            for line in mistakes.lines:
                self.stderr.write(line)
            sys.exit(MISTAKEN)
        if options["format"] == "text":
            self.stdout.write(statement(story))
        else:
            self.stdout.write(json.dumps(answer(story), indent=2))


def _text(file: str) -> str:
    """The file's text; what cannot be read is a mistake of its own."""
    try:
        raw = sys.stdin.buffer.read() if file == STANDARD_INPUT else Path(file).read_bytes()
        return raw.decode("utf-8-sig")
    except OSError as wrong:
        raise ScenarioMistakes([f"{file}: cannot be read: {wrong.strerror}"]) from None
    except UnicodeDecodeError as wrong:
        raise ScenarioMistakes([f"{file}: is not UTF-8 at byte {wrong.start}"]) from None
    except ValueError as wrong:
        raise ScenarioMistakes([f"{file!a}: cannot be read: {wrong}"]) from None
