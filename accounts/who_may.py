"""Who has a right in an account, in words for a person who lacks it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import access
from accounts.access import Standing
from accounts.models import Account, Member
from accounts.rights import Right

MOST_NAMED: Final = 3


def can_change(account: Account, right: Right) -> str:
    """Whom to ask: "Jana Nováková (primary account admin) and Ben can change this."

    An account without anybody who has the right is managed by its parent (decision 23).
    """
    people = access.holders(account, right, most=MOST_NAMED)
    if people:
        # One sentence for one person and for several: "can" has no forms in English.
        words = ngettext("%(people)s can change this.", "%(people)s can change this.", len(people))
        return words % {"people": together([called(one) for one in people])}
    if account.role == Account.Role.WORKSPACE:
        # It learns nothing of its agency, its name included (AGY-3).
        return _("The people of your agency can change this.")
    if account.parent is not None:
        return _("The people of %(parent)s can change this.") % {"parent": account.parent}
    return _("Nobody in this account can change this. Ask support.")


def told_as(here: Standing) -> str:
    """Who did it, for the people of the account; empty for somebody of a workspace's agency.

    They learn nothing of it (AGY-3).
    """
    hidden = here.through is not None and here.account.role == Account.Role.WORKSPACE
    return "" if hidden else here.by.name


def called(member: Member) -> str:
    """The member's name, and that they are the primary account admin."""
    if member.primary_admin:
        return _("%(name)s (primary account admin)") % {"name": member.name}
    return member.name


def together(names: Sequence[str], *, more: int = 0) -> str:
    """Names in a row: "Ann", "Ann and Ben", "Ann, Ben and 3 more"."""
    *first, last = names
    if more:
        words = ngettext("%(names)s and %(more)s more", "%(names)s and %(more)s more", more)
        return words % {"names": ", ".join(names), "more": more}
    if not first:
        return last
    return _("%(names)s and %(last)s") % {"names": ", ".join(first), "last": last}
