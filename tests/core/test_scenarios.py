"""The stories: each scenario of the folder leads to the invoices that stand beside it."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from billing.core.scenario_answer import answer
from billing.core.scenario_reading import read
from billing.core.scenario_telling import tell

FOLDER = Path(os.environ.get("SCENARIOS") or Path(__file__).parent / "scenarios")
STORIES: list[dict[str, Any]] = [
    story for file in sorted(FOLDER.glob("*.json")) for story in json.loads(file.read_text("utf-8"))
]


def test_the_folder_has_stories() -> None:
    assert STORIES, f"no story in {FOLDER}: name a folder of JSON files in SCENARIOS"


@pytest.mark.parametrize("story", [pytest.param(story, id=story["id"]) for story in STORIES])
def test_a_story_is_billed_line_by_line(story: dict[str, Any]) -> None:  # PRICE-1 PRICE-9 PRICE-10
    scenario = read(json.dumps(story["scenario"]))

    told = answer(tell(scenario))

    assert told == story["expected"]
