"""What an account was charged by product, and what comes next if nothing changes."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from accounts import access, doors
from accounts.rights import Right
from billing.months import months


@doors.of_account(Right.SEE_BILLING)
@require_safe
def charges(request: HttpRequest, account_id: int) -> HttpResponse:
    """Twelve months by product and the next three; the section of it where a page asks for that."""
    here = access.enter(request, account_id, needs=Right.SEE_BILLING)
    pays = here.account.payer_id == here.account.pk
    found = months(payer=here.account, at=timezone.now(), language=_language()) if pays else None
    context = {
        "here": here,
        "months": found,
        "currency": here.account.currency,
    }
    page = "billing/_charges.html" if _is_section(request) else "billing/charges.html"
    return render(request, page, context)


def _is_section(request: HttpRequest) -> bool:
    return request.headers.get("HX-Target") == "charges"


def _language() -> str:
    return (translation.get_language() or "en").partition("-")[0]
