"""The one hand that writes the log of deeds in an account: who did what, from what to what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accounts.models import AccountEvent, Member, SupportVisit, User

_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Doer:
    """Who does something: a person, and the visit in which support does it for a customer.

    ``program`` is what does it where nobody is there, as the log shall name it.
    """

    person: User | None
    visit: SupportVisit | None = None
    program: str = ""

    @property
    def name(self) -> str:
        """As the log keeps it: of a visit also for whom."""
        if self.person is None:
            return self.program
        if self.visit is None:
            return str(self.person)
        return f"{self.person} ({self.visit.member.name})"


NOBODY = Doer(person=None)


def write(
    *,
    account_id: int,
    kind: AccountEvent.Kind,
    at: datetime,
    by: Doer,
    member: Member | None = None,
    about: str = "",
    was: str = "",
    becomes: str = "",
    reason: str = "",
) -> AccountEvent:
    """Append one deed; belongs into the transaction that does it.

    ``was`` and ``becomes`` are words for people, cut at 500 characters.
    """
    return AccountEvent.objects.create(
        account_id=account_id,
        member=member,
        kind=kind,
        at=at,
        about=about[:200],
        was=was[:_LENGTH],
        becomes=becomes[:_LENGTH],
        actor=by.person,
        actor_name=by.name[:150],
        visit=by.visit,
        reason=reason[:200],
    )


def write_about(
    member: Member,
    *,
    kind: AccountEvent.Kind,
    at: datetime,
    by: Doer,
    was: str = "",
    becomes: str = "",
    reason: str = "",
) -> AccountEvent:
    """Append one deed about a member of the account."""
    return write(
        account_id=member.account_id,
        member=member,
        kind=kind,
        about=member.name,
        was=was,
        becomes=becomes,
        reason=reason,
        at=at,
        by=by,
    )
