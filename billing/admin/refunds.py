"""The desk's pages about money that goes back: asked for, looked at, and what became of it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from unfold.decorators import display

from accounts import access, doors
from accounts.access import EVERYBODY, Role, Staff
from accounts.admin.in_step import names_a_row
from accounts.admin.letters import SUBJECT_PAGES
from billing import refund_sweep, refunding, transfers
from billing.admin import figures
from billing.admin.dealing import about_dealing, written_down
from billing.admin.filters import RefundFilter
from billing.admin.payments import MoneyAdmin
from billing.forms.dealing import DealingForm
from billing.forms.refunding import RefundForm
from billing.gateways import gateway
from billing.gateways.base import Refunded, RefundRefused
from billing.models import Deposit, Payment, Receivable, RefundAttempt
from billing.refusals import ChangeRefused, QuoteChanged

_REFUSED = 409
_WRONG = 422
_LATE = "The order was called off"
SUBJECT_PAGES |= dict.fromkeys(("refund", "credit_again"), "admin:billing_refundattempt_change")
TONES = {
    "queued": "info",
    "sent": "info",
    "unknown": "warning",
    "stuck": "danger",
    "refunded": "success",
    "refused": "danger",
    "again": "warning",
}


@admin.register(RefundAttempt)
class RefundAttemptAdmin(MoneyAdmin):
    """Money that was asked to go back, and what became of it, the latest first."""

    staff = Staff(view=EVERYBODY - {Role.CATALOGUE}, add=frozenset({Role.BILLING}))
    list_select_related = ("payer", "invoice", "payment", "person", "dealt_with__person")
    list_display = (
        *("key", "payer", "amount_figure", "state_label", "invoice", "why", "person", "asked"),
        *("for_support", "dealt"),
    )
    list_filter = (RefundFilter,)
    show_add_link = False

    @display(description="Amount")
    def amount_figure(self, refund: RefundAttempt) -> str:
        return figures.figure(_amount(refund))

    @display(description="State", label=TONES)
    def state_label(self, refund: RefundAttempt) -> tuple[str, str]:
        return refund.state, refund.get_state_display()

    @display(description="Reason")
    def why(self, refund: RefundAttempt) -> str:
        return refund.note

    @display(description="Why it stands so", empty_value="")
    def for_support(self, refund: RefundAttempt) -> str:
        return refund.reason

    @display(description="Dealt with", empty_value="")
    def dealt(self, refund: RefundAttempt) -> str:
        dealt = getattr(refund, "dealt_with", None)
        return f"{dealt.person}: {dealt.reason}" if dealt else ""

    @display(description="Asked")
    def asked(self, refund: RefundAttempt) -> str:
        return figures.instant(refund.queued_at)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return access.may(request.user, "add", on=RefundAttempt)

    def get_urls(self) -> list[URLPattern]:
        resolve = self.admin_site.admin_view(self.resolve_view)
        deal = self.admin_site.admin_view(self.deal_view)
        return [
            path("<int:refund_id>/resolve/", resolve, name="billing_refundattempt_resolve"),
            path("<int:refund_id>/deal/", deal, name="billing_refundattempt_deal"),
            *super().get_urls(),
        ]

    # Giving back.

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Give back credit of the document, or the deposit, that the address names."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        credit = _credit(request)
        if credit is None:
            return self._drawn(request, "choose", title="Refund")
        payments = refunding.payments_to_refund(credit)
        deed = request.POST.get("deed", "")
        note = _LATE if isinstance(credit, Deposit) and credit.kept_back else ""
        data = request.POST if deed else None
        form = RefundForm(data, credit=credit, payments=payments, note=note)
        context = {"form": form, **_about(credit, form)}
        if deed in {"", "back"} or not payments:
            return self._drawn(request, "form", **context)
        if not form.is_valid():
            return self._drawn(request, "form", status=_WRONG, **context)
        try:
            if deed == "show":
                return self._preview(request, credit, form, context)
            return self._give_back(request, credit, form)
        except (ChangeRefused, QuoteChanged) as refused:
            self.message_user(request, str(refused), messages.ERROR)
            return self._drawn(request, "form", status=_REFUSED, **context)

    def _preview(
        self,
        request: HttpRequest,
        credit: Receivable | Deposit,
        form: RefundForm,
        context: dict[str, Any],
    ) -> HttpResponse:
        """What will happen, unless it is refused: then it is said at once."""
        amount = form.cleaned_data["amount"]
        refunding.refuse_disputed(form.chosen)
        try:
            refunding.refuse_amount(form.chosen, credit, amount=amount)
        except ChangeRefused as refused:
            form.add_error("amount", str(refused))
            return self._drawn(request, "form", status=_WRONG, **context)
        refunding.refuse_now(form.chosen, credit, amount=amount)
        return self._drawn(request, "preview", **context, **_preview(form))

    def _give_back(
        self, request: HttpRequest, credit: Receivable | Deposit, form: RefundForm
    ) -> HttpResponse:
        values, payment = form.cleaned_data, form.chosen
        number = request.POST.get("number", "")
        asked: dict[str, Any] = {
            "payment_id": payment.pk,
            "amount": values["amount"],
            "invoice_id": credit.invoice_id if isinstance(credit, Receivable) else None,
            "note": values["note"],
            "by": access.person_of(request),
            "at": timezone.now(),
        }
        if values["reference"]:
            refund = refunding.record(**asked, reference=values["reference"])
        else:
            refund = refunding.ask(**asked, number=int(number) if names_a_row(number) else 0)
            refund = refund_sweep.send(refund.pk, clock=timezone.now, gateway=gateway())
        level, words = TOLD[refund.state]
        self.message_user(request, words.format(amount=_amount(refund), why=refund.reason), level)
        page = "admin:billing_refundattempt_change"
        return HttpResponseRedirect(reverse(page, args=[refund.pk]))

    # Looking at one.

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        return self.page(request, self._found(request, object_id))

    def page(
        self,
        request: HttpRequest,
        refund: RefundAttempt,
        *,
        deal: DealingForm | None = None,
        status: int = 200,
    ) -> HttpResponse:
        may_resolve = refund.state in {"stuck", "unknown"} and self.has_add_permission(request)
        return self._drawn(
            request,
            "page",
            title=f"Refund {refund}",
            refund=refund,
            amount=_amount(refund),
            asked=figures.instant(refund.queued_at),
            settled=figures.instant(refund.settled_at) if refund.settled_at else "",
            may_resolve=may_resolve,
            status=status,
            **about_dealing(request, refund, deal),
        )

    def _found(self, request: HttpRequest, object_id: str) -> RefundAttempt:
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method not in {"GET", "HEAD"}:
            raise PermissionDenied
        rows = self.get_queryset(request).select_related(
            *("payer", "invoice", "payment", "person", "paid_back", "dealt_with__person")
        )
        found: RefundAttempt | None = (
            rows.filter(pk=int(object_id)).first() if names_a_row(object_id) else None
        )
        if found is None:
            raise Http404(f"There is no refund {object_id}.")
        return found

    @doors.of_staff(RefundAttempt, "add")
    def deal_view(self, request: HttpRequest, refund_id: int) -> HttpResponse:
        """Write down what was done about a refund that was refused, or came again."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_add_permission(request):
            raise PermissionDenied
        refund = self.get_queryset(request).filter(pk=refund_id).first()
        if refund is None:
            raise Http404(f"There is no refund {refund_id}.")
        return written_down(request, refund, draw=self.page)

    @doors.of_staff(RefundAttempt, "add")
    def resolve_view(self, request: HttpRequest, refund_id: int) -> HttpResponse:
        """Write down what became of a refund that nobody has heard of, as the gateway shows it."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_add_permission(request):
            raise PermissionDenied
        refund = self.get_queryset(request).select_related("payment").filter(pk=refund_id).first()
        if refund is None:
            raise Http404(f"There is no refund {refund_id}.")
        reference = request.POST.get("reference", "").strip()
        if request.POST.get("deed") == "refunded" and not reference:
            self.message_user(request, "Write the gateway's number of the refund.", messages.ERROR)
        elif request.POST.get("deed") in {"refunded", "refused"}:
            self._settle(request, refund, reference)
        page = "admin:billing_refundattempt_change"
        return HttpResponseRedirect(reverse(page, args=[refund_id]))

    def _settle(self, request: HttpRequest, refund: RefundAttempt, reference: str) -> None:
        went_back = request.POST.get("deed") == "refunded"
        who = access.person_of(request)
        answer = Refunded(reference) if went_back else RefundRefused(f"Found so by {who}")
        known = Payment.objects.filter(gateway=refund.payment.gateway, reference=reference)
        if went_back and known.exists():
            self.message_user(
                request, f"{reference} names another payment already.", messages.ERROR
            )
            return
        at = timezone.now()
        if refunding.settle(refund.pk, answer, gateway=refund.payment.gateway, at=at):
            self.message_user(request, "It is written down.")
        else:
            self.message_user(request, "It was settled meanwhile.", messages.WARNING)

    def _drawn(
        self, request: HttpRequest, template: str, *, status: int = 200, **context: Any
    ) -> TemplateResponse:
        request.current_app = self.admin_site.name
        return TemplateResponse(
            request,
            f"admin/billing/refundattempt/{template}.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "media": self.media,
                "address": request.get_full_path(),
                **context,
            },
            status=status,
        )


TOLD = {
    "refunded": (messages.SUCCESS, "{amount} went back; the customer is told by e-mail."),
    "refused": (messages.ERROR, "{amount} did not go back: {why}. The credit is as it was."),
    "unknown": (
        messages.WARNING,
        "The gateway has not answered. It is asked again by itself, and nothing goes back twice.",
    ),
    "stuck": (messages.ERROR, "{amount} did not go back: {why}"),
    "queued": (messages.WARNING, "{amount} will be sent within some minutes."),
    "sent": (messages.WARNING, "{amount} is being sent."),
}


def refund_address(credit: Receivable | Deposit) -> str:
    """Where this credit is given back."""
    add = reverse("admin:billing_refundattempt_add")
    if isinstance(credit, Deposit):
        return f"{add}?payment={credit.payment_id}"
    return f"{add}?invoice={credit.invoice_id}"


def _credit(request: HttpRequest) -> Receivable | Deposit | None:
    """The credit that the address names, if there is one."""
    invoice, payment = request.GET.get("invoice", ""), request.GET.get("payment", "")
    if names_a_row(invoice):
        rows = access.rows(request.user, Receivable.objects.select_related("invoice", "payer"))
        return rows.filter(invoice=int(invoice)).first()
    if names_a_row(payment):
        deposits = access.rows(request.user, Deposit.objects.select_related("payment", "payer"))
        return deposits.filter(payment=int(payment)).first()
    return None


def _about(credit: Receivable | Deposit, form: RefundForm) -> dict[str, Any]:
    currency = credit.open.currency.code
    return {
        "title": "Refund",
        "credit": credit,
        "invoice": credit.invoice if isinstance(credit, Receivable) else None,
        "left": figures.money(refunding.refundable(credit), currency),
        "held": figures.money(credit.held, currency) if credit.held else "",
        "currency": currency,
        "payments": [
            {
                "payment": one,
                "came": figures.instant(one.at),
                "amount": figures.money(one.amount.amount, currency),
                "left": figures.money(refunding.left_of(one), currency),
                "by_bank": one.gateway == transfers.GATEWAY,
            }
            for one in form.payments.values()
        ],
    }


def _preview(form: RefundForm) -> dict[str, Any]:
    values, payment = form.cleaned_data, form.chosen
    currency = payment.amount.currency.code
    return {
        "amount": figures.money(values["amount"], currency),
        "payment": payment,
        "came": figures.instant(payment.at),
        "number": form.number,
    }


def _amount(refund: RefundAttempt) -> str:
    return figures.money(refund.amount.amount, refund.amount.currency.code)
