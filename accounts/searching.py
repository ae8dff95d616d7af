"""Finding text whatever its case, also where a letter has an accent, on both databases."""

from __future__ import annotations

import re

from django.db.models import Q


def contains(field: str, text: str) -> Q:
    """Rows whose field contains this text, in any case: "šimon" finds "Šimon".

    SQLite's own LIKE knows the cases of A to Z alone; its REGEXP is Python's here.
    """
    return Q(**{f"{field}__iregex": re.escape(text)})
