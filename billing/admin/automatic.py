"""The desk's page about automatic upgrades: who agreed to what, and what became of it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from accounts.access import EVERYBODY, Role, Staff
from accounts.admin.desk import ReadOnlyAdmin, said_in_utc
from accounts.admin.search import account_ids
from billing.admin import figures
from billing.models import AutoUpgrade


@admin.register(AutoUpgrade)
class AutoUpgradeAdmin(ReadOnlyAdmin):
    """What customers have agreed to, the latest first. They end it themselves, or on a visit."""

    staff = Staff(view=EVERYBODY - {Role.CATALOGUE})
    list_display = ("account", "product", "most", "who", "when", "tries", "end")
    list_display_links = None
    list_select_related = ("account", "product")
    list_filter = ("ended_because",)
    ordering = ("-pk",)
    sortable_by = ()
    search_fields = ("account__name",)
    search_help_text = "The account's name, reference or e-mail address."

    @display(description="To at most")
    def most(self, agreed: AutoUpgrade) -> str:
        return figures.figure(f"{agreed.up_to:,}")

    @display(description="Agreed by")
    def who(self, agreed: AutoUpgrade) -> str:
        return agreed.agreed_by_name

    @display(description="Agreed at")
    def when(self, agreed: AutoUpgrade) -> str:
        return figures.instant(agreed.agreed_at, agreed.account.time_zone)

    @display(description="Failures", empty_value="None")
    def tries(self, agreed: AutoUpgrade) -> str | None:
        if not agreed.failures:
            return None
        again = agreed.next_try_at
        then = "" if again is None or agreed.ended_at else f", again {said_in_utc(again)}"
        return f"{agreed.failures}{then}"

    @display(description="Ended", empty_value="Not ended")
    def end(self, agreed: AutoUpgrade) -> str | None:
        if agreed.ended_at is None:
            return None
        by = f" ({agreed.ended_by_name})" if agreed.ended_by_name else ""
        return f"{said_in_utc(agreed.ended_at)}: {agreed.get_ended_because_display()}{by}"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        return (queryset.filter(account__in=account_ids(term)) if term else queryset), False
