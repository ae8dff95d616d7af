"""The desk's pages about requests: read, answered, applied with the price in view. STAFF-2."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django import forms
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
from django.urls import URLPattern, path
from django.utils import timezone
from unfold.decorators import display

from accounts import access, doors
from accounts.access import EVERYBODY, Role, Staff, may
from accounts.admin.desk import DeskAdmin
from accounts.admin.in_step import names_a_row
from accounts.admin.search import account_ids
from accounts.models import Account, User
from billing import applying, incoming_mail, request_words, requestable, requests
from billing.admin import figures, request_page
from billing.admin.pages import drawn, found
from billing.admin.request_filters import RequestKindFilter, RequestStateFilter, WaitingFilter
from billing.admin.request_forms import AskedForm, EntryForm, MailForm, WordsForm
from billing.foreseeing import look
from billing.models import ChangeRequest
from billing.models.requests import RequestKind
from billing.refusals import ChangeRefused, QuoteChanged
from billing.request_telling import address_of, primary_admin_of
from billing.requested import Asked

WHO_ANSWERS: Final = frozenset({Role.SUPPORT, Role.BILLING})
Deed = Callable[["ChangeRequestAdmin", HttpRequest, ChangeRequest, datetime], bool]


@admin.register(ChangeRequest)
class ChangeRequestAdmin(DeskAdmin):
    """What customers ask for. What waits longest for support comes first."""

    staff = Staff(view=EVERYBODY - {Role.CATALOGUE}, add=WHO_ANSWERS, change=WHO_ANSWERS)
    form = EntryForm
    fields = ("sender", "subject", "text", "received_at")
    add_form_template = "admin/billing/changerequest/enter.html"
    list_display = (
        *("number", "account", "what", "state_label", "came_by", "waits", "looks_after"),
    )
    list_select_related = ("account", "product", "taken_by")
    list_filter = (RequestStateFilter, RequestKindFilter, WaitingFilter)
    sortable_by = ()
    show_add_link = False
    search_fields = ("pk",)
    search_help_text = "The number (#12), or the account's name, reference or e-mail address."

    @display(description="Request")
    def number(self, request_: ChangeRequest) -> str:
        return str(request_)

    @display(description="What")
    def what(self, request_: ChangeRequest) -> str:
        return request_words.title(request_)

    @display(
        description="State",
        label={
            **{"open": "warning", "in_progress": "info", "waiting": "default"},
            **{
                "applied": "success",
                "answered": "success",
                "declined": "danger",
                "withdrawn": "default",
            },
        },
    )
    def state_label(self, request_: ChangeRequest) -> tuple[str, str]:
        return request_.state, str(request_.get_state_display())

    @display(description="By")
    def came_by(self, request_: ChangeRequest) -> str:
        source = str(request_.get_source_display())
        return source if request_.verified else f"{source}, unverified"

    @display(description="Waits since", empty_value="Not any more")
    def waits(self, request_: ChangeRequest) -> str | None:
        return figures.instant(request_.since) if request_.undone else None

    @display(description="Looks after it", empty_value="Nobody yet")
    def looks_after(self, request_: ChangeRequest) -> str | None:
        return str(request_.taken_by) if request_.taken_by else None

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        # What is still to be done by who waits longest; what was done by its number.
        return ("-pk",) if request.GET.get("state") == "done" else ("since", "pk")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        number = term.removeprefix("#")
        if not number:
            return queryset, False
        wanted = Q(pk=int(number)) if names_a_row(number) else Q()
        # A number alone may be that of an account, too.
        if number == term or not wanted:
            wanted |= Q(account__in=account_ids(number))
        return queryset.filter(wanted), False

    # Entering what came by mail or telephone.

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        account = _account(request)
        if account is None and self.has_add_permission(request):
            self.message_user(
                request,
                "Open the account first, and press Enter an e-mail there.",
                messages.WARNING,
            )
            if request.method == "POST":
                return HttpResponseRedirect(request.path)
        context = {**(extra_context or {}), "title": "Enter an e-mail", "account": account}
        return super().add_view(request, form_url, context)

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> ChangeRequest:
        account, by, at = _account(request), access.person_of(request), timezone.now()
        if account is None:
            raise Http404("There is no such account.")
        if form.cleaned_data["sender"]:
            return incoming_mail.open_by_mail(account_id=account.pk, mail=form.mail, by=by, at=at)
        primary = primary_admin_of(account)
        asked = Asked(
            kind=RequestKind.OTHER,
            contact_email=address_of(primary) if primary else "",
            notes=form.cleaned_data["text"],
        )
        return requests.write_down(account_id=account.pk, asked=asked, by=by, at=at)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Nothing is left to save: the verb has written the request."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """A request has no rows beside it on its form."""

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        return HttpResponseRedirect(request_page.address(obj.pk))

    # The page of one.

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.deed_view)
        return [
            *(
                path(
                    f"<int:request_id>/{slug}/",
                    view,
                    {"slug": slug},
                    name=f"billing_changerequest_{slug}",
                )
                for slug in DEEDS
            ),
            *super().get_urls(),
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        return self._page(request, found(self, request, object_id))

    @doors.of_staff(ChangeRequest, "change")
    def deed_view(self, request: HttpRequest, request_id: int, slug: str) -> HttpResponse:
        """Take, ask, answer, decline, apply, describe, or enter an e-mail."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not may(request.user, "change", on=ChangeRequest):
            raise PermissionDenied
        row = self.get_queryset(request).filter(pk=request_id).first()
        if row is None:
            raise Http404(f"There is no request {request_id}.")
        status = 422
        try:
            if DEEDS[slug](self, request, row, timezone.now()):
                return HttpResponseRedirect(request_page.address(request_id))
        except (ChangeRefused, QuoteChanged) as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            status = 409
        return self._page(request, row, status=status, sent=slug)

    def _again(self, request_id: int) -> ChangeRequest:
        rows = ChangeRequest.objects.select_related("account__payer", "product", "taken_by")
        return rows.get(pk=request_id)

    def _page(
        self, request: HttpRequest, row: ChangeRequest, *, status: int = 200, sent: str = ""
    ) -> HttpResponse:
        """The page; what was ``sent`` and is wrong, or was refused, stands in its form again."""
        row = self._again(row.pk)
        changes = may(request.user, "change", on=ChangeRequest)
        page = drawn(
            self,
            request,
            "admin/billing/changerequest/page.html",
            row,
            request_=row,
            what=request_words.title(row),
            tone=request_page.TONES[ChangeRequest.State(row.state)],
            opened=figures.instant(row.opened_at, row.account.time_zone),
            since=figures.instant(row.since, row.account.time_zone),
            wanted=figures.day(row.wanted_on) if row.wanted_on else "",
            steps=request_page.steps(row),
            preview=request_page.preview(row, at=timezone.now()),
            forms=_forms(request, row, sent=sent) if changes else {},
            may_write=changes,
        )
        page.status_code = status
        return page


