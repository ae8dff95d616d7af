"""The team as a CSV file: line by line, and safe to open in a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from io import StringIO
from typing import Final

from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts import team_list
from accounts.access import Standing
from accounts.models import Member
from accounts.team_list import Row, Tab

_CHUNK: Final = 500
# Spreadsheets take a cell that begins so for a formula, and run it.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
# So that they read the file as UTF-8.
_MARK: Final = "\ufeff"


def lines(found: QuerySet[Member], *, here: Standing, tab: Tab) -> Iterator[str]:
    """The file's text in pieces: the headings, then 500 members at a time.

    Who is in it is settled by the call; each piece costs a fixed number of queries. However late
    it is read, it is in the language and the time zone of the call.
    """
    language, zone = translation.get_language(), timezone.get_current_timezone()
    ids = list(found.values_list("pk", flat=True))

    def pieces() -> Iterator[str]:
        with translation.override(language):
            headings = _text([_headings(tab)])
        yield _MARK + headings
        for start in range(0, len(ids), _CHUNK):
            with translation.override(language), timezone.override(zone):
                rows = _rows(ids[start : start + _CHUNK], here, tab)
                text = _text(_cells(row, tab) for row in rows)
            yield text

    return pieces()


def _rows(ids: Sequence[int], here: Standing, tab: Tab) -> list[Row]:
    found = Member.objects.select_related("access", "invitation").in_bulk(ids)
    return team_list.rows([found[member_id] for member_id in ids], here=here, tab=tab)


def _headings(tab: Tab) -> list[str]:
    return [
        *(_("Reference"), pgettext("person", "Name"), _("E-mail"), _("Status")),
        *(_("Access"), _("Type"), _("Last activity"), pgettext("person", "Holds"), _("Marks")),
        *{
            Tab.SUSPENDED: [_("Asked to return on")],
            Tab.AWAITING: [_("Added by")],
            Tab.INVITED: [_("Invited on"), _("Expires on")],
        }.get(tab, []),
    ]


def _cells(row: Row, tab: Tab) -> list[str]:
    member, invitation = row.member, row.invitation
    sent, expires = (invitation.sent_at, invitation.expires_at) if invitation else (None, None)
    return [
        *(member.reference, member.name, member.email, member.get_status_display()),
        *(str(member.access or ""), member.get_type_display()),
        *(_moment(member.last_active_at), ", ".join(row.holds)),
        ", ".join([*row.badges, *([_("No sign-in yet")] if row.never_came else [])]),
        *{
            Tab.SUSPENDED: [_moment(member.asked_to_return_at)],
            Tab.AWAITING: [row.added_by],
            Tab.INVITED: [_moment(sent), _moment(expires)],
        }.get(tab, []),
    ]


def _moment(moment: datetime | None) -> str:
    """In the reader's time zone, in the one form that every spreadsheet takes for a moment."""
    if moment is None:
        return ""
    return f"{moment.astimezone(timezone.get_current_timezone()):%Y-%m-%d %H:%M}"


def _text(rows: Iterable[Sequence[str]]) -> str:
    written = StringIO()
    csv.writer(written).writerows([_harmless(cell) for cell in row] for row in rows)
    return written.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
