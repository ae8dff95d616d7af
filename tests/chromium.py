"""Chromium for the tests in a browser: the one that `CHROMIUM` names, or the one of the system.

`python -m tests.chromium` installs it where it is missing (apt-get, when root), or says what to
install. A test only looks for it: a missing browser fails the test, it never skips it.
"""

import os
import shutil
import sys
from typing import Any

from tests import packages

MISSING = "No chromium is installed, and the pages are tested in it."
INSTEAD = "name one: CHROMIUM=/path/to/chromium"


def find() -> str | None:
    """Where it is. One that is named and does not exist is a mistake, not a wish."""
    named = os.environ.get("CHROMIUM")
    found = shutil.which(named or "chromium")
    if named and not found:
        packages.give_up(f"CHROMIUM is {named!r}, and there is no program of that name.")
    return found


def launch_options() -> dict[str, Any]:
    """How Playwright starts it: without a screen, and without asking anybody on the network."""
    found = find()
    if found is None:
        packages.give_up(f"{MISSING} Run: python -m tests.chromium, or {INSTEAD}")
    return {"executable_path": found, "args": ["--disable-gpu", "--disable-quic"]}


def main() -> int:
    if find() is None:
        # Without a font there are no letters, and letters are what pages are made of.
        packages.install("chromium", "fonts-liberation", missing=MISSING, instead=INSTEAD)
    return 0 if find() else packages.give_up("chromium was installed, but cannot be found.")


if __name__ == "__main__":
    sys.exit(main())
