"""What people may be refused: nothing has happened, and the message says what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied

if TYPE_CHECKING:
    from accounts.models import Account, Member
    from accounts.rights import Right


class ChangeRefused(Exception):
    """A change that cannot be made. The message says what is so, and what to do next."""


class FieldRefused(ChangeRefused):
    """What was given for ``field`` cannot be so: the message stands beside it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class Lacking(PermissionDenied):
    """Somebody of the account lacks a right for what they asked: the page says who has it."""

    def __init__(self, account: Account, right: Right) -> None:
        super().__init__(f"{right} in account {account.pk}")
        self.account, self.right = account, right


class Suspended(PermissionDenied):
    """Somebody suspended asked for a page of their account: they read that, and who can help."""

    def __init__(self, member: Member) -> None:
        super().__init__(f"member {member.pk} is suspended")
        self.member = member
