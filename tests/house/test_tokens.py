"""Every form of ours can be sent: where a template is drawn by itself, it is handed the token.

A template that is included with nothing but what is named to it knows no token, and draws a form
that is always refused. Django's test client asks for none, so a journey without a browser does not
notice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from django.conf import settings

_ROOT: Final = Path(settings.BASE_DIR) / "templates"
_INCLUDE: Final = re.compile(r'{%\s*include "(?P<name>[^"]+)"(?P<rest>[^%]*)%}')
_TOKEN: Final = re.compile(r"{%\s*csrf_token\s*%}")


def templates() -> dict[str, str]:
    return {str(one.relative_to(_ROOT)): one.read_text() for one in _ROOT.rglob("*.html")}


def included(text: str) -> Iterator[tuple[str, str]]:
    for found in _INCLUDE.finditer(text):
        yield found["name"], found["rest"].strip()


def wants_token(name: str, sources: dict[str, str]) -> bool:
    """Whether a template draws a token, or one does that it includes with all that it knows."""
    text = sources.get(name, "")
    inner = (one for one, rest in included(text) if not rest.endswith("only"))
    return bool(_TOKEN.search(text)) or any(wants_token(one, sources) for one in inner)


def test_a_form_that_is_included_by_itself_is_handed_the_token():
    sources = templates()
    assert len(sources) > 100

    without = [
        f"{name}: {one}"
        for name, text in sources.items()
        for one, rest in included(text)
        if rest.endswith("only") and "csrf_token=" not in rest and wants_token(one, sources)
    ]

    assert sorted(without) == []
