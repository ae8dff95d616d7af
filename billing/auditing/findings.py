"""What an audit finds: where it is, what is stored, and what was expected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

Rows = TypeVar("Rows", bound=Model)

PAGE = 500


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference. ``account_id`` is None for what concerns nobody alone."""

    account_id: int | None
    about: str
    message: str

    def __str__(self) -> str:
        whose = "" if self.account_id is None else f"account {self.account_id}, "
        return f"{whose}{self.about}: {self.message}"


def differs(stored: Any, expected: Any) -> str:
    return f"stored {stored}, expected {expected}"


def pages(rows: QuerySet[Rows]) -> Iterator[list[int]]:
    """The keys of these rows, page by page."""
    last = 0
    while True:
        keys = list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:PAGE])
        if not keys:
            return
        yield keys
        last = keys[-1]
