"""The documents that state numbers are true."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md"))


@pytest.mark.parametrize("name", ["billing-rules.md"])
def test_the_examples_of_a_document_give_what_it_says(name: str) -> None:  # PRICE-1 PRICE-9
    failed, tried = doctest.testfile(
        str(ROOT / "docs" / name), module_relative=False, optionflags=doctest.REPORT_NDIFF
    )

    assert tried > 0
    assert failed == 0


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_links_of_a_document_lead_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\(([^)#:]+)\)", document.read_text(encoding="utf-8"))

    missing = [target for target in targets if not (document.parent / target).exists()]

    assert missing == []


def test_each_decision_has_a_number_of_its_own() -> None:
    named = [path.name[:4] for path in sorted((ROOT / "docs" / "decisions").glob("0*.md"))]
    told = [
        path.read_text(encoding="utf-8").partition(". ")[0]
        for path in sorted((ROOT / "docs" / "decisions").glob("0*.md"))
    ]

    assert len(named) == len(set(named))
    assert told == [f"# {int(number)}" for number in named]
