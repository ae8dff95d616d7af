"""*Manage → Licensing*: what is owned, in use and free, what it costs, and who may buy it."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from accounts import access, doors
from accounts.foresight import reads_amounts
from accounts.rights import Right
from licensing import overview as selectors


@doors.of_account(Right.SEE_LICENSING)
@require_safe
def licences(request: HttpRequest, account_id: int) -> HttpResponse:
    """Every licence type of the account; changes are asked of support."""
    here = access.enter(request, account_id, needs=Right.SEE_LICENSING)
    language = (translation.get_language() or "en").partition("-")[0]
    owned = selectors.overview(here.account, on=timezone.localdate(), language=language)
    context = {
        "here": here,
        "held_by_people": [one for one in owned if one.used is not None],
        "counted_otherwise": [one for one in owned if one.used is None],
        "missing": [one for one in owned if one.missing],
        "buyers": selectors.buyers(here.account, owned),
        "sees_team": here.may(Right.SEE_TEAM),
        "shows_prices": reads_amounts(here),
        "support": settings.SUPPORT_EMAIL,
    }
    return render(request, "licensing/licences.html", context)
