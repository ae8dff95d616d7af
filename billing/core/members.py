"""Members: who is counted where billable members are charged."""

from __future__ import annotations

from enum import StrEnum


class MemberStatus(StrEnum):
    """Where a member stands in an account."""

    INVITED = "invited"
    AWAITING_APPROVAL = "awaiting_approval"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    DELETED = "deleted"


def is_billable(status: MemberStatus, *, bot: bool = False, billing_role: bool = False) -> bool:
    """Whether a member is charged: an active person, never a bot or the billing role. PRICE-3."""
    return status is MemberStatus.ACTIVE and not bot and not billing_role
