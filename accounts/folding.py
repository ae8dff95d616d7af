"""Letters without their marks, so that "Novak" finds "Nováková" on both databases."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from typing import Any, Final

from django.db.models import CharField, Func

# Latin-1, Latin Extended-A, and Romanian: what names of this continent are written with.
_LETTERS: Final = (*map(chr, range(0xC0, 0x180)), "Ș", "ș", "Ț", "ț")
# They have a stroke or no dot, which Unicode counts as part of the letter.
_STRUCK: Final = {"ø": "o", "đ": "d", "ħ": "h", "ł": "l", "ŧ": "t", "ı": "i"}


def _plain(letter: str) -> str:
    """The small letter from a to z that this is with marks; empty where it is none."""
    small = letter.lower()[0]
    base = _STRUCK.get(small) or unicodedata.normalize("NFD", small)[0]
    return base if base.isascii() and base.isalpha() else ""


_PLAIN: Final = {letter: base for letter in _LETTERS if (base := _plain(letter))}


def _alike() -> dict[str, str]:
    found: defaultdict[str, str] = defaultdict(str)
    for letter, base in _PLAIN.items():
        found[base] += letter
    return dict(found)


_ALIKE: Final = _alike()


def alike(sign: str) -> str:
    """All signs that are the same letter as this one but for case and marks, itself first."""
    small = sign.lower()
    base = _PLAIN.get(sign, small)
    if base not in _ALIKE:
        return sign
    return base + base.upper() + _ALIKE[base]


class Folded(Func):
    """Text in small letters without marks: "Nováková" is "novakova".

    Lower case beyond those letters is the database's own. SQLite has no function that takes marks
    off and no parser for two hundred replacements, so there it is lower case alone.
    """

    function = "LOWER"
    output_field = CharField()
    arity = 1

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, Any]:
        marked, plain = "".join(_PLAIN), "".join(_PLAIN.values())
        template = f"TRANSLATE(LOWER(%(expressions)s), '{marked}', '{plain}')"
        return self.as_sql(compiler, connection, template=template, **context)
