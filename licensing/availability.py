"""Licences that are free: nobody comes to hold one more than the account owns. LIC-7.

Everything that makes somebody hold a licence asks here first, under the lock of the payer, which
buying and removing licences take, too: so two of them never share the last one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Account, Member
from accounts.questions import Planned
from accounts.refusals import ChangeRefused
from billing.models import Order
from licensing.cards import Licence
from licensing.holding_rules import in_use
from licensing.holdings import used_in, workers
from licensing.owning import owning
from licensing.wording import licence_names


class NoLicenceFree(ChangeRefused):
    """Somebody would hold more than the account owns; ``licences`` says of which types."""

    def __init__(self, licences: Iterable[Licence], words: str) -> None:
        super().__init__(words)
        self.licences = tuple(licences)


@contextmanager
def within_owned(account: Account, people: QuerySet[Member], *, at: datetime) -> Iterator[None]:
    """`NoLicenceFree` where what is done inside lets these people hold more than is free.

    What they hold already they may keep, also beyond what is owned; of an account without the
    Licensing module nothing is held. The transaction around it undoes what was done. Four queries,
    and five more where something is taken.
    """
    was = in_use(workers(list(people.all())))
    yield
    more = in_use(workers(list(people.all()))) - was
    used = used_in(account) - more if more else more
    if beyond := _beyond(account, more, used=used, at=at):
        raise NoLicenceFree(beyond, " ".join(_words(beyond)))


def refusals(planned: Planned) -> list[str]:
    """Why people cannot become active again: their licences have gone to others meanwhile.

    For ``ACCOUNTS_STATUS_RULES``.
    """
    if planned.becomes != Member.Status.ACTIVE:
        return []
    people = workers([one for one in planned.members if not one.bot])
    taken = in_use(replace(one, working=True) for one in people if not one.working)
    return _words(_beyond(planned.account, taken, used=used_in(planned.account), at=planned.at))


def _beyond(
    account: Account, more: Counter[Licence], *, used: Counter[Licence], at: datetime
) -> dict[Licence, tuple[int, int, int]]:
    """Of which types there are not so many more: owned, in use before, and wanted of each."""
    if not more or not account.licensing_enabled:
        return {}
    owned = _staying(account, at)
    return {
        licence: (owned[licence], used[licence], wanted)
        for licence, wanted in more.items()
        if used[licence] + wanted > owned[licence]
    }


def _staying(account: Account, at: datetime) -> dict[Licence, int]:
    """What stays of each type after the next opening, and once an order is settled.

    What is taken away counts as gone: nothing is asked again when it takes hold (decision 17).
    """
    owned = {licence: one.given for licence, one in owning(account, at=at).items()}
    for order in Order.objects.filter(account=account, state__in=Order.UNSETTLED):
        for code, _was, becomes in order.changes:
            if code in set(Licence):
                owned[Licence(code)] = min(owned[Licence(code)], becomes)
    return owned


def _words(beyond: Mapping[Licence, tuple[int, int, int]]) -> list[str]:
    """What is so and what to do, a sentence for each type."""
    if not beyond:
        return []
    names = licence_names()
    return [_word(names[licence], *numbers) for licence, numbers in beyond.items()]


def _word(licence: str, owned: int, used: int, wanted: int) -> str:
    said = {"licence": licence, "owned": owned, "used": used, "more": wanted + used - owned}
    if not owned:
        return _("No %(licence)s licence is owned. Add %(more)s in Licensing.") % said
    in_use_ = ngettext(
        "%(used)s of %(owned)s %(licence)s licence is in use.",
        "%(used)s of %(owned)s %(licence)s licences are in use.",
        owned,
    )
    needed = _("Add %(more)s in Licensing, or release as many first.")
    return f"{in_use_} {needed}" % said
