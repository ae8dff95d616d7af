"""The automatic upgrade of the contact limit: agreed to in view of its prices, ended. PLAN-10."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import access, doors, naming
from accounts.access import Standing
from billing import auto_upgrade_bell, auto_upgrades, buyers
from billing.auto_upgrades import Offer
from billing.core.display import format_number
from billing.means import lack_words, means_of
from billing.models import AutoUpgrade
from billing.plans import plans_of
from billing.refusals import ChangeRefused, QuoteChanged

_REFUSED = 409


@doors.of_account(may_refuse=True)
@require_http_methods(["GET", "HEAD", "POST"])
def automatic(request: HttpRequest, account_id: int) -> HttpResponse:
    """Choose up to how many contacts the limit is raised by itself, with the price of each step."""
    here = access.enter(request, account_id)
    _need_plan(here)
    offer = auto_upgrades.offer(here.account, at=timezone.now())
    refused = ""
    if request.method == "POST":
        try:
            return _agreed(request, here)
        except (ChangeRefused, QuoteChanged) as problem:
            refused = str(problem)
    status = _REFUSED if refused else 200
    context = {
        "here": here,
        "offer": offer,
        "yearly": offer is not None and offer.interval == "year",
        "chosen": _chosen(request, offer),
        "refused": refused,
        "agreed": said_of(here),
        "person": here.by.name,
        "visit": here.visit is not None,
        **_means(here),
    }
    return render(request, "billing/automatic.html", context, status=status)


@doors.of_account(may_refuse=True)
@require_POST
def automatic_end(request: HttpRequest, account_id: int) -> HttpResponse:
    """Let nothing be raised by itself any more."""
    here = access.enter(request, account_id)
    _need_plan(here)
    try:
        auto_upgrades.end(here=here, at=timezone.now())
    except ChangeRefused as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("Nothing is raised by itself any more."))
    return HttpResponseRedirect(reverse("billing:contacts", args=[account_id]))


def said_of(here: Standing) -> dict[str, Any] | None:
    """What was agreed to for the account, as its pages say it; None where nothing was. PLAN-10."""
    found = auto_upgrades.active_of(here.account.pk)
    return None if found is None else said(found, here=here)


def said(found: AutoUpgrade, *, here: Standing) -> dict[str, Any]:
    """The same of one that is at hand."""
    names = naming.names_for(here, [found.agreed_by])
    known = names.knows(found.agreed_by)
    return {
        "up_to": found.up_to,
        "who": found.agreed_by_name if known else names.of(found.agreed_by),
        "at": found.agreed_at,
        "failures": found.failures,
        "next_try_at": found.next_try_at,
    }


def _agreed(request: HttpRequest, here: Standing) -> HttpResponse:
    up_to = request.POST.get("up_to", "")
    found: AutoUpgrade = auto_upgrades.agree(
        here=here,
        up_to=int(up_to) if up_to.isdecimal() and len(up_to) < 12 else 0,
        seen=request.POST.get("seen", ""),
        at=timezone.now(),
    )
    auto_upgrade_bell.ring(here.account.pk)
    language = (translation.get_language() or "en").partition("-")[0]
    words = _("Agreed: a contact limit that is used up is raised by itself, to {limit} at most.")
    messages.success(request, words.format(limit=format_number(found.up_to, language)))
    return HttpResponseRedirect(reverse("billing:contacts", args=[here.account.pk]))


def _need_plan(here: Standing) -> None:
    """404 where no plan is held; `Lacking` for who may not buy it."""
    plans = plans_of(here.account)
    if not plans:
        buyers.need_some(here)
        raise Http404("No plan is held here.")
    for plan in plans:
        here.need(buyers.right_to_buy(plan))
    buyers.need_some(here)


def _chosen(request: HttpRequest, offer: Offer | None) -> int | None:
    """The limit that was chosen; at first the next one."""
    if offer is None:
        return None
    asked = request.POST.get("up_to", "")
    known = [stop.limit for stop in offer.stops if str(stop.limit) == asked]
    return (known or [offer.stops[0].limit])[0]


def _means(here: Standing) -> dict[str, Any]:
    means = means_of(here.account.payer, at=timezone.now())
    return {
        "means": means,
        "lack": "" if means.lack is None else lack_words(means.lack),
        "mend": reverse("billing:methods", args=[here.account.payer_id]),
    }
