"""The desk's pages about money: what is open, what was tried, what came in, the ledger."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.decorators import display

from accounts.access import EVERYBODY, Role, Staff, may
from accounts.admin.desk import ReadOnlyAdmin
from accounts.admin.search import account_ids
from billing.admin import figures
from billing.admin.filters import AttemptFilter, OpenFilter
from billing.calling_off import stands_still
from billing.models import Invoice, Order, Payment, PaymentAttempt, Receivable

WHO_SEES_MONEY = Staff(view=EVERYBODY - {Role.CATALOGUE})


def call_off_link(order: Order) -> SafeString:
    """The way to the page that calls this order off."""
    address = reverse("admin:billing_order_call_off", args=[order.pk])
    return format_html('<a class="desk-link" href="{}">Call off and give back</a>', address)


class MoneyAdmin(ReadOnlyAdmin):
    """Rows of a payer's money, the latest first; found by payer or by invoice number."""

    staff = WHO_SEES_MONEY
    list_select_related: tuple[str, ...] = ("payer", "invoice")
    ordering = ("-pk",)
    sortable_by = ()
    search_fields = ("pk",)
    search_help_text = "An invoice's number, or the payer's name, reference or e-mail address."
    # Of what one must be able to add or change rows to follow the links in the column `deed`.
    deed_needs: ClassVar[tuple[str, type[Model]] | None] = None

    def get_list_display(self, request: HttpRequest) -> Any:
        shown = super().get_list_display(request)
        if self.deed_needs is None:
            return shown
        action, model = self.deed_needs
        return (
            shown if may(request.user, action, on=model) else [it for it in shown if it != "deed"]
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        wanted = self.by_invoice(term) | Q(payer__in=account_ids(term))
        return queryset.filter(wanted | self.by_own_number(term)), False

    def by_invoice(self, term: str) -> Q:
        """The rows of the invoice of this number."""
        invoices = Invoice.objects.filter(number=term.upper()).values_list("pk", flat=True)
        return Q(invoice__in=list(invoices))

    def by_own_number(self, term: str) -> Q:
        """What else the rows are known by; nothing, where they have no number of their own."""
        return Q()


@admin.register(Receivable)
class ReceivableAdmin(MoneyAdmin):
    """What is still open of each document. Negative: the payer's credit."""

    list_display = ("invoice", "payer", "open_figure", "due_day", "state_label")
    fields = ("invoice", "payer", "open", "state", "due_on", "settled", "held_figure")
    list_filter = (OpenFilter,)

    @display(description="Open")
    def open_figure(self, receivable: Receivable) -> str:
        money = receivable.open
        return figures.figure(figures.money(money.amount, money.currency.code))

    @display(description="Settled at")
    def settled(self, receivable: Receivable) -> str:
        return figures.instant(receivable.settled_at) if receivable.settled_at else "–"

    @display(description="On its way back")
    def held_figure(self, receivable: Receivable) -> str:
        return figures.money(receivable.held, receivable.open.currency.code)

    @display(description="Due")
    def due_day(self, receivable: Receivable) -> str:
        return figures.day(receivable.due_on)

    @display(
        description="State",
        label={"open": "warning", "credit": "info", "paid": "success", "settled": "success"},
    )
    def state_label(self, receivable: Receivable) -> tuple[str, str]:
        tone = "credit" if figures.in_credit(receivable) else receivable.state
        return tone, figures.standing(receivable)


@admin.register(PaymentAttempt)
class PaymentAttemptAdmin(MoneyAdmin):
    """Attempts to charge what is open of an invoice, or what is due at once of an order."""

    list_select_related = ("payer", "invoice", "method", "order")
    list_display = (
        *("key", "invoice", "payer", "amount_figure", "method", "state_label", "queued", "reason"),
        "deed",
    )
    list_filter = (AttemptFilter,)
    deed_needs = ("change", Order)

    @display(description="")
    def deed(self, attempt: PaymentAttempt) -> SafeString | str:
        order = attempt.order
        if order is None or not (order.unsettled and stands_still(attempt)):
            return ""
        return call_off_link(order)

    @display(description="Queued")
    def queued(self, attempt: PaymentAttempt) -> str:
        return figures.instant(attempt.queued_at)

    @display(description="Amount")
    def amount_figure(self, attempt: PaymentAttempt) -> str:
        money = attempt.amount
        return figures.figure(figures.money(money.amount, money.currency.code))

    @display(
        description="State",
        label={
            "queued": "info",
            "sent": "info",
            "unknown": "warning",
            "action": "warning",
            "stuck": "danger",
            "charged": "success",
            "declined": "danger",
            "cancelled": "info",
            "taken": "danger",
        },
    )
    def state_label(self, attempt: PaymentAttempt) -> tuple[str, str]:
        return attempt.state, attempt.get_state_display()


@admin.register(Payment)
class PaymentAdmin(MoneyAdmin):
    """Money that came in, or went back."""

    search_help_text = (
        "The bank's or gateway's number, an invoice's, or the payer's name, reference or e-mail."
    )
    list_display = (
        *("reference", "gateway", "payer", "invoice", "amount_figure", "moment", "disputed"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Payment]:
        return super().get_queryset(request).prefetch_related("disputes")

    @display(description="Dispute")
    def disputed(self, payment: Payment) -> SafeString | str:
        return format_html_join(
            ", ",
            '<a class="desk-link" href="{}">{}</a>',
            (
                (reverse("admin:billing_dispute_change", args=[one.pk]), one.get_state_display())
                for one in payment.disputes.all()
            ),
        )

    def by_own_number(self, term: str) -> Q:
        return Q(reference=term)

    @display(description="At")
    def moment(self, payment: Payment) -> str:
        return figures.instant(payment.at)

    @display(description="Amount")
    def amount_figure(self, payment: Payment) -> str:
        money = payment.amount
        return figures.figure(figures.money(money.amount, money.currency.code))
