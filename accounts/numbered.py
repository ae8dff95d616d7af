"""Long statements for PostgreSQL, whose parameters are numbered once: $1, $2.

The driver takes a statement of more than 4,096 characters apart each time that it is sent, to
number what Django writes as %s. That takes longer than it takes the server to answer most of them.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import count
from typing import Any

from psycopg import RawCursor


class NumberedCursor(RawCursor[Any]):
    """Sends a statement of Django's; what the server has planned for it is kept for the next."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> NumberedCursor:
        super().execute(_numbered(query), params, **options)
        return self


@lru_cache(maxsize=1024)
def _numbered(sql: str) -> str:
    """The statement as the server reads it: of %% there one % is left."""
    numbers = count(1)
    return re.sub("%[s%]", lambda sign: "%" if sign[0] == "%%" else f"${next(numbers)}", sql)
