"""The team as a CSV file: line by line, and safe to open in a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts import team_list
from accounts.access import Standing
from accounts.models import Member
from accounts.spreadsheets import MARK, moment, text
from accounts.team_list import Row, Tab

_CHUNK: Final = 500


def lines(found: QuerySet[Member], *, here: Standing, tab: Tab) -> Iterator[str]:
    """The file's text in pieces: the headings, then 500 members at a time.

    Who is in it is settled by the call; each piece costs a fixed number of queries. However late
    it is read, it is in the language and the time zone of the call.
    """
    language, zone = translation.get_language(), timezone.get_current_timezone()
    ids = list(found.values_list("pk", flat=True))

    def pieces() -> Iterator[str]:
        with translation.override(language):
            headings = text([_headings(tab)])
        yield MARK + headings
        for start in range(0, len(ids), _CHUNK):
            with translation.override(language), timezone.override(zone):
                rows = _rows(ids[start : start + _CHUNK], here, tab)
                piece = text(_cells(row, tab) for row in rows)
            yield piece

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
        *(moment(member.last_active_at), ", ".join(row.holds)),
        ", ".join([*row.badges, *([_("No sign-in yet")] if row.never_came else [])]),
        *{
            Tab.SUSPENDED: [moment(member.asked_to_return_at)],
            Tab.AWAITING: [row.added_by],
            Tab.INVITED: [moment(sent), moment(expires)],
        }.get(tab, []),
    ]
