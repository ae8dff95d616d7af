"""Finding text whatever its case, also where a letter has an accent, on both databases."""

from __future__ import annotations

import re
from typing import Final

from django.db.models import Q

LONGEST: Final = 150


def typed(text: str) -> str:
    """What somebody looks for, as it can be asked: PostgreSQL takes no text with NUL in it."""
    return " ".join(text.replace("\0", "").split())[:LONGEST]


def contains(field: str, text: str) -> Q:
    """Rows whose field contains this text, in any case: "šimon" finds "Šimon".

    SQLite's own LIKE knows the cases of A to Z alone; its REGEXP is Python's here.
    """
    return Q(**{f"{field}__iregex": re.escape(text)})
