"""*Licensing → Call recording*: how long calls are kept, what it costs, and what a cut takes."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import access, doors, who_may
from accounts.access import Standing
from accounts.foresight import reads_amounts
from accounts.refusals import ChangeRefused
from accounts.rights import Right
from billing import buyers
from billing.models import Product
from billing.peak_strips import strips
from billing.peaks import peaks
from billing.refusals import QuoteChanged
from billing.showing import show
from billing.views.confirming import asked_to_confirm
from billing.whole import read_whole
from licensing import recording as verbs
from licensing.cards import Retention, recording_units
from licensing.forms.recording import RetentionForm, value_of
from licensing.overview import overview
from licensing.recording import CODE, Planning

_REFUSED: Final = 409
_WRONG: Final = 422


@doors.of_account(Right.SEE_LICENSING, post=Right.UPDATE_LICENSING, may_refuse=True)
@require_http_methods(["GET", "HEAD", "POST"])
def recording(request: HttpRequest, account_id: int) -> HttpResponse:
    """The retention of all users; of another one its price, and the dates where it is shorter."""
    posts = request.method == "POST"
    needs = Right.UPDATE_LICENSING if posts else Right.SEE_LICENSING
    here, at = access.enter(request, account_id, needs=needs), timezone.now()
    product = Product.objects.filter(code=CODE).first()
    if product is None:
        raise Http404("The catalogue sells no call recording.")
    now = verbs.retention_of(here.account)
    may = here.may(Right.UPDATE_LICENSING) and buyers.may_buy(product, here)
    asked = request.POST if posts else request.GET if "keep" in request.GET else None
    form = RetentionForm(asked, now=now)
    chosen: Retention | None = None
    if form.is_bound and form.is_valid() and form.cleaned_data["keep"] != now:
        chosen = form.cleaned_data["keep"]
    refused = ""
    if posts and chosen is not None:
        try:
            _save(request, here, chosen, at)
        except (ChangeRefused, QuoteChanged) as refusal:
            refused = str(refusal)
        else:
            said = _("Calls are kept for %(length)s from now on.")
            messages.success(request, said % {"length": verbs.words_of(chosen)})
            return redirect("licensing:recording", account_id)
    context = {
        "here": here,
        "form": form,
        "now": verbs.words_of(now) if now else "",
        "users": (users := verbs.users_of(here.account)),
        "units": recording_units(users, now) if now else None,
        **_costs(product, here, at),
        "may": may,
        "who": "" if may else who_may.can_change(here.account, Right.UPDATE_LICENSING),
        **(_planned(request, here, chosen, at) if chosen and may else {}),
    }
    context["refused"] = refused or context.get("refused", "")
    status = _REFUSED if refused else _WRONG if form.errors else 200
    return render(request, "licensing/recording.html", context, status=status)


def _save(request: HttpRequest, here: Standing, chosen: Retention, at: datetime) -> None:
    verbs.set_retention(
        here=here,
        becomes=chosen,
        seen=request.POST.get("seen", ""),
        at=at,
        reason=request.POST.get("reason", ""),
    )


def _planned(
    request: HttpRequest, here: Standing, chosen: Retention, at: datetime
) -> dict[str, Any]:
    """What the chosen retention costs and takes, or why nobody can say."""
    try:
        found = verbs.plan(here.account, becomes=chosen, at=at)
    except (ChangeRefused, QuoteChanged) as refusal:
        return {"refused": str(refusal)}
    return {
        "planned": found,
        "value": value_of(chosen),
        "length": verbs.words_of(chosen),
        **_price(request, here, found),
        "seen": found.seen,
    }


def _price(request: HttpRequest, here: Standing, found: Planning) -> dict[str, Any]:
    if found.quoted is None:
        return {}
    back = reverse("licensing:licences", args=[here.account.pk])
    reason = request.POST.get("reason", "")
    asked = asked_to_confirm(here, found.quoted, reason=reason, back=back)
    return {"quote": show(found.quoted, language=_language()), **asked}


def _costs(product: Product, here: Standing, at: datetime) -> dict[str, Any]:
    """What a unit costs, and the units of this month day by day, for who reads amounts."""
    if not reads_amounts(here):
        return {}
    whole, language = read_whole(here.account, codes=[CODE]), _language()
    [one] = overview(whole, [product], at=at, language=language)
    found: dict[str, Any] = {"price": one.price}
    if (cycle := peaks(whole, at=at).get(CODE)) is not None:
        [found["strip"]] = strips([cycle], products=whole.products, here=here, language=language)
    return found


def _language() -> str:
    return (translation.get_language() or "en").partition("-")[0]
