"""The Team page: who is in the account, tab by tab, and the same as a file (RSL-6)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import access, bots, doors, spreadsheets, team, team_csv, team_list, team_words
from accounts.access import Standing
from accounts.models import Member
from accounts.rights import Right
from accounts.team import Deed
from accounts.team_list import Counts, Tab, Wanted


@doors.of_account(Right.SEE_TEAM)
@require_safe
def page(request: HttpRequest, account_id: int) -> HttpResponse:
    """The members of one tab, found and ordered as the address says."""
    here = access.enter(request, account_id, needs=Right.SEE_TEAM)
    at, wanted = timezone.now(), Wanted.read(request.GET)
    counts = Counts.of(here.account)
    paginator = Paginator(team_list.members(here.account, wanted=wanted, at=at), team_list.PAGE)
    if not wanted.narrowed:
        paginator.count = counts.by_tab[wanted.tab]
    shown = paginator.get_page(wanted.page)
    rows = team_list.rows(list(shown.object_list), here=here, tab=wanted.tab)
    suspends = here.may(Right.SUSPEND)
    context = {
        "here": here,
        "at": at,
        "wanted": wanted,
        "tabs": _tabs(counts, wanted),
        "rows": [(row, list(_menu(here, row.member, wanted))) for row in rows],
        "page": shown,
        "pages": paginator.get_elided_page_range(shown.number),
        "updates": here.may(Right.UPDATE_TEAM),
        "who_may": "" if suspends else team_words.who_may(here.account),
        "bot": bots.foresee(here=here, at=at) if wanted.tab is Tab.BOTS else None,
        **_ticks(request, wanted, suspends=suspends),
    }
    return render(request, "accounts/team/page.html", context)


@doors.of_account(Right.SEE_TEAM)
@require_safe
def export(request: HttpRequest, account_id: int) -> StreamingHttpResponse:
    """All that the tab and the search show, as a CSV file."""
    here = access.enter(request, account_id, needs=Right.SEE_TEAM)
    at, wanted = timezone.now(), Wanted.read(request.GET)
    found = team_list.members(here.account, wanted=wanted, at=at)
    lines = team_csv.lines(found, here=here, tab=wanted.tab)
    day = date_format(timezone.localtime(at), "Y-m-d")
    name = f"{slugify(here.account.name) or 'team'}-{wanted.tab}-{day}"
    return spreadsheets.file(lines, name=name)


def _tabs(counts: Counts, wanted: Wanted) -> list[dict[str, Any]]:
    """The tabs with their counts; who looks for somebody goes on looking in the next one."""
    return [
        {
            "label": tab.label,
            "href": f"?{replace(wanted, tab=tab, idle=False, page='').query}",
            "count": counts.by_tab[tab],
            "current": tab is wanted.tab,
        }
        for tab in Tab
    ]


def _ticks(request: HttpRequest, wanted: Wanted, *, suspends: bool) -> dict[str, Any]:
    """Whether rows can be ticked, whether all are, and the address that turns this round."""
    ticked = "ticked" in request.GET
    turned = wanted.parts if ticked else [*wanted.parts, ("ticked", "1")]
    return {
        "ticks": suspends and wanted.tab is Tab.AGENTS,
        "ticked": ticked,
        "turned": urlencode(turned),
    }


def _of_invitation(member: Member, arguments: list[int]) -> Iterator[dict[str, Any]]:
    """The letter that asks somebody to sign in, also to who came with an imported book."""
    invited = member.status == Member.Status.INVITED
    if invited or member.status == Member.Status.ACTIVE:
        label = _("Send again") if hasattr(member, "invitation") else _("Send an invitation")
        href = reverse("accounts:invitation_resend", args=arguments)
        yield {"label": label, "href": href, "dialog": True}
    if invited:
        href = reverse("accounts:invitation_withdraw", args=arguments)
        yield {"label": _("Withdraw"), "href": href, "dialog": True, "kind": "danger"}


def _menu(here: Standing, member: Member, wanted: Wanted) -> Iterator[dict[str, Any]]:
    """What the person may do about this member."""
    arguments = [here.account.pk, member.pk]
    if here.may(Right.UPDATE_TEAM):
        yield {"label": _("Edit"), "href": reverse("accounts:member", args=arguments)}
    if here.may(Right.PRIMARY) and member.primary_admin:
        href = reverse("accounts:hand_over", args=arguments[:1])
        yield {"label": _("Hand over the primary role"), "href": href}
    if here.may(Right.UPDATE_TEAM) and member.user_id is None and member.email and not member.bot:
        yield from _of_invitation(member, arguments)
    if here.may(Right.SUSPEND):
        for deed in team.offered(member):
            yield {
                "label": team_words.MENU[deed],
                "href": f"{reverse(f'accounts:member_{deed}', args=arguments)}?{wanted.query}",
                "dialog": True,
                "kind": "danger" if deed in {Deed.DELETE, Deed.DECLINE} else "",
            }
