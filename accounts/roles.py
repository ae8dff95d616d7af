"""The roles of the vendor's staff, and what a page of the desk declares for them. STAFF-4."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

# Groups of customers' Accesses stand in the same table; a prefix keeps the two apart.
_GROUP_PREFIX: Final = "Staff: "


class Role(StrEnum):
    """What a person of the vendor works at. STAFF-4."""

    SUPPORT = "support"
    BILLING = "billing"
    CATALOGUE = "catalogue"
    READ_ONLY = "read-only"

    @property
    def group_name(self) -> str:
        return f"{_GROUP_PREFIX}{self.value}"


EVERYBODY: Final = frozenset(Role)
NOBODY: Final[frozenset[Role]] = frozenset()


@dataclass(frozen=True, slots=True)
class Staff:
    """Which roles may do what with the rows of one model; superusers may do everything.

    Who may add, change or delete may also view.
    """

    view: frozenset[Role] = NOBODY
    add: frozenset[Role] = NOBODY
    change: frozenset[Role] = NOBODY
    delete: frozenset[Role] = NOBODY

    def may(self, action: str, role: Role) -> bool:
        """Whether `role` may `action`: view, add, change or delete."""
        if action == "view":
            return role in self.view | self.add | self.change | self.delete
        allowed: frozenset[Role] = getattr(self, action)
        return role in allowed
