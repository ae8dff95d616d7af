"""What people who did something in an account are called for who reads of it.

A workspace learns nothing of its agency, so its people read no name of somebody there (AGY-3).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.access import Standing
from accounts.models import Account, AccountEvent, Member, User


@dataclass(frozen=True, slots=True)
class Names:
    """Names as one reader may know them; ``of_agency`` are the people (by id) whom they may not."""

    hides: bool
    of_agency: frozenset[int]

    def knows(self, person: User | None) -> bool:
        """Whether the reader may know that it was this person."""
        return person is not None and person.pk not in self.of_agency

    def of(self, person: User | None) -> str:
        """The person's name, or that they are of the agency; empty for nobody."""
        if person is None:
            return ""
        return str(person) if self.knows(person) else your_agency()

    def of_deed(self, deed: AccountEvent) -> str:
        """Who did it, as the log names them, with the one in whose place support did."""
        as_agency = deed.visit is not None and deed.visit.account_id != deed.account_id
        if deed.actor_id in self.of_agency or (self.hides and as_agency):
            return your_agency()
        return deed.actor_name


def names_for(here: Standing, people: Iterable[User | None]) -> Names:
    """What these people are called for who stands here. A query where names may be hidden."""
    hides = here.account.role == Account.Role.WORKSPACE and here.through is None
    hidden = people_of_agency(here.account, people) if hides else frozenset()
    return Names(hides, hidden)


def people_of_agency(account: Account, people: Iterable[User | None]) -> frozenset[int]:
    """The ids of those who are of a workspace's agency; who is in the workspace is known there."""
    if account.role != Account.Role.WORKSPACE:
        return frozenset()
    ids = {one.pk for one in people if one is not None}
    known = Member.objects.filter(account=account, user__isnull=False).values("user")
    above = Member.objects.filter(account=account.parent_id, user__in=ids)
    return frozenset(above.exclude(user__in=known).values_list("user_id", flat=True))


def your_agency() -> str:
    """Who did it, for the people of a workspace."""
    return _("Your agency")
