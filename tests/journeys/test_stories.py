"""Every story that `simulate` tells, lived through the database gives the same invoices."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from billing.auditing import audit
from tests.journeys.telling import Teller, expected

DEFAULT = Path(__file__).parents[1] / "core" / "scenarios"
FOLDER = Path(os.environ.get("SCENARIOS", DEFAULT))
STORIES: list[dict[str, Any]] = [
    story for path in sorted(FOLDER.glob("*.json")) for story in json.loads(path.read_text())
]

pytestmark = pytest.mark.django_db


def test_there_are_stories():
    assert STORIES, f"no story in {FOLDER}"


@pytest.mark.once  # every eighth is told to SQLite, too, below
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story["id"])
def test_a_story_told_to_the_database_gives_the_same_invoices(story):
    teller = Teller(story["scenario"])

    teller.tell()

    assert teller.invoices() == expected(story["expected"]["invoices"])
    assert [str(finding) for finding in audit()] == []


@pytest.mark.parametrize("story", STORIES[::8], ids=lambda story: story["id"])
def test_a_run_that_comes_months_late_writes_the_same_invoices(story):  # JOBS-1
    teller = Teller(story["scenario"])

    teller.tell(prompt=False)

    assert teller.invoices() == expected(story["expected"]["invoices"])
    assert [str(finding) for finding in audit()] == []
