"""The desk's page about letters: what was owed to whom, and sending one again."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from accounts import doors, mail
from accounts.access import EVERYBODY, Role, Staff, may
from accounts.admin.desk import ReadOnlyAdmin, said_in_utc
from accounts.admin.search import account_ids
from accounts.models import Letter

TONES = {
    Letter.State.WAITING: "info",
    Letter.State.SENDING: "info",
    Letter.State.SENT: "success",
    Letter.State.FAILED: "danger",
}

# The page of what a letter is about, by the letter's name; apps above this one enter theirs.
SUBJECT_PAGES: dict[str, str] = {}


class StateFilter(DropdownFilter):
    """The letters that are still to be sent, and those that failed: both have an index."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("due", "To be sent"), ("failed", "Failed")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Letter]) -> QuerySet[Letter]:
        if self.value() == "due":
            return queryset.filter(state__in=[Letter.State.WAITING, Letter.State.SENDING])
        if self.value() == "failed":
            return queryset.filter(state=Letter.State.FAILED)
        return queryset


@admin.register(Letter)
class LetterAdmin(ReadOnlyAdmin):
    """The outbox. A letter is sent again by an action, never edited."""

    staff = Staff(view=EVERYBODY - {Role.CATALOGUE}, change=frozenset({Role.SUPPORT, Role.BILLING}))
    list_display = ("key", "account", "to", "state_label", "sent", "problem")
    list_select_related = ("account",)
    list_filter = (StateFilter,)
    ordering = ("-pk",)
    sortable_by = ()
    search_fields = ("key",)
    search_help_text = "A letter's key, or an account's name, reference or e-mail address."
    actions = ("send_again",)

    @display(description="State", label=TONES)
    def state_label(self, letter: Letter) -> tuple[str, str]:
        return letter.state, letter.get_state_display()

    def get_fields(self, request: HttpRequest, obj: Letter | None = None) -> tuple[str, ...]:
        """What matters of a letter: once it is sent, no more of its tries."""
        whose = "account" if obj and obj.account_id else "of_a_person"
        about = ("subject", whose, "recipient", "in_language", "state", "queued")
        if obj and obj.state == Letter.State.SENT:
            return (*about, "sent")
        if obj and obj.state == Letter.State.FAILED:
            return (*about, "tries", "problem")
        return (*about, "tries", "next_try", "problem")

    @display(description="About")
    def subject(self, letter: Letter) -> str:
        page = SUBJECT_PAGES.get(letter.name)
        words = letter.name.replace("_", " ").replace(".", " ").capitalize()
        if page is None:
            return words
        address = reverse(page, args=[letter.subject_id])
        return format_html('<a class="desk-link" href="{}">{}</a>', address, words)

    @display(description="Account")
    def of_a_person(self, letter: Letter) -> str:
        return "None: it is about somebody's own sign-in."

    @display(description="To", empty_value="Nobody: there is no address")
    def recipient(self, letter: Letter) -> str | None:
        return letter.to or None

    @display(description="Language")
    def in_language(self, letter: Letter) -> str:
        return str(dict(settings.LANGUAGES).get(letter.language, letter.language))

    @display(description="Owed since")
    def queued(self, letter: Letter) -> str:
        return said_in_utc(letter.queued_at)

    @display(description="Tried next")
    def next_try(self, letter: Letter) -> str:
        return said_in_utc(letter.next_try_at)

    @display(description="Sent", empty_value="Not yet")
    def sent(self, letter: Letter) -> str | None:
        return said_in_utc(letter.sent_at) if letter.sent_at else None

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        return queryset.filter(Q(key=term) | Q(account__in=account_ids(term))), False

    def has_send_permission(self, request: HttpRequest) -> bool:
        return may(request.user, "change", on=Letter)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.send_again_view)
        return [
            path("<int:letter_id>/send-again/", view, name="accounts_letter_send_again"),
            *super().get_urls(),
        ]

    @doors.of_staff(Letter, "change")
    def send_again_view(self, request: HttpRequest, letter_id: int) -> HttpResponse:
        """Send one letter again, then back to the page where it was asked."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_send_permission(request):
            raise PermissionDenied
        letter = self.get_queryset(request).filter(pk=letter_id).first()
        if letter is None:
            raise Http404(f"There is no letter {letter_id}.")
        self._send([letter], request)
        back = request.POST.get("next", "")
        if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
            back = reverse("admin:accounts_letter_change", args=[letter_id])
        return HttpResponseRedirect(back)

    @admin.action(description="Send again", permissions=["send"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Letter]) -> None:
        self._send(list(queryset), request)

    def _send(self, chosen: list[Letter], request: HttpRequest) -> None:
        at = timezone.now()
        with_address = [letter for letter in chosen if letter.to]
        for letter in with_address:
            mail.send_again(letter.pk, at=at)
        if with_address:
            self.message_user(request, f"{len(with_address)} will be sent again within a minute.")
        if len(chosen) > len(with_address):
            self.message_user(
                request,
                f"{len(chosen) - len(with_address)} have no address. Enter an invoice e-mail in "
                "the account first.",
                messages.WARNING,
            )
