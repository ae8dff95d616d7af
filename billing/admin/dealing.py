"""The desk's button *Dealt with* on a refund that needed a person."""

from __future__ import annotations

from typing import Any, Protocol

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from accounts import access
from billing import dealing
from billing.admin import figures
from billing.forms.dealing import DealingForm
from billing.models import RefundAttempt
from billing.refusals import ChangeRefused

_REFUSED = 409
_WRONG = 422


class Draws(Protocol):
    """Draws the page of a refund with this form on it."""

    def __call__(
        self, request: HttpRequest, refund: RefundAttempt, *, deal: DealingForm, status: int
    ) -> HttpResponse: ...


def written_down(request: HttpRequest, refund: RefundAttempt, *, draw: Draws) -> HttpResponse:
    """Write down what was done about a refund, as the form says; drawn again where it cannot be."""
    form = DealingForm(request.POST, refund=refund)
    if not form.is_valid():
        return draw(request, refund, deal=form, status=_WRONG)
    try:
        dealing.deal_with(
            refund_id=refund.pk,
            reason=form.cleaned_data["reason"],
            puts_back=form.puts_back,
            by=access.person_of(request),
            at=timezone.now(),
        )
    except ChangeRefused as refused:
        messages.error(request, str(refused))
        refund.refresh_from_db()
        return draw(request, refund, deal=form, status=_REFUSED)
    messages.info(request, "It is written down, and listed under Needs support no more.")
    page = "admin:billing_refundattempt_change"
    return HttpResponseRedirect(reverse(page, args=[refund.pk]))


def about_dealing(
    request: HttpRequest, refund: RefundAttempt, deal: DealingForm | None
) -> dict[str, Any]:
    """What the page of a refund says about it: who has dealt with it, or the form to say so."""
    may = dealing.is_open(refund) and access.may(request.user, "add", on=RefundAttempt)
    dealt = getattr(refund, "dealt_with", None)
    return {
        "deal": (deal or DealingForm(None, refund=refund)) if may else None,
        "dealt": dealt,
        "dealt_at": figures.instant(dealt.at) if dealt else "",
    }
