"""The desk's page about money on account: it stands on no document."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Q
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from accounts.access import EVERYBODY, Role, Staff
from billing import refunding
from billing.admin import figures
from billing.admin.payments import MoneyAdmin
from billing.admin.refunds import refund_address
from billing.models import Deposit, RefundAttempt


@admin.register(Deposit)
class DepositAdmin(MoneyAdmin):
    """Money of payers that stands on no document; it pays for the next ones unless kept back."""

    staff = Staff(view=EVERYBODY - {Role.CATALOGUE})
    list_select_related = ("payer", "payment")
    list_display = ("reference", "payer", "came_in", "left_figure", "state_label", "deed")
    deed_needs = ("add", RefundAttempt)
    fields = ("payment", "payer", "open", "held_figure", "kept_back")
    search_fields = ("payment__reference",)
    search_help_text = "The bank's or gateway's number, or the payer's name, reference or e-mail."

    def by_own_number(self, term: str) -> Q:
        return Q(payment__reference=term)

    def by_invoice(self, term: str) -> Q:
        return Q()

    @display(description="Payment")
    def reference(self, deposit: Deposit) -> str:
        return deposit.payment.reference

    @display(description="Came in")
    def came_in(self, deposit: Deposit) -> str:
        return figures.instant(deposit.payment.at)

    @display(description="On its way back")
    def held_figure(self, deposit: Deposit) -> str:
        return figures.money(deposit.held, deposit.open.currency.code)

    @display(description="Left")
    def left_figure(self, deposit: Deposit) -> str:
        money = deposit.open
        return figures.figure(figures.money(-money.amount, money.currency.code))

    @display(
        description="State",
        label={"give back": "danger", "going back": "info", "credit": "success", "used": "default"},
    )
    def state_label(self, deposit: Deposit) -> tuple[str, str]:
        if not deposit.open.amount:
            return "used", "Nothing left"
        if deposit.held:
            return "going back", "On its way back"
        return ("give back", "To be given back") if deposit.kept_back else ("credit", "Credit")

    @display(description="")
    def deed(self, deposit: Deposit) -> SafeString | str:
        if not refunding.refundable(deposit):
            return ""
        address = refund_address(deposit)
        return format_html('<a class="desk-link" href="{}">Give it back</a>', address)
