"""How contacts of the demo come and go: an import first, then forms, then a clean-up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Final

from accounts import access
from accounts.deeds import NOBODY
from accounts.models import Account, Member
from billing import auto_upgrades, contacts
from billing.contacts import LimitReached
from billing.models import ContactEntry
from config.demo.cast import CONTACTS, Part

Source = ContactEntry.Source

# Shares of the first limit in percent: what is imported, what forms bring in a month at most.
_IMPORTED: Final = (35, 55)
_FORMS: Final = 5
# Who has agreed that the limit is raised by itself, and who it was.
_AGREED: Final = ("C-102", "Giulia Conti")
# Every so many months somebody deletes the contacts that never answered.
_CLEANS_UP: Final = 5


@dataclass(frozen=True, slots=True)
class Stores:
    """Contacts that come, or go where ``count`` is below zero; what does not fit does not come."""

    reference: str
    source: str
    count: int
    note: str = ""

    def do(self, at: datetime) -> None:
        account_id = Account.objects.values_list("pk", flat=True).get(reference=self.reference)
        if self.count < 0:
            count = min(-self.count, contacts.contacts_of(account_id).stored)
            if count:
                contacts.remove(
                    account_id=account_id, count=count, at=at, by=NOBODY, note=self.note
                )
            return
        with suppress(LimitReached):
            contacts.add(
                account_id=account_id,
                count=self.count,
                source=self.source,
                at=at,
                by=NOBODY,
                note=self.note,
            )


@dataclass(frozen=True, slots=True)
class Agrees:
    """Somebody agrees that the limit is raised by itself to the next step, at the prices shown."""

    reference: str
    name: str

    def do(self, at: datetime) -> None:
        member = Member.objects.get(account__reference=self.reference, name=self.name)
        here = None if member.user is None else access.standing(member.user, member.account_id)
        offer = auto_upgrades.offer(member.account, at=at)
        if here is not None and offer is not None:
            auto_upgrades.agree(here=here, up_to=offer.stops[0].limit, seen=offer.seen, at=at)


def steps(part: Part, months: list[date], opens: date) -> Iterator[tuple[date, Stores | Agrees]]:
    """What happens on which day to the contacts of an account, if it has a plan for them."""
    limits = [
        number
        for holding in part.holdings
        for code, number in holding.items.items()
        if number in CONTACTS and code.partition("-")[0] in ("marketing", "sales", "bundle")
    ]
    if not limits:
        return
    [limit] = limits
    random = Random(f"contacts {part.reference}")
    begun = False
    for place, month in enumerate(months):
        day = month + timedelta(days=random.randrange(2, 26))
        if day <= opens:
            continue
        if not begun:
            begun = True
            imported = limit * random.randrange(*_IMPORTED) // 100
            yield day, Stores(part.reference, Source.IMPORT, imported, "First import")
        elif place % _CLEANS_UP == 0:
            gone = -(limit * random.randrange(4, 12) // 100)
            yield day, Stores(part.reference, Source.REMOVED, gone, "Never answered")
        else:
            came = max(limit * random.randrange(1, 2 * _FORMS) // 100, 1)
            yield day, Stores(part.reference, Source.FORMS, came)
    if part.reference == _AGREED[0]:
        yield months[-2] + timedelta(days=1), Agrees(*_AGREED)
