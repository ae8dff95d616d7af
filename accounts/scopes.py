"""What a program may do with an API key: its scopes. API-4."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Scope(StrEnum):
    """One thing that a key lets a program do in the accounts that it sees."""

    ENTITLEMENTS_READ = "entitlements:read"
    USAGE_WRITE = "usage:write"
    MEMBERS_READ = "members:read"
    MEMBERS_WRITE = "members:write"
    CONTACTS_WRITE = "contacts:write"


SAID: Final[dict[Scope, Promise]] = {
    Scope.ENTITLEMENTS_READ: _("Ask what the account and its members may use"),
    Scope.USAGE_WRITE: _("Report use, which may be charged"),
    Scope.MEMBERS_READ: _("Read members, with names and e-mail addresses"),
    Scope.MEMBERS_WRITE: _("Add, change and suspend members, which may be charged"),
    Scope.CONTACTS_WRITE: _("Add and remove contacts"),
}


def written(scopes: Iterable[str]) -> str:
    """These scopes as they are stored: in their own order, parted by spaces.

    ValueError for what is no scope.
    """
    wanted = {Scope(one) for one in scopes}
    return " ".join(scope for scope in Scope if scope in wanted)


def read(stored: str) -> frozenset[Scope]:
    """The scopes that are written there; words that are none any more are passed over."""
    known = set(Scope)
    return frozenset(Scope(word) for word in stored.split() if word in known)
