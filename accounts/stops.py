"""One full stop behind a name that ends in one: You have left Studio Lumen s.r.o."""

from __future__ import annotations

import re
from typing import Final

# Two, and neither three, nor within a number, a path or an address.
_TWO: Final = re.compile(r"(?<![./])\.\.(?![./\w])")


def one_stop(text: str) -> str:
    """A sentence as it is written where a name with a stop of its own stands at its end."""
    return _TWO.sub(".", text) if ".." in text else text
