"""The lists of the accounts below: an agency's sub-workspaces, a reseller's clients."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import access, doors, searching
from accounts.access import Standing
from accounts.models import Account
from accounts.rights import Right
from agencies.children import PAGE, children, with_people


@doors.of_account(Right.SEE_AGENCY)
@require_safe
def workspaces(request: HttpRequest, account_id: int) -> HttpResponse:
    """The agency's sub-workspaces, 50 a page; each can be entered (AGY-3)."""
    here = access.enter(request, account_id, needs=Right.SEE_AGENCY)
    context = _page(request, here, role=Account.Role.WORKSPACE)
    return render(request, "agencies/workspaces.html", context)


@doors.of_account(Right.SEE_CLIENTS)
@require_safe
def clients(request: HttpRequest, account_id: int) -> HttpResponse:
    """The reseller's clients, 50 a page: how each stands, and who pays for it."""
    here = access.enter(request, account_id, needs=Right.SEE_CLIENTS)
    context = _page(request, here, role=Account.Role.CLIENT)
    return render(request, "agencies/clients.html", context)


def _page(request: HttpRequest, here: Standing, *, role: str) -> dict[str, Any]:
    q, sort = searching.typed(request.GET.get("q", "")), request.GET.get("sort", "")
    found = children(here.account, role=role, q=q, sort=sort)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return {
        "here": here,
        "q": q,
        "rows": with_people(list(page.object_list)),
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number),
    }
