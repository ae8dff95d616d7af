"""The desk's page about subscriptions: when each is billed next, what it holds, its log."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from unfold.decorators import display

from accounts.access import EVERYBODY, Role, Staff
from accounts.admin.desk import ReadOnlyAdmin
from accounts.admin.search import account_ids
from billing.admin import figures, panels
from billing.admin.pages import drawn, found
from billing.models import Subscription


@admin.register(Subscription)
class SubscriptionAdmin(ReadOnlyAdmin):
    """Subscriptions, the next to be billed first."""

    staff = Staff(view=EVERYBODY - {Role.CATALOGUE})
    list_display = ("account", "code", "interval", "next_day", "next_instant", "payer", "ends_on")
    list_select_related = ("account", "payer")
    ordering = ("next_bill_at", "payer_id", "pk")
    sortable_by = ()
    search_fields = ("account__name",)
    search_help_text = "The account's name, reference or e-mail address."

    @display(description="Next opening")
    def next_day(self, subscription: Subscription) -> str:
        return figures.day(subscription.next_opening)

    @display(description="Billed next at", empty_value="Never again")
    def next_instant(self, subscription: Subscription) -> str | None:
        due = subscription.next_bill_at
        return figures.instant(due, subscription.time_zone) if due else None

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        return (queryset.filter(account__in=account_ids(term)) if term else queryset), False

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> TemplateResponse:
        subscription = found(self, request, object_id)
        return drawn(
            self,
            request,
            "admin/billing/subscription/page.html",
            subscription,
            subscription=subscription,
            next_instant=self.next_instant(subscription) or "Never again",
            tables=panels.of_subscription(request, subscription),
        )
