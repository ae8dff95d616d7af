"""Who stands behind a line, as its reader may know them: names, and the words they gave.

The payer of an invoice reads of accounts that it may not look into: what they pay for is told, who
works there is not. A workspace learns nothing of its agency (AGY-3).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from accounts import access, naming
from accounts.access import Standing
from accounts.models import Account, Member
from accounts.naming import Names
from accounts.rights import Right
from billing.why import Cause, Change, MemberChange, Raised, Why


@dataclass(frozen=True, slots=True)
class People:
    """The people of one line for one reader.

    ``names`` is None for who may not look into the line's account. ``own`` are the people (by id)
    and the names that are members of it; asked for only where others are hidden.
    """

    account: Account
    names: Names | None
    sees_members: bool
    own: frozenset[int | str] = field(default=frozenset())

    def who(self, cause: Cause) -> str:
        """Who did it; empty for what the vendor's product did by itself."""
        if isinstance(cause, Raised):
            return _("Support")
        if not isinstance(cause, Change | MemberChange) or not cause.who:
            return ""
        if self.names is None:
            return _("Somebody of %(account)s") % {"account": self.account.name}
        if not self.names.hides:
            return cause.who
        return self._for_a_workspace(cause)

    def what_member(self, cause: MemberChange) -> str:
        """Whose status it was; no name for who may not see the team."""
        return cause.member if self.sees_members else _("A member")

    def why(self, cause: Cause) -> str:
        """The words that were given for it, for who may know whose they are."""
        if isinstance(cause, Raised):
            return cause.cause
        if not isinstance(cause, Change | MemberChange) or self.names is None:
            return ""
        return "" if self.names.hides and not self._is_own(cause) else cause.cause

    def _is_own(self, cause: Change | MemberChange) -> bool:
        return (cause.actor.pk if cause.actor else cause.who) in self.own

    def _for_a_workspace(self, cause: Change | MemberChange) -> str:
        if self._is_own(cause):
            return str(cause.actor or cause.who)
        if cause.actor is not None and cause.actor.is_staff:
            return _("Support")
        return naming.your_agency()


def people_of(why: Why, *, here: Standing) -> People:
    """The people behind this line for who stands here. A few queries where it is another's line."""
    account = why.account
    there: Standing | None = here
    if account.pk != here.account.pk:
        there = access.standing(here.person, account.pk, visit=here.visit)
    if there is None or not there.may(Right.SEE_BILLING):
        return People(account, None, sees_members=False)
    return people_behind(why.causes, here=there)


def people_behind(causes: Sequence[Cause], *, here: Standing) -> People:
    """The people behind what happened in this account, for who may read of it there."""
    actors = [cause.actor for cause in causes if isinstance(cause, Change | MemberChange)]
    names = naming.names_for(here, actors)
    return People(
        here.account,
        names,
        sees_members=here.may(Right.SEE_TEAM),
        own=_own(here.account, causes) if names.hides else frozenset(),
    )


def _own(account: Account, causes: Iterable[Cause]) -> frozenset[int | str]:
    """Which of those behind these are members of the account, by id and by name."""
    told = [cause for cause in causes if isinstance(cause, Change | MemberChange)]
    members = Member.objects.filter(account=account)
    ids = {cause.actor.pk for cause in told if cause.actor is not None}
    names = {cause.who for cause in told if cause.actor is None}
    found: set[int | str] = set(members.filter(user__in=ids).values_list("user", flat=True))
    return frozenset(found | set(members.filter(name__in=names).values_list("name", flat=True)))
