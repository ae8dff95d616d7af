"""A trial: until when it is free, what it costs afterwards, and how many are kept. JOBS-4."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import access, doors, visits
from accounts.access import Standing
from accounts.foresight import reads_amounts
from billing import buyers, trials
from billing.documents.wording import quantity_of
from billing.forms.choosing import NumberForm, initial
from billing.models import Price, Trial
from billing.offering import Choice, choice
from billing.refusals import ChangeRefused, QuoteChanged
from billing.showing import show
from billing.views.mending import mending
from billing.whole import Whole, read_whole

_REFUSED: Final = 409


@doors.of_account(may_refuse=True)
@require_http_methods(["GET", "HEAD", "POST"])
def trial(request: HttpRequest, account_id: int, code: str) -> HttpResponse:
    """Choose how many are kept after the trial; their price follows. Sending it buys them."""
    here = access.enter(request, account_id)
    found = _trial(here, code)
    chosen = choice(read_whole(here.account, codes=[code]), code, at=trials.ends_at(found))
    refused = ""
    if request.method == "POST":
        try:
            return _kept(request, here, found, chosen)
        except (ChangeRefused, QuoteChanged) as problem:
            refused = str(problem)
    form = _form(request, found, chosen)
    price = {} if chosen is None else _price(here, found, form)
    context = {
        "here": here,
        "trial": said(found, here=here),
        "choice": chosen,
        "form": form,
        "refused": refused,
        **price,
    }
    following = request.headers.get("HX-Target") == "price"
    page = "billing/_trial_price.html" if following else "billing/trial.html"
    return render(request, page, context, status=_REFUSED if refused else 200)


def said(found: Trial, *, here: Standing, whole: Whole | None = None) -> dict[str, Any]:
    """One trial in words; ``changes``: the reader may say what is kept of it.

    With the ``whole`` account also what it costs from then on, for who may read amounts.
    """
    cost = trials.listed_cost(found, whole=whole) if whole and reads_amounts(here) else None
    names, language = found.product.names, _language()
    unit = names[f"unit_{language}"]
    return {
        "code": found.product.code,
        "name": names[language],
        "number": quantity_of(found.quantity, unit, language),
        "ends_on": found.ends_on,
        "keeps": quantity_of(found.keeps, unit, language) if found.keeps else "",
        "cost": cost[0] if cost else None,
        "yearly": cost is not None and cost[1] == Price.Interval.YEAR,
        "changes": buyers.may_buy(found.product, here),
    }


def _trial(here: Standing, code: str) -> Trial:
    """The trial of this product, for who may buy it; 404 for what is not tried."""
    running = (one for one in trials.active_of(here.account.pk) if one.product.code == code)
    found = next(running, None)
    if found is None:
        buyers.need_some(here)
        raise Http404(f"{code} is not tried here.")
    here.need(buyers.right_to_buy(found.product))
    buyers.need_some(here)
    return found


def _kept(
    request: HttpRequest, here: Standing, found: Trial, chosen: Choice | None
) -> HttpResponse:
    if "none" in request.POST:
        number = 0
    else:
        form = _form(request, found, chosen)
        if form is None or not form.is_valid():
            raise ChangeRefused(_("Choose how many you keep."))
        number = form.cleaned_data["number"]
    trials.keep(
        here=here,
        code=found.product.code,
        number=number,
        seen=request.POST.get("seen", ""),
        at=timezone.now(),
        reason=request.POST.get("reason", ""),
    )
    if number:
        messages.success(request, _("Confirmed: it is charged from the end of the trial on."))
    else:
        messages.success(request, _("Nothing is kept: the trial ends, and nothing is charged."))
    return HttpResponseRedirect(reverse("billing:overview", args=[here.account.pk]))


def _form(request: HttpRequest, found: Trial, chosen: Choice | None) -> NumberForm | None:
    """The form as it was sent or asked for; at first with what is kept, or what is tried."""
    if chosen is None:
        return None
    first = initial(chosen, found.keeps or min(found.quantity, chosen.most))
    sent = request.POST if request.method == "POST" else request.GET
    data = sent if "number" in sent else first
    return NumberForm(data, choice=chosen, language=_language(), initial=first)


def _price(here: Standing, found: Trial, form: NumberForm | None) -> dict[str, Any]:
    """What the number costs from the trial's end on, or why it has no price."""
    if form is None or not form.is_valid() or not form.cleaned_data["number"]:
        return {"quote": None}
    try:
        quoted = trials.price_of(found, form.cleaned_data["number"], at=timezone.now())
    except (ChangeRefused, QuoteChanged) as problem:
        return {"quote": None, "problem": str(problem)}
    back = reverse("billing:trial", args=[here.account.pk, found.product.code])
    return {
        **mending(quoted, back=back),
        "quote": show(quoted, language=_language(), sees=here.may),
        "seen": quoted.fingerprint,
        "asks_reason": visits.reason_needed(here, costs=True),
        "reason": "",
    }


def _language() -> str:
    return (translation.get_language() or "en").partition("-")[0]
