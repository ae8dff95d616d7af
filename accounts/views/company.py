"""The page of an account's company details: what stands on invoices, and where they go."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext, gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts import access, company, doors, who_may
from accounts.access import Standing
from accounts.company import NAMES
from accounts.countries import country_name
from accounts.forms.company import CompanyForm
from accounts.models import Account
from accounts.models.users import LANGUAGES
from accounts.rights import Right

State = Account.TaxIdState
_STATES: Final = {
    State.UNCHECKED: (gettext_lazy("Not checked yet"), ""),
    State.VALID: (gettext_lazy("Valid"), "good"),
    State.INVALID: (gettext_lazy("Invalid: tax is charged"), "bad"),
    State.UNAVAILABLE: (gettext_lazy("Will be checked later"), "warn"),
}


@doors.of_account(Right.SEE_COMPANY, post=Right.UPDATE_COMPANY)
@require_http_methods(["GET", "HEAD", "POST"])
def details(request: HttpRequest, account_id: int) -> HttpResponse:
    """Company details, as a form to who may change them, as a list to others."""
    here = access.enter(request, account_id, needs=Right.SEE_COMPANY)
    if request.method == "POST":
        here.need(Right.UPDATE_COMPANY)
        return _save(request, here)
    if here.may(Right.UPDATE_COMPANY):
        return _page(request, here, form=CompanyForm(account=here.account))
    asked = who_may.can_change(here.account, Right.UPDATE_COMPANY)
    return _page(request, here, facts=_facts(here.account), asked=asked)


def _save(request: HttpRequest, here: Standing) -> HttpResponse:
    form = CompanyForm(request.POST, account=here.account)
    if not form.is_valid():
        return _page(request, here, status=422, form=form)
    try:
        changed = company.change(
            here=here, details=form.details, seen=form.cleaned_data["seen"], at=timezone.now()
        )
    except company.Overtaken as refusal:
        form.overtaken(refusal.now, str(refusal))
        return _page(request, here, status=409, form=form)
    if changed:
        messages.success(request, gettext("Saved. The next invoice shows these details."))
    else:
        messages.info(request, gettext("Nothing was different, so nothing was changed."))
    return redirect("accounts:company", here.account.pk)


def _page(request: HttpRequest, here: Standing, *, status: int = 200, **more: Any) -> HttpResponse:
    state, kind = _STATES[State(here.account.tax_id_state)]
    context = {"here": here, "tax_id_state": state, "tax_id_kind": kind, **more}
    return render(request, "accounts/company.html", context, status=status)


def _facts(account: Account) -> list[tuple[str, str]]:
    """The details to read, by name."""
    now = company.details_of(account)
    shown = {
        "country": country_name(now.country, get_language() or "en"),
        "language": dict(LANGUAGES)[now.language],
    }
    return [(str(label), shown.get(name, getattr(now, name))) for name, label in NAMES.items()]
