"""*Licensing → Usage limits*: what was used, where each service stops, and another limit."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import access, doors, who_may
from accounts.access import Standing
from accounts.refusals import ChangeRefused, FieldRefused
from accounts.rights import Right
from billing.speaking import number_words
from licensing import limit_list
from licensing import limits as verbs
from licensing.forms.limits import LimitForm
from licensing.limit_list import Limited
from licensing.metered import Service, stops_at


@doors.of_account(Right.SEE_LICENSING, post=Right.UPDATE_LICENSING)
@require_http_methods(["GET", "HEAD", "POST"])
def limits(request: HttpRequest, account_id: int) -> HttpResponse:
    """The four services, each with its form; while a limit is typed, where it would stop."""
    right = Right.SEE_LICENSING if request.method in doors.READS else Right.UPDATE_LICENSING
    here = access.enter(request, account_id, needs=right)
    at = timezone.now()
    if request.method == "POST":
        return _save(request, here, at)
    found = limit_list.limits(here.account, at=at)
    if getattr(request, "htmx", False) and (one := _typed_of(request, found)):
        return render(request, "licensing/_limit_words.html", {"words": _stop_words(request, one)})
    return _page(request, here, found)


def _save(request: HttpRequest, here: Standing, at: datetime) -> HttpResponse:
    found = limit_list.limits(here.account, at=at)
    one = next((one for one in found if one.service == request.POST.get("service")), None)
    if one is None:
        words = _("There is no such service. Change one of those below.")
        return _page(request, here, found, status=422, refused=words)
    form = LimitForm(request.POST, metered=one.metered)
    if not form.is_valid():
        return _page(request, here, found, form=form, of=one.service, status=422)
    try:
        verbs.set_limit(here=here, service=one.service, over=form.cleaned_data["over"], at=at)
    except FieldRefused as refused:
        form.add_error(refused.field, str(refused))
        return _page(request, here, found, form=form, of=one.service, status=422)
    except ChangeRefused as refusal:
        refused_words = str(refusal)
        return _page(
            request, here, found, form=form, of=one.service, status=409, refused=refused_words
        )
    said = _("The limit of %(service)s is saved: %(limit)s. It holds from now on.")
    words = verbs.limit_words(one.service, form.cleaned_data["over"])
    messages.success(request, said % {"service": one.name, "limit": words})
    return redirect("licensing:limits", here.account.pk)


def _page(
    request: HttpRequest,
    here: Standing,
    found: list[Limited],
    *,
    form: LimitForm | None = None,
    of: Service | None = None,
    status: int = 200,
    refused: str = "",
) -> HttpResponse:
    may = here.may(Right.UPDATE_LICENSING)
    context = {
        "here": here,
        "limits": [
            {
                "one": one,
                "form": form if form and one.service == of else LimitForm(metered=one.metered),
            }
            for one in found
        ],
        "may_update": may,
        "who": "" if may else who_may.can_change(here.account, Right.UPDATE_LICENSING),
        "refused": refused,
    }
    return render(request, "licensing/limits.html", context, status=status)


def _typed_of(request: HttpRequest, found: list[Limited]) -> Limited | None:
    """The service of which a limit is just being typed."""
    return next((one for one in found if f"{one.service}-over" in request.GET), None)


def _stop_words(request: HttpRequest, one: Limited) -> str:
    """Where a limit that is being typed would stop the service; empty where it says nothing."""
    form = LimitForm(request.GET, metered=one.metered)
    if not form.is_valid():
        return ""
    over = form.cleaned_data["over"]
    stop = stops_at(over, allowance=one.metered.allowance, size=one.metered.size)
    if stop is None:
        return _("Nothing stops it.")
    return _("%(limit)s: stops at %(stop)s.") % {
        "limit": verbs.limit_words(one.service, over),
        "stop": number_words(stop),
    }
