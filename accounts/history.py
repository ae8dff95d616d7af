"""What has become of one member: the log of their status and that of all other deeds, in one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from accounts import naming
from accounts.access import Standing
from accounts.models import AccountEvent, Member, MemberEvent

MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened to a member: what, from what to what, when, by whom and why."""

    at: datetime
    what: str
    was: str = ""
    becomes: str = ""
    who: str = ""
    why: str = ""


def history_of(member: Member, *, here: Standing, most: int = MOST) -> list[Entry]:
    """The latest that happened to this member, the newest first, in two queries.

    In a workspace it takes one more to name nobody of the agency to its people.
    """
    moves = MemberEvent.objects.filter(member=member).select_related("actor")
    deeds = AccountEvent.objects.filter(member=member).select_related("actor", "visit")
    moved, done = (
        list(moves.order_by("-sequence")[:most]),
        list(deeds.order_by("-at", "-pk")[:most]),
    )
    names = naming.names_for(here, [event.actor for event in (*moved, *done)])
    found = [_moved(event, names.of(event.actor)) for event in moved]
    found += [_done(event, names.of_deed(event)) for event in done]
    return sorted(found, key=lambda entry: entry.at, reverse=True)[:most]


def _moved(event: MemberEvent, who: str) -> Entry:
    if event.was == event.becomes:
        # Only of a member who is active the number of billable members tells which way it went.
        words = {-1: _("Billing role given"), 1: _("Billing role taken back")}
        what = words.get(event.step, _("Billing role changed"))
        return Entry(event.at, what, who=who, why=event.cause)
    return Entry(
        event.at,
        _("Status changed") if event.was else _("Added"),
        was=event.get_was_display(),
        becomes=event.get_becomes_display(),
        who=who,
        why=event.cause,
    )


def _done(event: AccountEvent, who: str) -> Entry:
    return Entry(
        event.at,
        event.get_kind_display(),
        was=event.was,
        becomes=event.becomes,
        who=who,
        why=event.reason,
    )
