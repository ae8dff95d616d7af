"""Chromium for the tests in a browser: the one that `CHROMIUM` names, or one of the system.

Two are installed: the browser, in which `make proof` opens the pages, and the same without an
interface of its own (Debian calls it the headless shell), which opens one in a third of the time
and serves every other test; where only one is there, it serves all. `python -m tests.chromium`
installs them (apt-get, when root), or says what to install. A test only looks for them: a missing
browser fails the test, it never skips it.
"""

import os
import shutil
import sys
from typing import Any

from tests import packages

BROWSER = "chromium"
SHELL = "chromium-headless-shell"
# Without a font there are no letters, and letters are what pages are made of.
FONTS = "fonts-liberation"
MISSING = "No chromium is installed, and the pages are tested in it."
INSTEAD = "name one: CHROMIUM=/path/to/chromium"


def find() -> str | None:
    """Where it is. One that is named and does not exist is a mistake, not a wish."""
    named = os.environ.get("CHROMIUM")
    if not named:
        return shutil.which(SHELL) or shutil.which(BROWSER)
    found = shutil.which(named)
    if not found:
        packages.give_up(f"CHROMIUM is {named!r}, and there is no program of that name.")
    return found


def launch_options() -> dict[str, Any]:
    """How Playwright starts it: without a screen, and without asking anybody on the network."""
    found = find()
    if found is None:
        packages.give_up(f"{MISSING} Run: python -m tests.chromium, or {INSTEAD}")
    return {"executable_path": found, "args": ["--disable-gpu", "--disable-quic"]}


def main() -> int:
    named = bool(os.environ.get("CHROMIUM"))
    complete = named or all(map(shutil.which, (BROWSER, SHELL)))
    if find() is None or (not complete and packages.may_install()):
        packages.install(BROWSER, SHELL, FONTS, missing=MISSING, instead=INSTEAD)
    return 0 if find() else packages.give_up("chromium was installed, but cannot be found.")


if __name__ == "__main__":
    sys.exit(main())
