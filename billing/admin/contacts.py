"""The desk's pages about contacts: what an account has stored, each step of it, and a new one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from unfold.decorators import display

from accounts import access
from accounts.access import EVERYBODY, Role, Staff
from accounts.admin.desk import DeskAdmin
from accounts.admin.search import account_ids
from accounts.deeds import Doer
from accounts.models import Account
from billing import auto_upgrade_bell, contacts
from billing.admin import figures
from billing.contacts import LimitReached
from billing.limits import LARGEST_QUANTITY
from billing.models import ContactEntry
from billing.refusals import ChangeRefused

Source = ContactEntry.Source
_SUPPORT = frozenset({Role.SUPPORT})


class EntryForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """How many contacts came, went, or are there."""

    count = forms.IntegerField(
        label="Contacts",
        min_value=0,
        max_value=LARGEST_QUANTITY,
        help_text="How many were added or removed; of Counted anew, how many there are.",
        error_messages={"required": "Write how many contacts, for example 250."},
    )

    class Meta:
        model = ContactEntry
        fields = ("account", "source", "note")
        help_texts = {
            "source": "Import and adding by hand stop at the limit, API and forms at 110 % of it.",
            "note": "Why, for example the number of a request.",
        }

    def clean(self) -> dict[str, Any]:
        """A step of nothing is none; that there is nothing can be counted."""
        cleaned = super().clean() or {}
        if cleaned.get("count") == 0 and cleaned.get("source") != Source.COUNTED:
            self.add_error("count", "Write 1 or more.")
        return cleaned


@admin.register(ContactEntry)
class ContactEntryAdmin(DeskAdmin):
    """Every step of the numbers of contacts, the latest first. A new one is counted at once."""

    staff = Staff(view=EVERYBODY - {Role.CATALOGUE}, add=_SUPPORT)
    form = EntryForm
    fields = ("account", "source", "count", "note")
    autocomplete_fields = ("account",)
    list_display = ("when", "account", "source", "step_figure", "stored_figure", "who", "note")
    list_display_links = None
    list_select_related = ("account",)
    list_filter = ("source",)
    ordering = ("-pk",)
    sortable_by = ()
    search_fields = ("account__name",)
    search_help_text = "The account's name, reference or e-mail address."

    @display(description="When")
    def when(self, entry: ContactEntry) -> str:
        return figures.instant(entry.at, entry.account.time_zone)

    @display(description="Step")
    def step_figure(self, entry: ContactEntry) -> str:
        return figures.figure(f"{entry.step:+,}".replace("-", "−"))

    @display(description="Stored")
    def stored_figure(self, entry: ContactEntry) -> str:
        return figures.figure(f"{entry.stored:,}")

    @display(description="Who", empty_value="The vendor's product")
    def who(self, entry: ContactEntry) -> str | None:
        return entry.actor_name or None

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
        except ChangeRefused as refusal:
            # The transaction of the form is gone, and with it the bell that was rung in it.
            if isinstance(refusal, LimitReached):
                auto_upgrade_bell.ring(refusal.account_id, needs=refusal.needs)
            self.message_user(request, str(refusal), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> ContactEntry:
        _count(form.cleaned_data, request)
        account: Account = form.cleaned_data["account"]
        return ContactEntry.objects.filter(account=account).latest("sequence")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Nothing is left to save: the step is counted."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """A step has no rows beside it on its form."""

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        now = contacts.contacts_of(obj.account_id)
        words = f"{obj.account} has {now.stored:,} of {now.limit:,} contacts ({now.percent} %)."
        self.message_user(request, words, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:billing_contactentry_changelist"))


def _count(cleaned: dict[str, Any], request: HttpRequest) -> None:
    """Do what the form says, by whoever sent it."""
    account, count, at = cleaned["account"], cleaned["count"], timezone.now()
    by, note = Doer(access.person_of(request)), cleaned["note"]
    if cleaned["source"] == Source.COUNTED:
        contacts.count_anew(account_id=account.pk, stored=count, at=at, by=by, note=note)
    elif cleaned["source"] == Source.REMOVED:
        contacts.remove(account_id=account.pk, count=count, at=at, by=by, note=note)
    else:
        source = cleaned["source"]
        contacts.add(account_id=account.pk, count=count, source=source, at=at, by=by, note=note)
