"""*Licence usage*: people and the licences that they use, with the reason. LIC-12."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts import access, doors, spreadsheets
from accounts.access import Standing
from accounts.rights import Right
from licensing import licence_usage
from licensing.cards import Licence
from licensing.holdings import used_in
from licensing.licence_usage import Wanted
from licensing.owning import owned_by
from licensing.wording import licence_names


@doors.of_account(Right.SEE_LICENSING, may_refuse=True)
@require_safe
def index(request: HttpRequest, account_id: int) -> HttpResponse:
    """Who uses which licences and why, 50 a page."""
    here, wanted = _entered(request, account_id), Wanted.read(request.GET)
    found = licence_usage.people(here.account, wanted)
    page = Paginator(found, licence_usage.PAGE).get_page(wanted.page)
    names, used = licence_names(), used_in(here.account)
    owned = owned_by(here.account, at=timezone.now())
    context = {
        "here": here,
        "wanted": wanted,
        "types": [
            (one.value, names[one], used[one], owned[one], one in wanted.licences)
            for one in Licence
        ],
        "rows": licence_usage.rows(list(page.object_list), wanted),
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number),
    }
    return render(request, "licensing/usage.html", context)


@doors.of_account(Right.SEE_LICENSING, may_refuse=True)
@require_safe
def as_csv(request: HttpRequest, account_id: int) -> StreamingHttpResponse:
    """The same list, all of it, as a file."""
    here, wanted = _entered(request, account_id), Wanted.read(request.GET)
    found = licence_usage.people(here.account, wanted)
    return spreadsheets.file(licence_usage.lines(found, wanted), name="licence-usage")


def _entered(request: HttpRequest, account_id: int) -> Standing:
    """Who sees licences and the team, too: the list is of people by name."""
    here = access.enter(request, account_id, needs=Right.SEE_LICENSING)
    here.need(Right.SEE_TEAM)
    return here
