"""The desk's pages about disputes: what banks have taken back of card payments, and until when."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from unfold.decorators import display

from accounts import access, doors
from accounts.access import EVERYBODY, Role, Staff
from billing import disputing
from billing.admin import figures, pages
from billing.admin.filters import DisputeFilter
from billing.admin.payments import MoneyAdmin
from billing.gateways import gateway
from billing.gateways.base import Gateway
from billing.models import Dispute

TONES = {
    "inquiry": "warning",
    "open": "danger",
    "won": "success",
    "lost": "danger",
    "closed": "success",
}


@admin.register(Dispute)
class DisputeAdmin(MoneyAdmin):
    """Payments that a cardholder disputes at their bank, the latest first."""

    staff = Staff(view=EVERYBODY - {Role.CATALOGUE}, change=frozenset({Role.BILLING}))
    list_select_related = ("payer", "invoice")
    list_display = (
        *("reference", "payer", "invoice", "amount_figure", "state_label", "why", "due", "gateway"),
    )
    list_filter = (DisputeFilter,)
    show_add_link = False
    search_help_text = (
        "The dispute's or the charge's number, an invoice's, or the payer's name, reference or "
        "e-mail."
    )

    def by_own_number(self, term: str) -> Q:
        return Q(reference=term) | Q(payment__reference=term)

    @display(description="Amount")
    def amount_figure(self, dispute: Dispute) -> str:
        return figures.figure(_amount(dispute))

    @display(description="State", label=TONES)
    def state_label(self, dispute: Dispute) -> tuple[str, str]:
        return dispute.state, dispute.get_state_display()

    @display(description="Reason")
    def why(self, dispute: Dispute) -> str:
        return _reason(dispute)

    @display(description="Evidence by", empty_value="")
    def due(self, dispute: Dispute) -> str:
        return figures.instant(dispute.evidence_by) if dispute.evidence_by else ""

    def get_urls(self) -> list[URLPattern]:
        ask = self.admin_site.admin_view(self.ask_view)
        return [
            path("<int:dispute_id>/ask/", ask, name="billing_dispute_ask"),
            *super().get_urls(),
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """What is disputed, what the books say of it, and where evidence is given."""
        dispute = pages.found(self, request, object_id)
        currency = dispute.amount.currency.code
        return pages.drawn(
            self,
            request,
            "admin/billing/dispute/page.html",
            dispute,
            dispute=dispute,
            amount=_amount(dispute),
            taken=figures.money(dispute.taken, currency) if dispute.taken else "",
            reason=_reason(dispute),
            evidence_by=figures.instant(dispute.evidence_by) if dispute.evidence_by else "",
            opened=figures.instant(dispute.opened_at),
            heard=figures.instant(dispute.heard_at),
            moves=[
                {
                    "reference": one.payment.reference,
                    "at": figures.instant(one.payment.at),
                    "amount": figures.money(one.payment.amount.amount, currency),
                }
                for one in dispute.moves.select_related("payment")
            ],
            may_ask=access.may(request.user, "change", on=Dispute),
        )

    @doors.of_staff(Dispute, "change")
    def ask_view(self, request: HttpRequest, dispute_id: int) -> HttpResponse:
        """Ask the provider how a dispute stands now."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not access.may(request.user, "change", on=Dispute):
            raise PermissionDenied
        dispute = self.get_queryset(request).filter(pk=dispute_id).first()
        if dispute is None:
            raise Http404(f"There is no dispute {dispute_id}.")
        site = gateway()
        if dispute.gateway != site.name:
            words = f"{dispute.gateway} is not in use any more: look there how it stands."
            self.message_user(request, words, messages.ERROR)
        else:
            self.message_user(request, *_asked(dispute, site))
        return HttpResponseRedirect(reverse("admin:billing_dispute_change", args=[dispute_id]))


def _asked(dispute: Dispute, site: Gateway) -> tuple[str, int]:
    """Ask how it stands; what to say of the answer."""
    try:
        if disputing.hear(dispute.reference, gateway=site, clock=timezone.now):
            return "This is how it stands at the provider.", messages.INFO
    except ValueError as problem:
        return f"It could not be written down: {problem}", messages.ERROR
    words = (
        "There is no answer yet, or its money is held by a refund or an order that is on its way. "
        "Ask again in a minute."
    )
    return words, messages.WARNING


def _amount(dispute: Dispute) -> str:
    return figures.money(dispute.amount.amount, dispute.amount.currency.code)


def _reason(dispute: Dispute) -> str:
    """The provider's word, as one reads it."""
    return dispute.reason.replace("_", " ").capitalize()
