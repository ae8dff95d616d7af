"""Finding text whatever its case and its accents, on both databases."""

from __future__ import annotations

import re
from typing import Final

from django.db import connection
from django.db.models import Q, Value

from accounts.folding import Folded, alike

LONGEST: Final = 150


def typed(text: str) -> str:
    """What somebody looks for, as it can be asked: PostgreSQL takes no text with NUL in it."""
    return " ".join(text.replace("\0", "").split())[:LONGEST]


def contains(field: str, text: str) -> Q:
    """Rows whose field contains this text, in any case and with any accents: "simon" finds "Šimon".

    SQLite's own LIKE knows the cases of A to Z alone; its REGEXP is Python's here.
    """
    return Q(**{f"{field}__iregex": _pattern(text)})


def begins(text: str) -> Q:
    """Rows whose ``name`` begins with this text, whatever its case and accents.

    PostgreSQL asks the index on ``name_key``; SQLite looks at every name.
    """
    if connection.vendor == "postgresql":
        return Q(name_key__startswith=Folded(Value(text)))
    return Q(name__iregex=f"^{_pattern(text)}")


def _pattern(text: str) -> str:
    return "".join(map(_signs, text))


def _signs(sign: str) -> str:
    """What matches this sign in a regular expression."""
    return f"[{alike(sign)}]" if sign.isalpha() else re.escape(sign)
