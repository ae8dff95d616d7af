"""Filters of the list of requests: how they stand, what they ask for, how long they wait."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar, Final

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.contrib.filters.admin import DropdownFilter

from billing.admin.filters import Choices
from billing.models import ChangeRequest
from billing.models.requests import RequestKind

_DAYS: Final = {"1": "a day", "3": "3 days", "7": "a week"}


class RequestStateFilter(DropdownFilter):
    """What is still to be done, unless something else is asked for: an index knows those."""

    title = "state"
    parameter_name = "state"
    all_option: ClassVar[list[str]] = ["", "Still to be done"]

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        undone = [(state.value, str(state.label)) for state in ChangeRequest.UNDONE]
        return [*undone, ("done", "Done with"), ("all", "All")]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[ChangeRequest]
    ) -> QuerySet[ChangeRequest]:
        value = self.value()
        if value == "all":
            return queryset
        if value == "done":
            return queryset.exclude(state__in=ChangeRequest.UNDONE)
        undone = queryset.filter(state__in=ChangeRequest.UNDONE)
        return undone.filter(state=value) if value in set(ChangeRequest.UNDONE) else undone


class RequestKindFilter(DropdownFilter):
    """What is asked for."""

    title = "kind"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [(value, str(label)) for value, label in RequestKind.choices]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[ChangeRequest]
    ) -> QuerySet[ChangeRequest]:
        value = self.value()
        return queryset.filter(kind=value) if value in RequestKind.values else queryset


class WaitingFilter(DropdownFilter):
    """What has waited for support for so long."""

    title = "waits for support"
    parameter_name = "waits"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [(days, f"For {words} or longer") for days, words in _DAYS.items()]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[ChangeRequest]
    ) -> QuerySet[ChangeRequest]:
        value = self.value()
        if value not in _DAYS:
            return queryset
        since = timezone.now() - timedelta(days=int(value))
        return queryset.filter(state__in=ChangeRequest.FOR_SUPPORT, since__lte=since)
