"""Text that can be printed: what of people's words may stand on a document."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any, Final

# A name may not turn the direction of the words around it, or hide in them.
_KEPT_FORMATS: Final = frozenset("\u200c\u200d")


def each_text(content: Any, change: Callable[[str], str]) -> Any:
    """The same structure with every text in it changed."""
    if isinstance(content, str):
        return change(content)
    if isinstance(content, dict):
        return {key: each_text(value, change) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [each_text(value, change) for value in content]
    return content


def printable(text: str) -> str:
    """Without control characters and marks of direction; a line's end becomes a space."""
    if text.isprintable():
        return text
    return "".join(_printable_character(character) for character in text)


def _printable_character(character: str) -> str:
    category = unicodedata.category(character)
    if category in {"Zl", "Zp"} or character in "\t\n\r\v\f":
        return " "
    if category in {"Cc", "Cs", "Cn", "Co"}:
        return ""
    if category == "Cf" and character not in _KEPT_FORMATS:
        return ""
    return character
