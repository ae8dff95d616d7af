"""The page behind Ctrl-K, and the piece of it that is asked for while one types."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import access, doors, searching
from accounts.admin.in_step import names_a_row
from accounts.jump import LONGEST_QUERY, Asked, find


@doors.opens_to(doors.Audience.SIGNED_IN)
@require_safe
def jump(request: HttpRequest) -> HttpResponse:
    """Pages, people and accounts that one may go to; `account` is the one around the page."""
    named = request.GET.get("account", "")
    here = access.reenter(request, account_id=int(named) if names_a_row(named) else None)
    query = searching.typed(request.GET.get("q", ""))[:LONGEST_QUERY]
    asked = Asked(
        person=access.person_of(request),
        here=here,
        query=query,
        visiting=access.visit_of(request) is not None,
    )
    context = {"query": query, "here": here, "groups": find(asked)}
    is_piece = request.headers.get("HX-Request")
    return render(request, "accounts/_jump.html" if is_piece else "accounts/jump.html", context)
