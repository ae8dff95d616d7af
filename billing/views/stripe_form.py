"""Stripe's form on a page of ours: the one page that runs a script of somebody else's.

The card goes from the browser to Stripe; nothing of it comes by here.
"""

from __future__ import annotations

from typing import Final

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import access, doors
from accounts.rights import Right
from billing.gateways import gateway
from billing.gateways.base import DrawnHere
from billing.models import MethodSetup

SCRIPT: Final = "https://js.stripe.com/v3/"
# What Stripe asks for: its script, its frames (one of them the bank's), and its API.
_POLICY: Final = {
    "script-src": [SELF, "https://js.stripe.com", "https://*.js.stripe.com"],
    "frame-src": [
        "https://js.stripe.com",
        "https://*.js.stripe.com",
        "https://hooks.stripe.com",
    ],
    "connect-src": [SELF, "https://api.stripe.com"],
}


@doors.of_account(Right.PURCHASE, may_refuse=True)
@csp_update(_POLICY)  # type: ignore[arg-type]  # knows no views with arguments
@never_cache
@require_safe
def form(request: HttpRequest, account_id: int, setup_id: int) -> HttpResponse:
    """The form that takes a card, drawn by Stripe's script."""
    here = access.enter(request, account_id, needs=Right.PURCHASE)
    site = gateway()
    if not isinstance(site, DrawnHere):
        raise Http404("Stripe is not the gateway of this site.")
    setup = get_object_or_404(here.rows(MethodSetup.objects.all()), pk=setup_id)
    back = reverse("billing:method_added", args=[account_id, setup.pk])
    if setup.state != MethodSetup.State.OPEN:
        return HttpResponseRedirect(back)
    secret = site.secret_of(setup.key)
    if not secret:
        messages.error(request, _("The payment provider does not answer. Try again in a minute."))
        return HttpResponseRedirect(reverse("billing:methods", args=[account_id]))
    context = {
        "here": here,
        "script": SCRIPT,
        "key": settings.STRIPE.publishable,
        "secret": secret,
        "return_to": f"{settings.SITE_URL}{back}",
        "language": (get_language() or "en").partition("-")[0],
    }
    return render(request, "billing/methods/stripe.html", context)
