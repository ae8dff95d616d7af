"""The desk's page about orders, and calling off one that was charged and cannot be settled."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from unfold.decorators import display

from accounts import access, doors
from accounts.access import EVERYBODY, Role, Staff
from accounts.admin.letters import SUBJECT_PAGES
from billing import calling_off
from billing.admin import figures
from billing.admin.payments import MoneyAdmin, call_off_link
from billing.admin.refunds import TOLD
from billing.calling_off import Planned, stands_still
from billing.forms.calling_off import CallingOffForm
from billing.gateways import gateway
from billing.models import Line, Order, Product
from billing.refusals import ChangeRefused

_REFUSED = 409
_WRONG = 422
SUBJECT_PAGES["order_called_off"] = "admin:billing_order_change"


@admin.register(Order)
class OrderAdmin(MoneyAdmin):
    """What customers have confirmed, and what became of its payment."""

    staff = Staff(view=EVERYBODY - {Role.CATALOGUE}, change=frozenset({Role.BILLING}))
    list_select_related = ("payer", "invoice", "account", "person")
    list_display = (
        *("number", "account", "payer", "person", "confirmed", "total_figure", "state_label"),
        *("invoice", "reason", "deed"),
    )
    deed_needs = ("change", Order)

    fields = (
        *("account", "payer", "person", "confirmed", "changed", "charged", "total_figure"),
        *(
            "credit_used",
            "pays_by",
            "state",
            "reason",
            "cause",
            "waits_until",
            "settled",
            "invoice",
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("attempts")

    @display(description="Order")
    def number(self, order: Order) -> str:
        return str(order)

    @display(description="Confirmed at")
    def confirmed(self, order: Order) -> str:
        return figures.instant(order.at)

    @display(description="What is changed")
    def changed(self, order: Order) -> SafeString:
        names = _names(order)
        return _in_lines(
            f"{names.get(code, code)}: {figures.number(was)} → {figures.number(becomes)}"
            for code, was, becomes in order.changes
        )

    @display(description="What is due for it, before discount and taxes")
    def charged(self, order: Order) -> SafeString:
        names, currency = _names(order), order.total.currency.code
        kinds = dict(Line.Kind.choices)
        return _in_lines(
            f"{names.get(code, code)}, {kinds.get(kind, kind).lower()}: "
            f"{figures.number(quantity)}, {figures.money(Decimal(amount), currency)}"
            f"{_days(*days[:2])}"
            for code, kind, quantity, amount, *days in order.quote.get("lines", ())
        )

    @display(description="Credit used")
    def credit_used(self, order: Order) -> str:
        return figures.money(order.credit, order.total.currency.code)

    @display(description="Waits for a transfer until")
    def waits_until(self, order: Order) -> str:
        return figures.instant(order.expires_at) if order.expires_at else "–"

    @display(description="Settled at")
    def settled(self, order: Order) -> str:
        return figures.instant(order.settled_at) if order.settled_at else "–"

    @display(description="Due at once")
    def total_figure(self, order: Order) -> str:
        return figures.figure(_money(order.total))

    @display(
        description="State",
        label={
            "paying": "info",
            "done": "success",
            "declined": "danger",
            "cancelled": "warning",
            "stuck": "danger",
            "waiting": "info",
            "expired": "warning",
            "repriced": "warning",
        },
    )
    def state_label(self, order: Order) -> tuple[str, str]:
        return order.state, order.get_state_display()

    @display(description="")
    def deed(self, order: Order) -> SafeString | str:
        stands = order.unsettled and any(map(stands_still, order.attempts.all()))
        return call_off_link(order) if stands else ""

    # Calling off.

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.call_off_view)
        return [
            path("<int:order_id>/call-off/", view, name="billing_order_call_off"),
            *super().get_urls(),
        ]

    @doors.of_staff(Order, "change")
    def call_off_view(self, request: HttpRequest, order_id: int) -> HttpResponse:
        """Why, then what will happen, then the order is called off and its money sent back."""
        if not access.may(request.user, "change", on=Order):
            raise PermissionDenied
        order = self.get_queryset(request).filter(pk=order_id).first()
        if order is None:
            raise Http404(f"There is no order {order_id}.")
        deed = request.POST.get("deed", "")
        form = CallingOffForm(request.POST if deed else None)
        if deed in {"", "back"}:
            return self._drawn(request, order, form)
        if not form.is_valid():
            return self._drawn(request, order, form, status=_WRONG)
        try:
            if deed == "call_off":
                return self._call_off(request, order, form.cleaned_data["reason"])
            planned = calling_off.plan(order_id=order.pk, gateway=gateway())
        except ChangeRefused as refused:
            self.message_user(request, str(refused), messages.ERROR)
            return self._drawn(request, order, form, status=_REFUSED)
        return self._drawn(request, order, form, planned=planned)

    def _call_off(self, request: HttpRequest, order: Order, reason: str) -> HttpResponse:
        refund = calling_off.call_off(
            order_id=order.pk,
            reason=reason,
            by=access.person_of(request),
            gateway=gateway(),
            clock=timezone.now,
        )
        self.message_user(request, f"{order} is called off; the customer is told by e-mail.")
        level, words = TOLD[refund.state]
        told = words.format(amount=_money(refund.amount), why=refund.reason)
        self.message_user(request, told, level)
        page = "admin:billing_refundattempt_change"
        return HttpResponseRedirect(reverse(page, args=[refund.pk]))

    def _drawn(
        self,
        request: HttpRequest,
        order: Order,
        form: CallingOffForm,
        *,
        planned: Planned | None = None,
        status: int = 200,
    ) -> TemplateResponse:
        request.current_app = self.admin_site.name
        attempt = order.attempts.order_by("-number").first()
        return TemplateResponse(
            request,
            "admin/billing/order/call_off.html",
            {
                **self.admin_site.each_context(request),
                "title": f"Call off {order}",
                "opts": self.opts,
                "media": self.media,
                "order": order,
                "attempt": attempt,
                "may": order.unsettled and attempt is not None and stands_still(attempt),
                "confirmed": figures.instant(order.at),
                "amount": _money(attempt.amount) if attempt else "",
                "form": form,
                "planned": planned,
            },
            status=status,
        )


def _names(order: Order) -> dict[str, str]:
    """The products of its changes by code, as the desk names them. One query."""
    codes = [code for code, _was, _becomes in order.changes]
    return dict(Product.objects.filter(code__in=codes).values_list("code", "name_en"))


def _days(start: str = "", end: str = "") -> str:
    """The days of a line, behind its amount; nothing in orders that kept none (`frozen`)."""
    if not start:
        return ""
    return f", {figures.days(date.fromisoformat(start), date.fromisoformat(end))}"


def _in_lines(said: Iterable[str]) -> SafeString:
    return format_html_join(mark_safe("<br>"), "{}", ((one,) for one in said))  # our own mark


def _money(money: Any) -> str:
    return figures.money(money.amount, money.currency.code)
