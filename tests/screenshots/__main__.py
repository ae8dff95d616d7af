"""`python -m tests.screenshots`: pictures of the main pages for `docs/`, taken of the demo.

`make screenshots` calls it. Names ask for some pictures alone: `python -m tests.screenshots team`.
The day is always the same one, so a picture changes when its page does.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from tempfile import TemporaryDirectory

import django
import time_machine
from django.core.management import call_command

MOMENT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def main() -> None:
    with demo():
        # The list names models, so it can be read once Django is ready.
        from tests.screenshots.taking import take

        for path in take(sys.argv[1:]):
            print(f"{path}  {path.stat().st_size / 1000:.0f} kB")


@contextmanager
def demo() -> Iterator[None]:
    """The demo at that moment, in a database of its own that goes away again."""
    with TemporaryDirectory(prefix="seatledger-screenshots-") as var:
        # What a shell says about another site must not reach this one.
        for name in ("DATABASE_URL", "REDIS_URL", "DEBUG", "SITE_URL", "TIME_ZONE"):
            os.environ.pop(name, None)
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "EMAIL_URL": "memorymail://",
            "LOG_LEVEL": "ERROR",
            "VAR_DIR": var,
        }
        django.setup()
        with time_machine.travel(MOMENT):
            call_command("migrate", verbosity=0)
            with open(os.devnull, "w") as nowhere:
                call_command("demo", stdout=nowhere, stderr=nowhere)
            yield


if __name__ == "__main__":
    main()
