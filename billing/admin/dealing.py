"""The desk's button *Dealt with* on a refund that needed a person."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.urls import reverse
from django.utils import timezone

from accounts import access, doors
from billing import dealing
from billing.admin import figures
from billing.admin.payments import MoneyAdmin
from billing.forms.dealing import DealingForm
from billing.models import RefundAttempt
from billing.refusals import ChangeRefused

_REFUSED = 409
_WRONG = 422


class DealingPages(MoneyAdmin):
    """Refunds that somebody can say to have dealt with; ``page`` draws one of them."""

    def page(
        self,
        request: HttpRequest,
        refund: RefundAttempt,
        *,
        deal: DealingForm | None = None,
        status: int = 200,
    ) -> HttpResponse:
        raise NotImplementedError

    @doors.of_staff(RefundAttempt, "add")
    def deal_view(self, request: HttpRequest, refund_id: int) -> HttpResponse:
        """Write down what was done about a refund that was refused, or came again."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not access.may(request.user, "add", on=RefundAttempt):
            raise PermissionDenied
        refund = self.get_queryset(request).filter(pk=refund_id).first()
        if refund is None:
            raise Http404(f"There is no refund {refund_id}.")
        form = DealingForm(request.POST, refund=refund)
        if not form.is_valid():
            return self.page(request, refund, deal=form, status=_WRONG)
        try:
            dealing.deal_with(
                refund_id=refund_id,
                reason=form.cleaned_data["reason"],
                puts_back=form.puts_back,
                by=access.person_of(request),
                at=timezone.now(),
            )
        except ChangeRefused as refused:
            self.message_user(request, str(refused), messages.ERROR)
            again = self.get_queryset(request).get(pk=refund_id)
            return self.page(request, again, deal=form, status=_REFUSED)
        self.message_user(request, "It is written down, and listed under Needs support no more.")
        page = "admin:billing_refundattempt_change"
        return HttpResponseRedirect(reverse(page, args=[refund_id]))


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
