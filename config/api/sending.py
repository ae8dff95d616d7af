"""Answers that are written as they are sent, without a second pass that checks their shape."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse


def body_of(told: Any) -> bytes:
    """What is sent; values are those that JSON has."""
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def sent(told: Any, *, status: int = 200) -> HttpResponse:
    """The answer to a program."""
    return HttpResponse(body_of(told), content_type="application/json", status=status)
