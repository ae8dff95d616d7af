"""A story of `simulate` as the examples of the documents read it."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import call_command

ROOT = Path(__file__).resolve().parent.parent


def story(path: str) -> dict[str, dict[str, Any]]:
    """The invoices that `simulate` prints for a file of the project, by date."""
    printed = StringIO()
    call_command("simulate", str(ROOT / path), "--format", "json", stdout=printed)
    return {invoice["date"]: invoice for invoice in json.loads(printed.getvalue())["invoices"]}


def lines_of(told: dict[str, dict[str, Any]], day: str) -> list[str]:
    """The lines of that day's invoice, each as it multiplies out."""
    return [_in_words(line) for line in told[day]["lines"]]


def _in_words(line: dict[str, Any]) -> str:
    factors = [line["quantity"], line.get("unit_amount"), line.get("share")]
    product = " x ".join(factor for factor in factors if factor)
    return f"{line['product']} {line['kind']} {product} = {line['amount']}"
