"""What a tax ID looks like in each country, and how it is written down (ALL-5)."""

from __future__ import annotations

import re
from typing import Final

from stdnum import get_cc_module
from stdnum.exceptions import ValidationError

# In the Union and in Britain it starts with letters of its country; Greece writes EL.
_SAME: Final = "AT BE BG CY CZ DE DK EE ES FI FR GB HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
_PREFIXES: Final = {"GR": "EL"} | {country: country for country in _SAME.split()}
# Greece is GR as a country.
UNION: Final = frozenset({*_SAME.split(), "GR"} - {"GB"})
_FREE: Final = re.compile(r"[0-9A-Z][0-9A-Z ./-]{2,30}[0-9A-Z]")


def prefix_of(country: str) -> str:
    """The letters with which tax IDs of this country begin; empty where they begin with none."""
    return _PREFIXES.get(country, "")


def written_tax_id(number: str, *, country: str) -> str:
    """The tax ID as it is stored: without spaces and dots, in Europe with its country's letters.

    ValueError with what would be right when the number cannot be one of that country: wrong length
    or a wrong check digit. Of a country whose form is not known any 4 to 32 letters and digits do.
    """
    prefix = _PREFIXES.get(country)
    form = get_cc_module(country.lower(), "vat")
    if form is None:
        free = number.strip().upper()
        if not _FREE.fullmatch(free):
            raise ValueError(f"expected 4 to 32 letters and digits, got {number!r}")
        return free
    try:
        compact = str(form.validate(number))
    except ValidationError as problem:
        good = f", for example starting with {prefix}" if prefix else ""
        reason = str(problem).rstrip(".").lower()
        raise ValueError(
            f"{number!r} cannot be a tax ID of {country} ({reason}): "
            f"expected one of that country{good}, or leave it empty"
        ) from None
    bare = compact.upper().removeprefix(prefix or "")
    return f"{prefix or ''}{bare}"
