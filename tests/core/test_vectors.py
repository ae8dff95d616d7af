"""Acceptance vectors: published cases of other systems, asked of the core one by one."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tests.core.vector_adapter import agrees, answer

FOLDER = Path(os.environ.get("VECTORS") or Path(__file__).parent / "vectors")


def cases() -> list[Any]:
    return [
        pytest.param(case, id=f"{file.stem}:{case['id']}")
        for file in sorted(FOLDER.glob("*.json"))
        for case in json.loads(file.read_text(encoding="utf-8"))
    ]


def in_order(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """An answer with its tax rates sorted: sources list them in orders of their own."""
    if "tax_subtotals" not in answer:
        return answer
    rates = sorted(answer["tax_subtotals"], key=lambda tax: (tax["tax_category"], _rate(tax)))
    return {**answer, "tax_subtotals": rates}


def _rate(tax: Mapping[str, Any]) -> Decimal:
    return Decimal(tax["tax_rate"] or 0)


@pytest.mark.parametrize("case", cases())
def test_the_core_gives_the_published_answer(case: Mapping[str, Any]) -> None:
    said = answer(case["inputs"])

    assert agrees(in_order(said), in_order(case["expected"])), (said, case["expected"])


def test_there_are_vectors_to_prove() -> None:
    assert any(FOLDER.glob("*.json")), f"{FOLDER} holds no vectors: VECTORS names the wrong folder"


def test_an_unknown_question_fails() -> None:
    with pytest.raises(KeyError):
        answer({"op": "a question that nobody knows"})


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"amount": Decimal("5.01")}, {"amount": "5.00"}),
        ({"amount": Decimal("5.00")}, {"amount": "5.00", "total": "5.00"}),
        ({"amount": Fraction(1, 3)}, {"amount": "0.33"}),
        ({"due": [True]}, {"due": [True, False]}),
        ({"due": [1]}, {"due": [True]}),
        ({"cycles": Decimal(1)}, {"error": "invalid_date_sequence"}),
    ],
)
def test_a_wrong_answer_does_not_pass(said: Mapping[str, Any], expected: dict[str, Any]) -> None:
    assert not agrees(said, expected)
