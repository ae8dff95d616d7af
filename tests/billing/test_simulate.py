"""The command `simulate`: what it prints, and where it says that a file tells no story."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.concurrency.processes import ran

ROOT = Path(__file__).resolve().parents[2]
PRICE = {"model": "per_unit", "amount": "19.00", "timing": "advance", "basis": "set"}
STORY = {
    "account": {"time_zone": "Europe/Prague", "currency": "EUR", "country": "CZ"},
    "seller": {"country": "CZ", "tax_rates": {"CZ": "21"}},
    "cycle": {"start": "2026-01-31", "interval": "month"},
    "catalogue": {"seat": {"price": PRICE}},
    "events": [{"at": "2026-01-31", "product": "seat", "quantity": 3}],
    "preview": {"at": "2026-02-20", "changes": [{"product": "seat", "quantity": 2}]},
    "until": "2026-02-01",
}


# Where no database answers; the settings of the tests would name one that does.
NOWHERE = {
    **os.environ,
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nowhere",
    "DJANGO_SETTINGS_MODULE": "config.settings",
}


def simulate(*arguments: str, story: object = None) -> subprocess.CompletedProcess[str]:
    """The command as a process of its own."""
    told = story if isinstance(story, str) else json.dumps(story)
    return ran("manage.py", "simulate", *arguments, environment=NOWHERE, told=told)


def test_a_story_is_told_as_json_without_a_database() -> None:
    """Nor does its start, or what it loads, ask for one."""
    told = subprocess.run(
        [sys.executable, "manage.py", "simulate", "-"],
        cwd=ROOT,
        env=NOWHERE,
        input=json.dumps(STORY),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    invoices = json.loads(told.stdout)["invoices"]
    assert (told.returncode, told.stderr) == (0, "")
    assert [(invoice["date"], invoice["total"]) for invoice in invoices] == [
        ("2026-01-31", "68.97")
    ]


def test_a_story_is_told_to_people() -> None:  # PRICE-10
    told = simulate("-", "--format", "text", story=STORY)

    assert told.returncode == 0
    assert "3 x 19.00  57.00  because of events[0]" in told.stdout
    assert "Total 68.97 EUR" in told.stdout
    assert "Not saved until 2026-02-28: 5.43 EUR for 1 of seat" in told.stdout


def test_mistakes_go_to_standard_error_one_a_line(tmp_path: Path) -> None:
    file = tmp_path / "story.json"
    file.write_text(json.dumps(STORY | {"until": "soon", "events": 5}), encoding="utf-8")

    told = simulate(str(file))

    assert (told.returncode, told.stdout) == (2, "")
    assert [line.split(":")[0] for line in told.stderr.splitlines()] == ["until", "events"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(None, "cannot be read", id="no file"),
        pytest.param(b"\xff\xfe", "is not UTF-8 at byte 0", id="no text"),
        pytest.param(b"{", "invalid JSON at line 1, column 2", id="no JSON"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_mistake(
    tmp_path: Path, content: bytes | None, said: str
) -> None:
    file = tmp_path / "story.json"
    if content is not None:
        file.write_bytes(content)

    told = simulate(str(file))

    assert (told.returncode, told.stdout) == (2, "")
    assert said in told.stderr
    assert len(told.stderr.splitlines()) == 1


def test_a_format_that_does_not_exist_is_refused() -> None:
    told = simulate("-", "--format", "xml", story=STORY)

    assert (told.returncode, told.stdout) == (2, "")
