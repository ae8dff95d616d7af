"""Contacts: this file is the one hand that counts them, against the limit of the plan. PLAN-10.

Nothing upgrades by itself near the limit, unless somebody has agreed to it (`auto_upgrades`). At
100 % what a person adds is refused; what comes in by API and forms goes on to 110 %, because nobody
is there to ask.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import F, QuerySet, Sum
from django.utils.translation import get_language, gettext, ngettext

from accounts.deeds import Doer
from billing import auto_upgrade_bell, contact_notices
from billing.core.display import format_number
from billing.limits import LARGEST_QUANTITY
from billing.models import ContactEntry, ContactUse, Item, Product
from billing.objections import Objection, Proposal
from billing.refusals import ChangeRefused

Source = ContactEntry.Source

_WHOLE: Final = 100
# From here on, in percent, the use of a limit stands out.
_WARNS: Final = 90
# How far, in percent of the limit, each source may go.
_REACH: Final = {
    Source.IMPORT: _WHOLE,
    Source.MANUAL: _WHOLE,
    Source.API: 110,
    Source.FORMS: 110,
}


class LimitReached(ChangeRefused):
    """More contacts than the limit lets a source add: nothing was added."""

    def __init__(self, account_id: int, contacts: Contacts, wanted: int, words: str) -> None:
        super().__init__(words)
        self.account_id, self.contacts, self.wanted = account_id, contacts, wanted

    @property
    def needs(self) -> int:
        """How many contacts would be stored, had they fitted."""
        return self.contacts.stored + self.wanted


@dataclass(frozen=True, slots=True)
class Contacts:
    """What an account has stored, of which limit; ``limit`` is 0 where it holds no plan."""

    stored: int
    limit: int

    @property
    def percent(self) -> int:
        """How much of the limit is used, in whole percent, rounded down."""
        return self.stored * _WHOLE // self.limit if self.limit else 0

    @property
    def warns_at(self) -> int:
        """From how many on the use stands out."""
        return self.limit * _WARNS // _WHOLE

    @property
    def left(self) -> int:
        """How many a person may still add."""
        return max(self.limit - self.stored, 0)

    @property
    def left_by_api(self) -> int:
        """How many a program may still add."""
        return max(self.limit * _REACH[Source.API] // _WHOLE - self.stored, 0)


def contacts_of(account_id: int) -> Contacts:
    """What the account has stored and may store. Two queries."""
    return Contacts(stored=stored_by(account_id), limit=limit_of(account_id))


def stored_by(account_id: int) -> int:
    """How many contacts the account has stored."""
    return stored_rows(account_id).first() or 0


def stored_rows(account_id: int) -> QuerySet[ContactUse, int]:
    """The same as rows: one, or none where none was ever stored."""
    found = ContactUse.objects.order_by().filter(account=account_id)
    return found.values_list("stored", flat=True)


def limit_of(account_id: int) -> int:
    """The contact limit: the numbers in force of the plans that the account holds, together."""
    plans = Item.objects.filter(
        subscription__account=account_id, product__kind=Product.Kind.PLAN
    ).order_by()
    return int(plans.aggregate(limit=Sum("quantity"))["limit"] or 0)


def add(
    *, account_id: int, count: int, source: str, at: datetime, by: Doer, note: str = ""
) -> Contacts:
    """Add contacts of this source, all or none; `LimitReached` where they go beyond its reach.

    Two at once never exceed it. Who may buy for the account is told at 50, 75, 90 and 100 %. Where
    somebody has agreed to it, a limit that is used up or was in the way is raised soon after.
    ValueError for less than one, and for a source that adds nothing.
    """
    try:
        return _add(account_id, count, source, at=at, by=by, note=note)
    except LimitReached as refused:
        auto_upgrade_bell.ring(account_id, needs=refused.needs)
        raise


@transaction.atomic
def _add(
    account_id: int, count: int, source: str, *, at: datetime, by: Doer, note: str
) -> Contacts:
    if count < 1 or source not in _REACH:
        raise ValueError(f"{source} cannot add {count} contacts.")
    limit = limit_of(account_id)
    most = limit * _REACH[Source(source)] // _WHOLE
    ContactUse.objects.get_or_create(account_id=account_id)
    fits = ContactUse.objects.filter(account=account_id, stored__lte=most - count)
    if not fits.update(stored=F("stored") + count, entries=F("entries") + 1):
        raise _refused(account_id, count, source)
    use = ContactUse.objects.get(account=account_id)
    return _written(use, step=count, source=source, at=at, by=by, note=note, limit=limit)


@transaction.atomic
def remove(*, account_id: int, count: int, at: datetime, by: Doer, note: str = "") -> Contacts:
    """Take contacts away; `ChangeRefused` for more than there are, ValueError for less than one."""
    if count < 1:
        raise ValueError(f"{count} contacts cannot be removed.")
    there = ContactUse.objects.filter(account=account_id, stored__gte=count)
    if not there.update(stored=F("stored") - count, entries=F("entries") + 1):
        stored = contacts_of(account_id).stored
        words = ngettext(
            "Only %(number)s contact is stored.", "Only %(number)s contacts are stored.", stored
        )
        raise ChangeRefused(words % {"number": stored})
    use = ContactUse.objects.get(account=account_id)
    limit = limit_of(account_id)
    source = Source.REMOVED
    return _written(use, step=-count, source=source, at=at, by=by, note=note, limit=limit)


@transaction.atomic
def count_anew(*, account_id: int, stored: int, at: datetime, by: Doer, note: str) -> Contacts:
    """Write down how many there really are, whatever the limit: a fact is not refused.

    ValueError below zero, and for more than can be sold.
    """
    if not 0 <= stored <= LARGEST_QUANTITY:
        raise ValueError(f"0 to {LARGEST_QUANTITY:,} contacts can be stored, not {stored:,}.")
    ContactUse.objects.get_or_create(account_id=account_id)
    use = ContactUse.objects.select_for_update().get(account=account_id)
    step, use.stored, use.entries = stored - use.stored, stored, use.entries + 1
    use.save(update_fields=["stored", "entries"])
    limit = limit_of(account_id)
    source = Source.COUNTED
    return _written(use, step=step, source=source, at=at, by=by, note=note, limit=limit)


def objections(proposal: Proposal) -> Sequence[Objection]:
    """A contact limit below what is stored is refused, and says how many must go. PLAN-9.

    The setting ``BILLING_CHANGE_RULES`` names it.
    """
    plans = {
        code for code, product in proposal.products.items() if product.kind == Product.Kind.PLAN
    }
    changes = {code: step for code, step in proposal.changes.items() if code in plans}
    lower = [code for code, (was, becomes) in changes.items() if becomes < was]
    # Another plan of the same limit takes nothing away, even from who is above it.
    if sum(becomes - was for was, becomes in changes.values()) >= 0:
        return []
    wanted = sum(number for code, number in proposal.held.items() if code in plans)
    stored = contacts_of(proposal.account.pk).stored
    # Who gives the whole plan up keeps nothing that has to fit.
    if not wanted or stored <= wanted:
        return []
    said = gettext("{stored} contacts are stored. Delete {number} of them first.").format(
        stored=_said(stored), number=_said(stored - wanted)
    )
    return [Objection(lower[0], said)]


def _written(
    use: ContactUse, *, step: int, source: str, at: datetime, by: Doer, note: str, limit: int
) -> Contacts:
    ContactEntry.objects.create(
        account_id=use.account_id,
        sequence=use.entries,
        at=at,
        source=source,
        step=step,
        stored=use.stored,
        actor=by.person,
        actor_name=by.name[:150],
        note=note[:200],
    )
    contact_notices.tell_of(use, limit=limit, at=at)
    if step > 0 and use.stored >= limit:
        auto_upgrade_bell.ring(use.account_id)
    return Contacts(stored=use.stored, limit=limit)


def _refused(account_id: int, count: int, source: str) -> LimitReached:
    contacts = contacts_of(account_id)
    if not contacts.limit:
        words = gettext("Contacts are stored with a plan, and this account holds none.")
    elif _REACH[Source(source)] > _WHOLE:
        words = gettext(
            "{stored} contacts are stored and the limit is {limit}: API and forms go on to 110 % "
            "of it, and {number} more do not fit. Raise the contact limit, or delete contacts."
        )
    else:
        words = gettext(
            "{stored} contacts are stored and the limit is {limit}: {number} more do not fit. "
            "Raise the contact limit, or delete contacts."
        )
    said = words.format(
        stored=_said(contacts.stored), limit=_said(contacts.limit), number=_said(count)
    )
    return LimitReached(account_id, contacts, count, said)


def _said(number: int) -> str:
    return format_number(number, (get_language() or "en").partition("-")[0])
