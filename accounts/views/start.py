"""Where one comes to: the choice of one's accounts, and each account's start."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts import access, doors, invitations, joining, modules, searching, waiting
from accounts.access import Standing
from accounts.memberships import places, role_of, suspended_in
from accounts.rights import Module, Right, see, update

ROWS = 50


@doors.opens_to(doors.Audience.SIGNED_IN)
@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    """The accounts that one may enter, as what, and the invitations to others."""
    access.reenter(request)
    person = access.person_of(request)
    found = access.accounts_of(person).select_related("parent").order_by("name", "pk")
    wanted = searching.typed(request.GET.get("q", ""))
    if wanted:
        found = found.filter(name__icontains=wanted)
    page = Paginator(found, ROWS).get_page(request.GET.get("page"))
    asked = joining.waiting_for(person, at=timezone.now())
    context = {
        "page": page,
        "wanted": wanted,
        "places": places(person, list(page.object_list)),
        "suspended": suspended_in(person),
        "invited": [(one, invitations.token_of(one)) for one in asked],
    }
    return render(request, "accounts/accounts.html", context)


@doors.of_account()
@require_safe
def start(request: HttpRequest, account_id: int) -> HttpResponse:
    """Who one is here, what one may do, what waits for one, and whom to ask."""
    here = access.enter(request, account_id)
    opened = _opened(here)
    context = {
        "here": here,
        "role": role_of(here),
        "opened": opened,
        "waiting": waiting.waiting_for(here, at=timezone.now()),
        "first": access.holders(here.account, Right.PRIMARY),
        "givers": [] if opened else access.holders(here.account, Right.UPDATE_ACCESSES),
        "may_invite": here.may(Right.UPDATE_TEAM),
    }
    return render(request, "accounts/start.html", context)


def _opened(here: Standing) -> list[tuple[str, list[str]]]:
    """The parts of the portal that are open to the person, and what each lets them do."""
    return [
        (
            str(words.name),
            [str(words.sees), *([str(words.updates)] if here.may(update(module)) else [])],
        )
        for module in Module
        for words in [modules.MODULES[module]]
        if here.may(see(module))
    ]
