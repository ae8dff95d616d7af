"""The nouns of accounts."""

from accounts.models.account import Account
from accounts.models.letters import Letter
from accounts.models.members import Member, MemberEvent
from accounts.models.users import User

__all__ = ["Account", "Letter", "Member", "MemberEvent", "User"]
