"""The nouns of accounts."""

from accounts.models.accesses import Access, AccountGroupPermission
from accounts.models.account import Account
from accounts.models.account_events import AccountEvent
from accounts.models.api_keys import ApiKey
from accounts.models.inbox import InboxMessage, NotificationChoice
from accounts.models.invitations import HandOver, Invitation
from accounts.models.letters import Letter
from accounts.models.members import Member, MemberEvent
from accounts.models.users import User
from accounts.models.visits import SupportVisit

__all__ = [
    "Access",
    "Account",
    "AccountEvent",
    "AccountGroupPermission",
    "ApiKey",
    "HandOver",
    "InboxMessage",
    "Invitation",
    "Letter",
    "Member",
    "MemberEvent",
    "NotificationChoice",
    "SupportVisit",
    "User",
]