def _forms(request: HttpRequest, row: ChangeRequest, *, sent: str) -> dict[str, forms.Form]:
    """The forms of the page by their deeds: those that the request waits for, and what was sent."""
    talks = row.undone or row.state == ChangeRequest.State.ANSWERED
    shown = {"answer": talks, "mail": talks, "ask": row.undone, "decline": row.undone}
    made: dict[str, forms.Form] = {}
    for slug in (slug for slug, wanted in shown.items() if wanted or slug == sent):
        data = request.POST if slug == sent else None
        made[slug] = MailForm(data) if slug == "mail" else _words_form(slug, data)
    if row.undone or sent == "describe":
        made["describe"] = _asked_form(request.POST if sent == "describe" else None, row)
    return made


def _words_form(slug: str, data: Any) -> WordsForm:
    return WordsForm(data, label=_LABELS[slug], prefix=slug)


def _asked_form(data: Any, row: ChangeRequest) -> AskedForm:
    options = requestable.options(look(row.account, at=timezone.now()))
    return AskedForm(data, found=row, options=options)


def _account(request: HttpRequest) -> Account | None:
    """The account that the page's address names, if it may be seen."""
    named = request.GET.get("account", "")
    if not names_a_row(named):
        return None
    return access.rows(request.user, Account.objects.filter(pk=int(named))).first()


# ---- what can be done with one; each says whether it is done, or its form is wrong ----


def _take(page: ChangeRequestAdmin, request: HttpRequest, row: ChangeRequest, at: datetime) -> bool:
    requests.take(request_id=row.pk, by=_me(request), at=at)
    page.message_user(request, f"You look after {row} now. The customer is told.")
    return True


def _says(slug: str, verb: Callable[..., object], done: str) -> Deed:
    """A deed that says something to the customer."""

    def do(
        page: ChangeRequestAdmin, request: HttpRequest, row: ChangeRequest, at: datetime
    ) -> bool:
        form = _words_form(slug, request.POST)
        if form.is_valid():
            named = {"reason" if slug == "decline" else "text": form.cleaned_data["text"]}
            verb(request_id=row.pk, by=_me(request), at=at, **named)
            page.message_user(request, done)
        return form.is_valid()

    return do


def _apply(
    page: ChangeRequestAdmin, request: HttpRequest, row: ChangeRequest, at: datetime
) -> bool:
    done = applying.apply(
        request_id=row.pk, seen=request.POST.get("seen", ""), by=_me(request), at=at
    )
    document = f" {done.invoice} is issued." if done.invoice else ""
    page.message_user(request, f"{row} is applied.{document} The customer is told.")
    return True


def _describe(
    page: ChangeRequestAdmin, request: HttpRequest, row: ChangeRequest, at: datetime
) -> bool:
    form = _asked_form(request.POST, row)
    if form.is_valid():
        requests.describe(request_id=row.pk, asked=form.asked, by=_me(request), at=at)
        page.message_user(request, "What is asked for is written down. Look at what it costs.")
    return form.is_valid()


def _mail(page: ChangeRequestAdmin, request: HttpRequest, row: ChangeRequest, at: datetime) -> bool:
    form = MailForm(request.POST)
    if form.is_valid():
        entered = incoming_mail.add_mail(request_id=row.pk, mail=form.mail, by=_me(request), at=at)
        mark = "verified" if entered.verified else "unverified: not the primary admin's address"
        page.message_user(request, f"The e-mail stands in the thread, {mark}.")
    return form.is_valid()


def _me(request: HttpRequest) -> User:
    return access.person_of(request)


DEEDS: Final[dict[str, Deed]] = {
    "take": _take,
    "ask": _says("ask", requests.ask, "The customer is asked."),
    "answer": _says("answer", requests.answer, "The customer has your answer."),
    "decline": _says("decline", requests.decline, "It is declined. Nothing was changed."),
    "apply": _apply,
    "describe": _describe,
    "mail": _mail,
}
_LABELS: Final = {"ask": "Question", "answer": "Answer", "decline": "Reason"}
