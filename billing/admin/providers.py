"""The desk's pages about payment providers: the cards that they keep, and what they have told."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from accounts.access import EVERYBODY, Role, Staff, may
from accounts.admin.desk import ReadOnlyAdmin
from accounts.admin.search import account_ids
from billing import webhooks
from billing.admin import figures
from billing.admin.filters import Choices
from billing.admin.method_tables import state_of
from billing.models import PaymentMethod, WebhookReceived


@admin.register(PaymentMethod)
class PaymentMethodAdmin(ReadOnlyAdmin):
    """Cards that providers keep for payers. Customers add and remove them; nobody edits one."""

    staff = Staff(view=EVERYBODY - {Role.CATALOGUE})
    list_display = ("card", "payer", "good_until", "state_label", "gateway", "reference", "added")
    list_select_related = ("payer",)
    ordering = ("-pk",)
    sortable_by = ()
    search_fields = ("reference",)
    search_help_text = "The provider's own number, or the payer's name, reference or e-mail."
    fields = (
        *("card", "payer", "good_until", "state_label", "gateway", "reference"),
        *("added", "added_by", "removed", "forgotten"),
    )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        return queryset.filter(Q(reference=term) | Q(payer__in=account_ids(term))), False

    @display(description="Card")
    def card(self, method: PaymentMethod) -> str:
        return str(method)

    @display(description="Good until")
    def good_until(self, method: PaymentMethod) -> str:
        return method.expires

    @display(description="State", label={"Default": "success", "Kept": "info"})
    def state_label(self, method: PaymentMethod) -> str:
        return state_of(method)[0]

    @display(description="Added")
    def added(self, method: PaymentMethod) -> str:
        return figures.instant(method.added_at)

    @display(description="Removed", empty_value="No")
    def removed(self, method: PaymentMethod) -> str | None:
        return figures.instant(method.removed_at) if method.removed_at else None

    @display(description="Forgotten by the provider", empty_value="Not yet")
    def forgotten(self, method: PaymentMethod) -> str | None:
        return figures.instant(method.forgotten_at) if method.forgotten_at else None


class HandledFilter(DropdownFilter):
    """Messages that wait to be handled."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [("waiting", "Not handled yet")]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[WebhookReceived]
    ) -> QuerySet[WebhookReceived]:
        return queryset.filter(handled_at=None) if self.value() == "waiting" else queryset


@admin.register(WebhookReceived)
class WebhookReceivedAdmin(ReadOnlyAdmin):
    """What providers have told by webhook. One is handled again by an action, never edited."""

    staff = Staff(view=EVERYBODY - {Role.CATALOGUE}, change=frozenset({Role.SUPPORT, Role.BILLING}))
    list_display = (
        *("event_id", "gateway", "kind", "key", "came", "times", "state_label", "problem"),
    )
    list_filter = (HandledFilter,)
    ordering = ("-pk",)
    sortable_by = ()
    search_fields = ("event_id",)
    search_help_text = "The provider's number of the message, or our key of what it is about."
    fields = ("event_id", "gateway", "kind", "key", "came", "times", "handled", "problem")
    actions = ("handle_again",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        return (queryset.filter(Q(event_id=term) | Q(key=term)) if term else queryset), False

    @display(description="Received")
    def came(self, received: WebhookReceived) -> str:
        return figures.instant(received.received_at)

    @display(description="Handled", empty_value="Not yet")
    def handled(self, received: WebhookReceived) -> str | None:
        return figures.instant(received.handled_at) if received.handled_at else None

    @display(description="State", label={"handled": "success", "waiting": "warning"})
    def state_label(self, received: WebhookReceived) -> tuple[str, str]:
        return ("handled", "Handled") if received.handled_at else ("waiting", "Waiting")

    def has_replay_permission(self, request: HttpRequest) -> bool:
        return may(request.user, "change", on=WebhookReceived)

    @admin.action(description="Handle again", permissions=["replay"])
    def handle_again(self, request: HttpRequest, queryset: QuerySet[WebhookReceived]) -> None:
        at = timezone.now()
        for received in queryset:
            webhooks.again(received_id=received.pk, at=at)
        self.message_user(request, f"{len(queryset)} will be handled again within a minute.")
