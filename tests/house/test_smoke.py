"""What a run on SQLite collects: the pages, opened in a browser, and nothing that others judge."""

import os
import subprocess
import sys

import pytest


def collected(path: str) -> int:
    """How many tests of this file a run of `make test` on SQLite has."""
    names = {"TEST_DATABASE_URL": "", "TEST_REDIS_URL": "", "HYPOTHESIS_PROFILE": "default"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--only=database", "--co", path],
        env={**os.environ, **names},
        capture_output=True,
        text=True,
        check=False,
    )
    # 5 is what it says where there are none.
    assert done.returncode in (0, 5), done.stdout + done.stderr
    return sum(line.startswith(path) for line in done.stdout.splitlines())


@pytest.mark.parametrize(
    ("path", "least", "most"),
    [("tests/browser/test_pages.py", 100, 200), ("tests/billing/test_overview_pages.py", 0, 0)],
)
def test_a_browser_opens_on_sqlite_the_pages_that_clients_ask_for_on_postgresql(path, least, most):
    assert least <= collected(path) <= most
