"""Several e-mail addresses written in one box: read, checked, and stored in two columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accounts.models import Account

# What the second column holds: the first address has one of its own.
_MORE: Any = Account._meta.get_field("more_emails")
_ONE: Any = Account._meta.get_field("email")
MORE_LENGTH: Final[int] = _MORE.max_length
_APART: Final = re.compile(r"[\s,;]+")
_BETWEEN: Final = ", "


def written_addresses(text: str) -> tuple[str, ...]:
    """The addresses of a text, one per line or parted by commas, each once, in their order.

    ValueError with the first one that cannot be an address.
    """
    found: dict[str, str] = {}
    for address in filter(None, _APART.split(text)):
        try:
            validate_email(address)
        except ValidationError:
            raise ValueError(address) from None
        if len(address) > _ONE.max_length:
            raise ValueError(address)
        found.setdefault(address.casefold(), address)
    return tuple(found.values())


def too_many(addresses: Sequence[str]) -> bool:
    """Whether there is no room for all of them."""
    return len(further(addresses)) > MORE_LENGTH


def further(addresses: Sequence[str]) -> str:
    """All but the first, as they are stored."""
    return _BETWEEN.join(addresses[1:])
