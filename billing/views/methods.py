"""Payment methods: what is kept, added, replaced, chosen and removed. PLAN-11."""

from __future__ import annotations

import logging
import re
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import access, doors
from accounts.access import Standing
from accounts.rights import Right
from billing import causes, methods
from billing.core.periods import local_day
from billing.forms.methods import WayForm
from billing.gateways import gateway
from billing.gateways.base import Unaskable
from billing.means import kept_by
from billing.models import MethodSetup, PaymentMethod
from billing.refusals import ChangeRefused

logger = logging.getLogger(__name__)

_REFUSED: Final = 409
# A page of an account, to go back to once a card is there.
_PAGE: Final = re.compile(r"/accounts/\d{1,18}/[\w/-]*")
State = MethodSetup.State


@doors.of_account(Right.SEE_BILLING)
@require_safe
def index(request: HttpRequest, account_id: int) -> HttpResponse:
    """The cards that are kept, and by which way the account pays."""
    here = access.enter(request, account_id, needs=Right.SEE_BILLING)
    return _page(request, here)


@doors.of_account(Right.PURCHASE, may_refuse=True)
@require_POST
def add(request: HttpRequest, account_id: int) -> HttpResponse:
    """Open the provider's form for another card."""
    here = access.enter(request, account_id, needs=Right.PURCHASE)
    return _open_form(request, here)


@doors.of_account(Right.PURCHASE, may_refuse=True)
@require_POST
def replace(request: HttpRequest, account_id: int, method_id: int) -> HttpResponse:
    """Open the provider's form for a card that takes this one's place."""
    here = access.enter(request, account_id, needs=Right.PURCHASE)
    method = get_object_or_404(_kept(here), pk=method_id)
    return _open_form(request, here, replaces=method.pk)


@doors.of_account(Right.PURCHASE, may_refuse=True)
@require_safe
def added(request: HttpRequest, account_id: int, setup_id: int) -> HttpResponse:
    """Whoever comes back from the provider's form reads what became of it.

    It keeps the card that the form has taken, as the provider's own message would do.
    """
    here = access.enter(request, account_id, needs=Right.PURCHASE)
    found = get_object_or_404(here.rows(MethodSetup.objects.all()), pk=setup_id)
    try:
        setup = methods.finish(setup_id=found.pk, gateway=gateway(), at=timezone.now())
    except Unaskable as problem:
        logger.error("method form not read key=%s because=%s", found.key, problem)
        setup = found
    _say(request, setup)
    done = setup.state == State.DONE and setup.next
    return HttpResponseRedirect(setup.next if done else _home(here))


@doors.of_account(Right.PURCHASE, may_refuse=True)
@require_POST
def default(request: HttpRequest, account_id: int, method_id: int) -> HttpResponse:
    """Charge this card from now on."""
    here = access.enter(request, account_id, needs=Right.PURCHASE)
    method = get_object_or_404(_kept(here), pk=method_id)
    try:
        methods.make_default(here=here, method_id=method.pk, at=timezone.now())
    except ChangeRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("%(card)s is charged from now on.") % {"card": method})
    return HttpResponseRedirect(_home(here))


@doors.of_account(Right.PURCHASE, may_refuse=True)
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, account_id: int, method_id: int) -> HttpResponse:
    """What follows from removing a card, and then removing it."""
    here = access.enter(request, account_id, needs=Right.PURCHASE)
    method = get_object_or_404(_kept(here), pk=method_id)
    at = timezone.now()
    refused = methods.why_not_removed(here.account, method)
    if request.method == "POST" and not refused:
        try:
            heir = methods.remove(here=here, method_id=method.pk, at=at)
        except ChangeRefused as late:
            refused = str(late)
        else:
            messages.success(request, _removed(method, heir))
            return HttpResponseRedirect(_home(here))
    heir = methods.heir_of(method, payer=here.account, at=at) if method.is_default else None
    context = {"here": here, "method": method, "refused": refused, "heir": heir}
    status = _REFUSED if request.method == "POST" else 200
    return render(request, "billing/methods/remove.html", context, status=status)


@doors.of_account(Right.PURCHASE, may_refuse=True)
@require_POST
def way(request: HttpRequest, account_id: int) -> HttpResponse:
    """Pay by card or by bank transfer from now on."""
    here = access.enter(request, account_id, needs=Right.PURCHASE)
    form = WayForm(request.POST)
    if not form.is_valid():
        return _page(request, here, form=form, status=422)
    try:
        changed = methods.choose_way(here=here, at=timezone.now(), **form.cleaned_data)
    except ChangeRefused as refused:
        form.add_error("pays_by", str(refused))
        return _page(request, here, form=form, status=_REFUSED)
    if changed:
        messages.success(request, _("Saved. Invoices that are issued already stay as they are."))
    return HttpResponseRedirect(_home(here))


def _page(
    request: HttpRequest, here: Standing, *, form: WayForm | None = None, status: int = 200
) -> HttpResponse:
    account = here.account
    pays = account.payer_id == account.pk
    today = local_day(timezone.now(), account.time_zone)
    kept = list(_kept(here)) if pays else []
    context: dict[str, Any] = {
        "here": here,
        "pays": pays,
        "buys": pays and here.may(Right.PURCHASE),
        "cards": [{"method": one, "expired": one.is_expired(on=today)} for one in kept],
        "form": form or WayForm(initial={"pays_by": account.pays_by}),
        "next": _next(request.GET.get("next", "")),
    }
    return render(request, "billing/methods/index.html", context, status=status)


def _open_form(
    request: HttpRequest, here: Standing, *, replaces: int | None = None
) -> HttpResponse:
    try:
        opened = methods.begin(
            here=here,
            gateway=gateway(),
            at=timezone.now(),
            return_to=_return_to,
            replaces=replaces,
            next_page=_next(request.POST.get("next", "")),
        )
    except ChangeRefused as refused:
        messages.error(request, str(refused))
        return HttpResponseRedirect(_home(here))
    ours = reverse("billing:method_form", args=[here.account.pk, opened.setup.pk])
    return HttpResponseRedirect(opened.url or ours)


def _return_to(setup: MethodSetup) -> str:
    path = reverse("billing:method_added", args=[setup.account_id, setup.pk])
    return f"{settings.SITE_URL}{path}"


def _say(request: HttpRequest, setup: MethodSetup) -> None:
    if setup.state == State.DONE and setup.becomes is not None:
        words = (
            _("%(card)s is kept, and is charged from now on.")
            if setup.becomes.is_default
            else _("%(card)s is kept.")
        )
        messages.success(request, words % {"card": setup.becomes})
    elif setup.state == State.REFUSED:
        messages.error(request, causes.words(setup.cause))
    else:
        messages.info(
            request,
            _(
                "No card was added: the form was left, or its answer is not there yet. "
                "A card that you did enter appears here by itself."
            ),
        )


def _removed(method: PaymentMethod, heir: PaymentMethod | None) -> str:
    if method.is_default and heir is not None:
        words = _("%(card)s is removed. %(heir)s is charged from now on.")
        return words % {"card": method, "heir": heir}
    return _("%(card)s is removed.") % {"card": method}


def _kept(here: Standing) -> Any:
    return kept_by(here.account.pk, gateway=gateway().name)


def _home(here: Standing) -> str:
    return reverse("billing:methods", args=[here.account.pk])


def _next(page: str) -> str:
    """The page to go back to; empty for what is no page of an account."""
    return page if _PAGE.fullmatch(page) else ""
