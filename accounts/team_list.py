"""The Team page's list: which members a tab shows, in which order, with what beside each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import Count, F, OrderBy, Q, QuerySet
from django.db.models.functions import Lower
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts import naming, questions, searching
from accounts.access import Standing
from accounts.models import Account, Invitation, Member, MemberEvent

PAGE: Final = 50
IDLE: Final = timedelta(days=30)
Status = Member.Status


class Tab(StrEnum):
    """A part of the team, in the order of the tabs (RSL-6)."""

    AGENTS = "agents"
    SUSPENDED = "suspended"
    AWAITING = "awaiting"
    INVITED = "invited"
    BOTS = "bots"

    @property
    def label(self) -> Promise:
        return _LABELS[self]

    def shows(self, *, status: str, bot: bool) -> bool:
        """Whether it shows members of this status; awaiting bots stand in two tabs."""
        if self is Tab.BOTS:
            return bot and status != Status.DELETED
        return status == _STATUS[self] and (not bot or self is Tab.AWAITING)


_LABELS: Final = {
    Tab.AGENTS: _("Agents"),
    Tab.SUSPENDED: pgettext_lazy("tab", "Suspended"),
    Tab.AWAITING: pgettext_lazy("tab", "Awaiting approval"),
    Tab.INVITED: pgettext_lazy("tab", "Invited"),
    Tab.BOTS: _("Bots"),
}
_STATUS: Final = {
    Tab.AGENTS: Status.ACTIVE,
    Tab.SUSPENDED: Status.SUSPENDED,
    Tab.AWAITING: Status.AWAITING_APPROVAL,
    Tab.INVITED: Status.INVITED,
}
# Each order by the name of its column; who has no such value comes last either way.
_ORDERS: Final[dict[str, Any]] = {
    "name": F("name_key"),
    "activity": F("last_active_at"),
    "access": Lower("access__name"),
    "type": F("type"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader wants to see of the team, as the address says it."""

    tab: Tab = Tab.AGENTS
    q: str = ""
    sort: str = "name"
    idle: bool = False
    page: str = ""

    @classmethod
    def read(cls, query: Mapping[str, Any]) -> Wanted:
        """What the address asks for; what it cannot ask for is left out."""
        tab, sort = query.get("tab", ""), query.get("sort", "")
        return cls(
            tab=Tab(tab) if tab in set(Tab) else Tab.AGENTS,
            q=searching.typed(query.get("q", "")),
            sort=sort if sort.removeprefix("-") in _ORDERS else "name",
            idle=bool(query.get("idle")),
            page=query.get("page", ""),
        )

    @property
    def parts(self) -> list[tuple[str, str]]:
        """The same again for an address or a form, without what goes without saying."""
        said = {
            "tab": "" if self.tab is Tab.AGENTS else self.tab.value,
            "q": self.q,
            "sort": "" if self.sort == "name" else self.sort,
            "idle": "1" if self.idle else "",
            "page": self.page,
        }
        return [(name, value) for name, value in said.items() if value]

    @property
    def query(self) -> str:
        """The same again as an address has it behind its question mark."""
        return urlencode(self.parts)

    @property
    def narrowed(self) -> bool:
        """Whether something besides the tab says who is shown."""
        return bool(self.q) or self.idle


@dataclass(frozen=True, slots=True)
class Row:
    """A member as the list shows them."""

    member: Member
    holds: Sequence[str] = ()
    invitation: Invitation | None = None
    added_by: str = ""

    @property
    def menu_id(self) -> str:
        """What the page calls the row's menu."""
        return f"member-{self.member.pk}"

    @property
    def never_came(self) -> bool:
        """Whether of an active person neither a sign-in nor anything done is known."""
        member = self.member
        known = member.user_id is not None or member.last_active_at is not None
        return member.status == Status.ACTIVE and not member.bot and not known

    @property
    def badges(self) -> list[str]:
        """What the member is, beside what the columns say, in a word or two each."""
        member = self.member
        found = [
            (member.primary_admin, gettext("Primary account admin")),
            (member.is_admin and not member.primary_admin, gettext("Admin")),
            (member.purchase_permission, gettext("Purchase permission")),
            (member.billing_role, gettext("Billing role, takes no seat")),
        ]
        return [word for holds, word in found if holds]


@dataclass
class Counts:
    """How many members each tab has."""

    by_tab: dict[Tab, int] = field(default_factory=lambda: dict.fromkeys(Tab, 0))

    @classmethod
    def of(cls, account: Account) -> Counts:
        """Counted in one query."""
        counts = cls()
        groups = Member.objects.filter(account=account).values_list("status", "bot")
        for status, bot, number in groups.annotate(Count("pk")).order_by():
            for tab in Tab:
                counts.by_tab[tab] += number * tab.shows(status=status, bot=bot)
        return counts


def members(account: Account, *, wanted: Wanted, at: datetime) -> QuerySet[Member]:
    """The members that the tab shows to who searches so, in their order."""
    found = Member.objects.filter(_of(wanted.tab), account=account)
    if wanted.q:
        found = found.filter(
            searching.contains("name", wanted.q) | searching.contains("email", wanted.q)
        )
    if wanted.idle:
        found = found.filter(Q(last_active_at=None) | Q(last_active_at__lt=at - IDLE))
    return found.select_related("access", "invitation").order_by(*_order(wanted))


def rows(shown: Sequence[Member], *, here: Standing, tab: Tab) -> list[Row]:
    """These members with what stands beside them, in a fixed number of queries."""
    holds = questions.holdings(shown)
    added_by = _added_by(here, shown) if tab is Tab.AWAITING else {}
    return [
        Row(
            member,
            holds=holds[member.pk],
            invitation=getattr(member, "invitation", None),
            added_by=added_by.get(member.pk, ""),
        )
        for member in shown
    ]


def _of(tab: Tab) -> Q:
    if tab is Tab.BOTS:
        return Q(bot=True) & ~Q(status=Status.DELETED)
    here = Q(status=_STATUS[tab])
    return here if tab is Tab.AWAITING else here & Q(bot=False)


def _order(wanted: Wanted) -> list[OrderBy]:
    """By the column asked for, then by name; who asked to return stands above all others."""
    column = _ORDERS[wanted.sort.removeprefix("-")]
    descends = wanted.sort.startswith("-")
    order = [OrderBy(column, descending=descends, nulls_last=True)]
    if wanted.tab is Tab.SUSPENDED:
        order.insert(0, F("asked_to_return_at").asc(nulls_last=True))
    return [*order, F("name_key").asc(), F("pk").asc()]


def _added_by(here: Standing, shown: Sequence[Member]) -> dict[int, str]:
    """Who added each of these members, where the log knows and the reader may."""
    first = MemberEvent.objects.filter(member__in=[member.pk for member in shown], was="")
    actors = {event.member_id: event.actor for event in first.select_related("actor")}
    names = naming.names_for(here, actors.values())
    return {member_id: names.of(actor) for member_id, actor in actors.items()}
