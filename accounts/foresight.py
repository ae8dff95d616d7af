"""What follows from a deed, shown to its reader and held to: nothing else is done than shown."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from django.utils.translation import gettext as _

from accounts import questions, visits
from accounts.access import Standing
from accounts.questions import Consequence, Planned
from accounts.refusals import ChangeRefused
from accounts.rights import Right


class Overtaken(ChangeRefused):
    """What follows is no longer what its reader was shown."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What follows from a deed; ``subject`` says which deed, about whom."""

    subject: str
    consequences: tuple[Consequence, ...]

    @property
    def costs(self) -> bool:
        """Whether the account pays more because of it."""
        return any(one.costs for one in self.consequences)

    @property
    def amount(self) -> str:
        """What the button says besides: the amount where it costs; else empty."""
        return next((one.amount for one in self.consequences if one.costs and one.amount), "")

    @property
    def seen(self) -> str:
        """What a page gives back, to say that this is what its reader was shown."""
        words = [(one.text, one.amount) for one in self.consequences]
        return sha256(json.dumps([self.subject, words]).encode()).hexdigest()

    def need(self, *, seen: str, here: Standing, reason: str) -> None:
        """`Overtaken` unless this was seen; `ChangeRefused` for support that does not say why."""
        if self.seen != seen:
            raise Overtaken(_("What follows is no longer what was shown. Read it again."))
        visits.need_reason(here, costs=self.costs, reason=reason)


def reads_amounts(here: Standing) -> bool:
    """Whether somebody may read what the account's payer pays for it (RSL-2, AGY-3).

    Where the parent pays those of its people who see its billing, and nobody of the account.
    """
    payer_id = here.account.payer_id
    if payer_id == here.account.pk:
        return True
    above = here.above
    if above is None or above.account.pk != payer_id:
        return False
    return above.may(Right.SEE_BILLING)


def foresee(subject: str, planned: Sequence[Planned]) -> Foreseen:
    """What follows from these changes of status together."""
    found = [one for plan in planned for one in questions.consequences(plan)]
    return Foreseen(subject, tuple(found))
