"""The desk's pages about runs: start one or a dry run, watch it, retry what failed."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
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
from kombu.exceptions import OperationalError as NoBroker
from unfold.decorators import action, display

from accounts import doors
from accounts.access import EVERYBODY, Role, Staff, may
from accounts.admin.desk import DeskAdmin, DeskList
from billing import run as running
from billing.admin import figures, run_form, run_tables
from billing.admin.filters import RunFilter
from billing.admin.pages import drawn, found
from billing.models import BillingRun, RunDraft, RunFailure

_WHO_STARTS: Final = frozenset({Role.SUPPORT, Role.BILLING})


class RunList(DeskList):
    """A page of runs with what came out of each, read for all of them at once."""

    result_list: Any

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        runs: list[Any] = list(self.result_list)
        outcomes = run_tables.outcomes([run.pk for run in runs])
        for run in runs:
            run.outcome = outcomes[run.pk]
        self.result_list = runs


@admin.register(BillingRun)
class BillingRunAdmin(DeskAdmin):
    """Billing runs, the latest first."""

    staff = Staff(view=EVERYBODY - {Role.CATALOGUE}, add=_WHO_STARTS, change=_WHO_STARTS)
    form = run_form.StartForm
    fields = ("at", "account")
    autocomplete_fields = ("account",)
    list_display = (*("name", "who", "state_label", "documents", "failures", "amounts", "ended"),)
    list_filter = (RunFilter,)
    list_select_related = ("started_by",)
    sortable_by = ()
    actions_list = ("start",)
    show_add_link = False
    add_form_template = "admin/billing/billingrun/start.html"

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[RunList]:
        return RunList

    @display(description="Run")
    def name(self, run: BillingRun) -> str:
        return str(run)

    @display(description="Started by")
    def who(self, run: BillingRun) -> str:
        return str(run.started_by) if run.started_by else run.get_source_display()

    @display(description="State", label={"preparing": "info", "running": "info", "done": "success"})
    def state_label(self, run: BillingRun) -> tuple[str, str]:
        return run.state, run.get_state_display()

    @display(description="Documents")
    def documents(self, run: BillingRun) -> str:
        return figures.figure(figures.number(_outcome(run).documents))

    @display(description="Failures", label={"some": "danger", "none": "default"})
    def failures(self, run: BillingRun) -> tuple[str, str]:
        count = _outcome(run).failures
        return ("some", figures.number(count)) if count else ("none", "None")

    @display(description="Amounts")
    def amounts(self, run: BillingRun) -> str:
        return figures.figure(" · ".join(figures.sums(_outcome(run).amounts)) or "Nothing")

    @display(description="Ended", empty_value="Not yet")
    def ended(self, run: BillingRun) -> str | None:
        return figures.instant(run.ended_at) if run.ended_at else None

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @doors.of_staff(BillingRun, "add")
    @action(description="Run or dry run", icon="play_arrow", permissions=["add"])
    def start(self, request: HttpRequest) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:billing_billingrun_add"))

    # Starting.

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return run_form.asked_for(request)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        due = run_form.payers_due(timezone.now())
        context = {**(extra_context or {}), "title": "Run or dry run", "due": due}
        return super().add_view(request, form_url, context)

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> BillingRun:
        values = form.cleaned_data
        started = running.start(
            at=values["at"],
            clock=timezone.now,
            source=BillingRun.Source.ADMIN,
            dry_run=values["dry_run"],
            by=request.user,  # type: ignore[arg-type]  # staff of the admin are signed in
            account=values["account"],
        )
        transaction.on_commit(lambda: self._call_a_worker(request, started))
        return started

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Nothing is left to save: `start` has written the run and its pages."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """A run has no rows beside it on its form."""

    def _call_a_worker(self, request: HttpRequest, run: BillingRun) -> None:
        from billing import tasks

        try:
            tasks.ring(run.pk)
        except NoBroker:
            self.message_user(
                request,
                "The run is prepared, but no worker could be called: the broker does not answer. "
                f"It starts with the next beat, or now by: manage.py bill --run {run.pk}",
                messages.WARNING,
            )

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        return HttpResponseRedirect(_address(obj.pk))

    # Watching.

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        pages = (
            ("<int:run_id>/progress/", self.progress_view, "progress"),
            ("<int:run_id>/retry/<int:failure_id>/", self.retry_view, "retry"),
            ("<int:run_id>/draft/<int:draft_id>/", self.draft_view, "draft"),
        )
        return [
            *(
                path(route, view(page), name=f"billing_billingrun_{name}")
                for route, page, name in pages
            ),
            *super().get_urls(),
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> TemplateResponse:
        run = found(self, request, object_id)
        return drawn(
            self,
            request,
            "admin/billing/billingrun/page.html",
            run,
            run=run,
            report=run_tables.standing(run),
            failures=run_tables.failures(request, run),
            drafts=run_tables.drafts(request, run),
            may_retry=may(request.user, "change", on=BillingRun),
        )

    @doors.of_staff(BillingRun)
    def progress_view(self, request: HttpRequest, run_id: int) -> TemplateResponse:
        """The part of the page that moves; the whole page is drawn anew when the run has ended."""
        run = found(self, request, str(run_id))
        page = drawn(
            self,
            request,
            "admin/billing/billingrun/_progress.html",
            run,
            run=run,
            report=run_tables.standing(run),
        )
        if run.state == BillingRun.State.DONE:
            page["HX-Refresh"] = "true"
        return page

    @doors.of_staff(BillingRun, "change")
    def retry_view(self, request: HttpRequest, run_id: int, failure_id: int) -> HttpResponse:
        """Bill the payer of a failure once more."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not may(request.user, "change", on=BillingRun):
            raise PermissionDenied
        failure = (
            RunFailure.objects.select_related("run", "payer")
            .filter(pk=failure_id, run=run_id)
            .first()
        )
        if failure is None:
            raise Http404(f"Run {run_id} has no failure {failure_id}.")
        before = set(run_tables.documents(failure))
        if running.retry(failure.pk, clock=timezone.now):
            made = [name for name in run_tables.documents(failure) if name not in before]
            self.message_user(request, run_tables.retried(failure, made), messages.SUCCESS)
        else:
            failure.refresh_from_db()
            self.message_user(request, f"It failed again: {failure.reason}", messages.ERROR)
        return HttpResponseRedirect(_address(run_id))

    @doors.of_staff(BillingRun)
    def draft_view(self, request: HttpRequest, run_id: int, draft_id: int) -> TemplateResponse:
        """One document that a dry run would issue."""
        run = found(self, request, str(run_id))
        draft = RunDraft.objects.select_related("payer").filter(pk=draft_id, run=run).first()
        if draft is None:
            raise Http404(f"Run {run_id} has no draft {draft_id}.")
        return drawn(
            self,
            request,
            "admin/billing/billingrun/draft.html",
            run,
            title=f"Draft for {draft.payer}",
            run=run,
            draft=draft,
            paper=run_tables.paper(draft.document),
            table=run_tables.draft_lines(request, draft.document),
        )


def _outcome(run: BillingRun) -> run_tables.Outcome:
    """What the list has read of this run, together with the others of its page."""
    return run.outcome  # type: ignore[attr-defined]  # set by RunList


def _address(run_id: int) -> str:
    return reverse("admin:billing_billingrun_change", args=[run_id])
