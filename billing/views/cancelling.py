"""Cancelling the plan, with what ends and when in view, and keeping it after all. PLAN-13."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import access, doors
from accounts.rights import Right
from billing import buyers, cancelling
from billing.core.display import format_day
from billing.ending_trials import trials_until
from billing.forms.cancelling import CancelForm
from billing.holdings import held_by
from billing.last_bill import last_bill
from billing.refusals import ChangeRefused, QuoteChanged
from billing.speaking import spoken

_REFUSED = 409


@doors.of_account(Right.PRIMARY, may_refuse=True)
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, account_id: int) -> HttpResponse:
    """Cancel plan: what ends, when, in amounts, and why; sending it ends the plan."""
    here = access.enter(request, account_id, needs=Right.PRIMARY)
    buyers.need_some(here)
    at = timezone.now()
    found = cancelling.ending(here, at=at)
    if found is None or found.cancelled:
        messages.info(request, _("The plan ends already, or there is none. Nothing was changed."))
        return _back(account_id)
    form = CancelForm(request.POST or None, ends_on=found.on)
    refused, status = "", 422 if form.is_bound else 200
    if form.is_valid():
        try:
            ends_on = cancelling.cancel(here=here, at=at, **form.cleaned_data)
        except (ChangeRefused, QuoteChanged) as refusal:
            refused, status = str(refusal), _REFUSED
            form = CancelForm({**request.POST.dict(), "seen": found.on}, ends_on=found.on)
        else:
            words = _("The plan ends on %(day)s. Until then you can keep it after all.")
            messages.success(request, words % {"day": format_day(ends_on, spoken())})
            return _back(account_id)
    held = held_by(here.account, at=at, language=spoken())
    context = {
        "here": here,
        "ending": found,
        "together": next(
            (one for one in held if one.subscription.id == found.subscription_id), None
        ),
        "trials": trials_until(found, here=here, at=at, language=spoken()),
        "last": last_bill(found.subscription_id, ends_on=found.on, language=spoken()),
        "form": form,
        "refused": refused,
    }
    return render(request, "billing/cancel.html", context, status=status)


@doors.of_account(Right.PRIMARY, may_refuse=True)
@require_POST
def keep(request: HttpRequest, account_id: int) -> HttpResponse:
    """Keep plan: the cancelling is taken back."""
    here = access.enter(request, account_id, needs=Right.PRIMARY)
    buyers.need_some(here)
    try:
        cancelling.keep(here=here, at=timezone.now())
    except (ChangeRefused, QuoteChanged) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The plan goes on, and is billed as before."))
    return _back(account_id)


def _back(account_id: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("billing:overview", args=[account_id]))
