"""The list of *Manage → Users*: Team's search, order and pages, with types and queues beside."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import QuerySet

from accounts import questions, team_list
from accounts.models import Account, Member
from accounts.team_list import Counts, Tab
from licensing.models import QueueLogin

# Bots work as nothing, and who waits for approval does not work yet.
TABS: Final = (Tab.AGENTS, Tab.SUSPENDED, Tab.INVITED)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader wants to see: as of the team, and people of one type alone."""

    team: team_list.Wanted
    type: str = ""

    @classmethod
    def read(cls, query: Mapping[str, Any]) -> Wanted:
        """What the address asks for; what it cannot ask for is left out."""
        team, type_ = team_list.Wanted.read(query), query.get("type", "")
        if team.tab not in TABS:
            team = replace(team, tab=Tab.AGENTS)
        return cls(replace(team, idle=False), type_ if type_ in Member.Type.values else "")

    @property
    def narrowed(self) -> bool:
        """Whether something besides the tab says who is shown."""
        return self.team.narrowed or bool(self.type)

    def in_tab(self, tab: Tab) -> str:
        """The same search in another tab, as an address has it."""
        parts = replace(self.team, tab=tab, page="").parts
        return urlencode([*parts, ("type", self.type)] if self.type else parts)


@dataclass(frozen=True, slots=True)
class Row:
    """A person, the queues that they are logged in to, and what they hold so."""

    member: Member
    queues: Sequence[str]
    holds: Sequence[str]


def members(account: Account, *, wanted: Wanted, at: datetime) -> QuerySet[Member]:
    """The people whom the tab shows to who searches so, in their order."""
    found = team_list.members(account, wanted=wanted.team, at=at)
    return found.filter(type=wanted.type) if wanted.type else found


def rows(shown: Sequence[Member]) -> list[Row]:
    """These people with what stands beside them, in a fixed number of queries."""
    holds = questions.holdings(shown)
    queues: defaultdict[int, list[str]] = defaultdict(list)
    logins = QueueLogin.objects.filter(member__in=[member.pk for member in shown])
    for member_id, name in logins.values_list("member", "queue__name"):
        queues[member_id].append(name)
    return [Row(member, queues[member.pk], holds[member.pk]) for member in shown]


def tabs(account: Account, wanted: Wanted) -> list[dict[str, Any]]:
    """The tabs with their counts; who looks for somebody goes on looking in the next one."""
    counts = Counts.of(account)
    return [
        {
            "label": tab.label,
            "href": f"?{wanted.in_tab(tab)}",
            "count": counts.by_tab[tab],
            "current": tab is wanted.team.tab,
        }
        for tab in TABS
    ]
