"""The list of *Manage seats*: who uses Conversations as what, in which order, with what beside."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import F, OrderBy, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from accounts import searching
from accounts.models import Account, Member
from accounts.team_list import IDLE, PAGE
from licensing.activity import Figures, figures_of
from licensing.models import ConversationsLevel, Level

__all__ = ["PAGE", "Row", "Tab", "Wanted", "counts", "members", "rows", "tabs"]


class Tab(StrEnum):
    """A part of the people, in the order of the tabs."""

    AGENTS = "agents"
    IDLE = "idle"
    VIEWERS = "viewers"
    NOBODY = "nobody"

    @property
    def label(self) -> Promise:
        return _LABELS[self]


_LABELS: Final = {
    Tab.AGENTS: pgettext_lazy("Conversations", "Agents"),
    Tab.IDLE: pgettext_lazy("Conversations", "Idle for 30 days"),
    Tab.VIEWERS: pgettext_lazy("Conversations", "Viewers"),
    Tab.NOBODY: pgettext_lazy("Conversations", "No access"),
}
_SITS: Final = Q(conversations__level=Level.AGENT, billing_role=False)
_ORDERS: Final[dict[str, Any]] = {
    "name": F("name_key"),
    "activity": F("last_active_at"),
    "since": F("conversations__since"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader wants to see of the people, as the address says it."""

    tab: Tab = Tab.AGENTS
    q: str = ""
    sort: str = "name"
    page: str = ""

    @classmethod
    def read(cls, query: Mapping[str, Any]) -> Wanted:
        """What the address asks for; what it cannot ask for is left out."""
        tab, sort = query.get("tab", ""), query.get("sort", "")
        return cls(
            tab=Tab(tab) if tab in set(Tab) else Tab.AGENTS,
            q=searching.typed(query.get("q", "")),
            sort=sort if sort.removeprefix("-") in _ORDERS else "name",
            page=query.get("page", ""),
        )

    @property
    def query(self) -> str:
        """The same search again in this tab, as an address has it."""
        said = {"tab": self.tab.value, "q": self.q, "sort": self.sort}
        return urlencode({name: value for name, value in said.items() if value})


@dataclass(frozen=True, slots=True)
class Row:
    """Somebody as the list shows them.

    ``beyond``: an agent beyond the seats owned, who is given as a viewer. ``idle``: a seat that was
    not used for 30 days.
    """

    member: Member
    level: Level
    figures: Figures
    beyond: bool
    idle: bool

    @property
    def first_response(self) -> str:
        """How long the first response took on average: "1:05" minutes; empty without any."""
        took = self.figures.first_response
        if took is None:
            return ""
        minutes, seconds = divmod(int(took.total_seconds()), 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def members(account: Account, *, wanted: Wanted, at: datetime) -> QuerySet[Member]:
    """The people whom the tab shows to who searches so, in their order."""
    found = _people(account).filter(_of(wanted.tab, at=at))
    if wanted.q:
        found = found.filter(
            searching.contains("name", wanted.q) | searching.contains("email", wanted.q)
        )
    column = _ORDERS[wanted.sort.removeprefix("-")]
    order = OrderBy(column, descending=wanted.sort.startswith("-"), nulls_last=True)
    return found.select_related("conversations").order_by(order, "name_key", "pk")


def rows(
    account: Account, shown: Sequence[Member], *, beyond: Collection[Member], at: datetime
) -> list[Row]:
    """These people with what stands beside them, in one query."""
    figures, away = figures_of(account, shown, at=at), {one.pk for one in beyond}
    return [
        Row(
            member,
            level=level_of(member),
            figures=figures.get(member.pk, Figures(0, 0, 0)),
            beyond=member.pk in away,
            idle=_is_idle(member, at=at),
        )
        for member in shown
    ]


def level_of(member: Member) -> Level:
    """The member's level; one without a row has no access."""
    found = _found(member)
    return Level.NONE if found is None else Level(found.level)


def counts(account: Account, *, at: datetime) -> dict[Tab, int]:
    """How many people each tab has. A query for each."""
    people = _people(account)
    return {tab: people.filter(_of(tab, at=at)).count() for tab in Tab}


def tabs(wanted: Wanted, numbers: Mapping[Tab, int]) -> list[dict[str, Any]]:
    """The tabs with their counts; who looks for somebody goes on looking in the next one."""
    return [
        {
            "label": tab.label,
            "href": f"?{replace(wanted, tab=tab).query}",
            "count": numbers[tab],
            "current": tab is wanted.tab,
        }
        for tab in Tab
    ]


def _people(account: Account) -> QuerySet[Member]:
    return Member.objects.filter(account=account, status=Member.Status.ACTIVE, bot=False)


def _of(tab: Tab, *, at: datetime) -> Q:
    if tab is Tab.AGENTS:
        return _SITS
    if tab is Tab.IDLE:
        since = at - IDLE
        unused = Q(last_active_at=None) | Q(last_active_at__lte=since)
        return _SITS & unused & Q(conversations__since__lte=since)
    if tab is Tab.VIEWERS:
        # Who has the billing role takes no seat, whatever level they were given before.
        return Q(conversations__isnull=False) & ~_SITS
    return Q(conversations__isnull=True)


def _is_idle(member: Member, *, at: datetime) -> bool:
    """As the tab of idle seats says it, of an agent who is shown."""
    found, since, last = _found(member), at - IDLE, member.last_active_at
    if found is None or found.level != Level.AGENT or member.billing_role:
        return False
    return found.since <= since and (last is None or last <= since)


def _found(member: Member) -> ConversationsLevel | None:
    """The row of the member's level."""
    found: ConversationsLevel | None = getattr(member, "conversations", None)
    return found
