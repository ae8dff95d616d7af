"""What is said beside a field that was left empty or filled in wrongly."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise


def chosen_of(words: Promise | str) -> dict[str, Any]:
    """The messages of a field in which one of what is listed has to be chosen. ALL-4."""
    return {"required": words, "invalid_choice": words}


def number_of(words: Promise | str) -> dict[str, Any]:
    """The messages of a field in which a number has to be written. ALL-4."""
    return dict.fromkeys(("required", "invalid", "min_value", "max_value"), words)
