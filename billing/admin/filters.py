"""Filters of the desk's lists: each of them is answered by an index."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.contrib.filters.admin import DropdownFilter, RangeDateFilter

from accounts.models import Account
from billing import dealing
from billing.models import (
    BillingRun,
    Dispute,
    Invoice,
    PaymentAttempt,
    Receivable,
    RefundAttempt,
    RunFailure,
    RunPage,
)
from billing.numbering import series_of

Choices = list[tuple[str, str]]


class KindFilter(DropdownFilter):
    """Live accounts, unless sandboxes are asked for (decision 25)."""

    title = "kind"
    parameter_name = "kind"
    all_option: ClassVar[list[str]] = ["", "Live"]

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [("sandbox", "Sandbox")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Account]) -> QuerySet[Account]:
        sandbox = self.value() == "sandbox"
        return queryset.filter(kind=Account.Kind.SANDBOX if sandbox else Account.Kind.LIVE)


class AttemptFilter(DropdownFilter):
    """Attempts that are not settled, those that were declined, and those support has to see."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [
            ("support", "Needs support"),
            ("unsettled", "Not settled"),
            ("declined", "Declined"),
        ]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[PaymentAttempt]
    ) -> QuerySet[PaymentAttempt]:
        state = PaymentAttempt.State
        if self.value() == "support":
            return queryset.filter(state__in=[state.UNKNOWN, state.STUCK], reason__gt="")
        if self.value() == "unsettled":
            return queryset.filter(state__in=[state.QUEUED, state.SENT, state.UNKNOWN])
        if self.value() == "declined":
            return queryset.filter(state=state.DECLINED)
        return queryset


class OpenFilter(DropdownFilter):
    """What is open, unless all is asked for; and what is past due."""

    title = "state"
    parameter_name = "state"
    all_option: ClassVar[list[str]] = ["", "Open"]

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [("overdue", "Past due"), ("all", "All, also what is paid")]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Receivable]
    ) -> QuerySet[Receivable]:
        if self.value() == "all":
            return queryset
        still_open = queryset.filter(state=Receivable.State.OPEN)
        if self.value() == "overdue":
            return still_open.filter(due_on__lt=timezone.now().date(), open__gt=0)
        return still_open


class RunFilter(DropdownFilter):
    """Runs that have issued something, and runs that could not bill somebody."""

    title = "outcome"
    parameter_name = "outcome"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [("failures", "With failures"), ("documents", "With documents")]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[BillingRun]
    ) -> QuerySet[BillingRun]:
        if self.value() == "failures":
            failed = RunFailure.objects.filter(run=OuterRef("pk"), resolved_at=None)
            return queryset.filter(Exists(failed))
        if self.value() == "documents":
            return queryset.filter(
                Exists(RunPage.objects.filter(run=OuterRef("pk"), invoices__gt=0))
            )
        return queryset


class IssuedFilter(RangeDateFilter):
    """The day of issue, from and to."""


class DocumentFilter(DropdownFilter):
    """Invoices or credit notes: they are numbered in series of their own, which an index knows."""

    title = "document"
    parameter_name = "document"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [(value, str(label)) for value, label in Invoice.Kind.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Invoice]) -> QuerySet[Invoice]:
        kind = self.value()
        if kind not in Invoice.Kind.values:
            return queryset
        return queryset.filter(kind=kind, series=series_of(kind))


class OpenDocumentFilter(DropdownFilter):
    """Documents of which something is open, and those that are past due."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [("open", "Open"), ("overdue", "Past due")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Invoice]) -> QuerySet[Invoice]:
        if self.value() not in {"open", "overdue"}:
            return queryset
        still_open = queryset.filter(receivable__state=Receivable.State.OPEN)
        if self.value() == "open":
            return still_open
        today = timezone.now().date()
        return still_open.filter(receivable__due_on__lt=today, receivable__open__gt=0)


class RefundFilter(DropdownFilter):
    """Refunds that are not settled, and those that support has to see."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [("support", "Needs support"), ("unsettled", "Not settled")]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[RefundAttempt]
    ) -> QuerySet[RefundAttempt]:
        if self.value() == "support":
            return dealing.for_support(queryset)
        if self.value() == "unsettled":
            return queryset.filter(state__in=RefundAttempt.UNSETTLED)
        return queryset


class DisputeFilter(DropdownFilter):
    """Disputes that are not decided, and how the others ended."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [("undecided", "Not decided"), ("lost", "Lost"), ("won", "Won")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Dispute]) -> QuerySet[Dispute]:
        if self.value() == "undecided":
            return queryset.filter(state__in=Dispute.UNDECIDED)
        if self.value() in {"lost", "won"}:
            return queryset.filter(state=self.value())
        return queryset
