"""The desk's pages about trials: who tries what until when, a new one, and calling one off."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from unfold.decorators import action, display

from accounts import access
from accounts.access import EVERYBODY, Role, Staff
from accounts.admin.desk import DeskAdmin, known_days, said_in_utc
from accounts.admin.search import account_ids
from accounts.deeds import Doer
from billing import trials
from billing.admin import figures
from billing.limits import LARGEST_QUANTITY
from billing.models import Trial
from billing.refusals import ChangeRefused

_SUPPORT = frozenset({Role.SUPPORT})
_REFUSAL = "trial_refused"


class TrialForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """Who tries how many of what, and until when."""

    quantity = forms.IntegerField(
        label="Number",
        min_value=1,
        max_value=LARGEST_QUANTITY,
        error_messages={"required": "Write how many are tried, for example 5."},
    )
    ends_on = forms.DateField(
        label="Free until",
        validators=known_days(),
        widget=admin.widgets.AdminDateWidget(),
        help_text="The first day that is no longer free, where the account is.",
        error_messages={"required": "Choose the day until which it is free."},
    )

    # Why the trial was not granted, where that was tried and refused.
    refusal = ""

    class Meta:
        model = Trial
        fields = ("account", "product", "note")
        help_texts = {"note": "Why, for example the number of a request."}

    def clean(self) -> dict[str, Any] | None:
        if self.refusal:
            self.add_error(None, self.refusal)
        return super().clean()


@admin.register(Trial)
class TrialAdmin(DeskAdmin):
    """Trials, the latest first. What customers keep of one they confirm themselves."""

    staff = Staff(view=EVERYBODY - {Role.CATALOGUE}, add=_SUPPORT)
    form = TrialForm
    fields = ("account", "product", "quantity", "ends_on", "note")
    autocomplete_fields = ("account", "product")
    list_display = ("account", "product", "number", "until", "kept", "granted", "note", "end")
    list_display_links = None
    list_select_related = ("account", "product", "kept_by")
    list_filter = ("ended_because",)
    ordering = ("-pk",)
    sortable_by = ()
    search_fields = ("account__name",)
    search_help_text = "The account's name, reference or e-mail address."
    actions = ("call_off",)

    @display(description="Number")
    def number(self, trial: Trial) -> str:
        return figures.figure(f"{trial.quantity:,}")

    @display(description="Free until")
    def until(self, trial: Trial) -> str:
        return figures.day(trial.ends_on)

    @display(description="Kept", empty_value="Nothing")
    def kept(self, trial: Trial) -> str | None:
        if not trial.keeps:
            return None
        return f"{trial.keeps:,} at most {trial.agreed.normalize():f} each cycle, {trial.kept_by}"

    @display(description="Granted")
    def granted(self, trial: Trial) -> str:
        return f"{said_in_utc(trial.granted_at)}, {trial.granted_by_name}"

    @display(description="Ended", empty_value="Not ended")
    def end(self, trial: Trial) -> str | None:
        if trial.ended_at is None:
            return None
        return f"{said_in_utc(trial.ended_at)}: {trial.get_ended_because_display()}"

    @action(description="Call off the chosen trials", permissions=["call_off"])
    def call_off(self, request: HttpRequest, queryset: QuerySet[Trial]) -> None:
        at = timezone.now()
        ended = sum(trials.call_off(trial_id=trial.pk, at=at) for trial in queryset)
        self.message_user(request, f"Called off: {ended}.", messages.SUCCESS)

    def has_call_off_permission(self, request: HttpRequest) -> bool:
        """Who grants trials calls them off."""
        return access.may(request.user, "add", on=Trial)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        return (queryset.filter(account__in=account_ids(term)) if term else queryset), False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            return super().add_view(request, form_url, extra_context)
        except ChangeRefused as refused:
            # Nothing was written; the same form again says why, with all that was typed.
            setattr(request, _REFUSAL, str(refused))
            return super().add_view(request, form_url, extra_context)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.refusal = getattr(request, _REFUSAL, "")
        return form

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Trial:
        said = form.cleaned_data
        return trials.grant(
            account_id=said["account"].pk,
            product=said["product"],
            quantity=said["quantity"],
            ends_on=said["ends_on"],
            at=timezone.now(),
            by=Doer(access.person_of(request)),
            note=said["note"],
        )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Nothing is left to save: it is granted."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """A trial has no rows beside it on its form."""

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        words = f"{obj.account} tries {obj.quantity:,} of {obj.product} until {obj.ends_on}."
        self.message_user(request, words, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:billing_trial_changelist"))
