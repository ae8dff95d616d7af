"""*Licence usage*: which people use which licences and why, as a list and as a file. LIC-12."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts import searching
from accounts.models import Account, Member
from accounts.spreadsheets import MARK, moment, text
from licensing.cards import Licence
from licensing.holding_rules import Worker, holdings
from licensing.holdings import workers
from licensing.licence_holders import holders
from licensing.wording import Names, held_words, licence_names

PAGE: Final = 50
_CHUNK: Final = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader wants to see: who holds one of these types, or any where none is ticked."""

    licences: tuple[Licence, ...] = ()
    q: str = ""
    page: str = ""

    @classmethod
    def read(cls, query: Any) -> Wanted:
        """What the address asks for; what it cannot ask for is left out."""
        asked = set(query.getlist("type"))
        return cls(
            tuple(one for one in Licence if one.value in asked),
            searching.typed(query.get("q", "")),
            query.get("page", ""),
        )

    @property
    def narrowed(self) -> bool:
        """Whether not everybody is asked for who holds something."""
        return bool(self.licences or self.q)

    @property
    def query(self) -> str:
        """The same again as an address has it behind its question mark, without the page."""
        parts = [("type", one.value) for one in self.licences]
        return urlencode([*parts, ("q", self.q)] if self.q else parts)


@dataclass(frozen=True, slots=True)
class Row:
    """A person, and of each type that is shown why they hold it, in words; empty if they do not."""

    member: Member
    words: Sequence[str]


def people(account: Account, wanted: Wanted) -> QuerySet[Member]:
    """Who holds one of the types, by name."""
    found = holders(account, wanted.licences or tuple(Licence))
    if wanted.q:
        found = found.filter(
            searching.contains("name", wanted.q) | searching.contains("email", wanted.q)
        )
    return found.order_by("name_key", "pk")


def rows(shown: Sequence[Member], wanted: Wanted) -> list[Row]:
    """These people with what they hold of the types, in two queries."""
    names, types = licence_names(), wanted.licences or tuple(Licence)
    return [
        _row(member, worker, types, names)
        for member, worker in zip(shown, workers(shown), strict=True)
    ]


def lines(found: QuerySet[Member], wanted: Wanted) -> Iterator[str]:
    """The file's text in pieces: the headings, then 500 people at a time.

    Who is in it is settled by the call; each piece costs a fixed number of queries. However late it
    is read, it is in the language and the time zone of the call.
    """
    language, zone = translation.get_language(), timezone.get_current_timezone()
    ids = list(found.values_list("pk", flat=True))

    def pieces() -> Iterator[str]:
        with translation.override(language):
            yield MARK + text([_headings(wanted, licence_names())])
        for start in range(0, len(ids), _CHUNK):
            with translation.override(language), timezone.override(zone):
                yield text(map(_cells, _rows_of(ids[start : start + _CHUNK], wanted)))

    return pieces()


def _rows_of(ids: Sequence[int], wanted: Wanted) -> list[Row]:
    found: Mapping[int, Member] = Member.objects.in_bulk(ids)
    return rows([found[member_id] for member_id in ids if member_id in found], wanted)


def _row(member: Member, worker: Worker, types: Sequence[Licence], names: Names) -> Row:
    by_type = {one.licence: one for one in holdings(worker)}
    found = (by_type.get(licence) for licence in types)
    return Row(member, [held_words(one, names) if one else "" for one in found])


def _headings(wanted: Wanted, names: Names) -> list[str]:
    types = wanted.licences or tuple(Licence)
    return [
        *(_("Reference"), pgettext("person", "Name"), _("E-mail"), _("Type"), _("Last activity")),
        *(names[licence] for licence in types),
    ]


def _cells(row: Row) -> list[str]:
    member = row.member
    return [
        *(member.reference, member.name, member.email, member.get_type_display()),
        moment(member.last_active_at),
        *row.words,
    ]
