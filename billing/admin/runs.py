"""The desk's pages about runs: start one or a dry run, watch it, retry what failed."""

from __future__ import annotations

from typing import Any, Final

from django import forms
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

from accounts.access import EVERYBODY, Role, Staff, may
from accounts.admin.desk import DeskAdmin
from billing import run as running
from billing.admin import figures, run_tables
from billing.admin.pages import drawn, found
from billing.models import BillingRun, RunDraft, RunFailure

_WHO_STARTS: Final = frozenset({Role.SUPPORT, Role.BILLING})


class StartForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """Which run to start. A real one bills what is due by now; only a dry one may look ahead."""

    class Meta:
        model = BillingRun
        fields = ("at", "dry_run", "account")
        labels = {"at": "Bill up to"}
        help_texts = {
            "at": "UTC. Everything due up to this instant; empty: now. A dry run may lie ahead.",
            "dry_run": "Computes the same documents and shows them, and issues none.",
            "account": "Only the payer of this account; empty: everybody who is due.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["at"].required = False

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if self.errors:
            return values
        now = timezone.now()
        at = values["at"] = values.get("at") or now
        if at > now and not values["dry_run"]:
            self.add_error("at", "This instant has not come. Leave it empty, or make a dry run.")
        return values


@admin.register(BillingRun)
class BillingRunAdmin(DeskAdmin):
    """Billing runs, the latest first."""

    staff = Staff(view=EVERYBODY - {Role.CATALOGUE}, add=_WHO_STARTS, change=_WHO_STARTS)
    form = StartForm
    fields = ("at", "dry_run", "account")
    autocomplete_fields = ("account",)
    list_display = ("name", "source", "started_by", "state_label", "started", "ended")
    list_select_related = ("started_by",)
    sortable_by = ()
    actions_list = ("dry_run",)
    add_form_template = "admin/billing/billingrun/start.html"

    @display(description="Run")
    def name(self, run: BillingRun) -> str:
        return str(run)

    @display(description="State", label={"preparing": "info", "running": "info", "done": "success"})
    def state_label(self, run: BillingRun) -> tuple[str, str]:
        return run.state, run.get_state_display()

    @display(description="Started")
    def started(self, run: BillingRun) -> str:
        return figures.instant(run.started_at)

    @display(description="Ended", empty_value="Not yet")
    def ended(self, run: BillingRun) -> str | None:
        return figures.instant(run.ended_at) if run.ended_at else None

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @action(description="Dry run", icon="visibility", permissions=["add"])
    def dry_run(self, request: HttpRequest) -> HttpResponse:
        return HttpResponseRedirect(f"{reverse('admin:billing_billingrun_add')}?dry_run=1")

    # Starting.

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
        if running.retry(failure.pk, clock=timezone.now):
            done = "has its draft" if failure.run.dry_run else "is billed"
            self.message_user(request, f"{failure.payer} {done}.", messages.SUCCESS)
        else:
            failure.refresh_from_db()
            self.message_user(request, f"It failed again: {failure.reason}", messages.ERROR)
        return HttpResponseRedirect(_address(run_id))

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


def _address(run_id: int) -> str:
    return reverse("admin:billing_billingrun_change", args=[run_id])
