"""*Manage → Queues*: the list, and making, changing and deleting a queue."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import access, doors, searching, who_may
from accounts.access import Standing
from accounts.models import Member
from accounts.refusals import ChangeRefused, FieldRefused
from accounts.rights import Right
from licensing import queue_list, queue_settings
from licensing import queues as verbs
from licensing.forms.queue_settings import SettingsForm
from licensing.forms.queues import ChangedQueueForm, QueueForm
from licensing.models import QaForm, Queue
from licensing.queue_words import described

_SHOWN = 50


@doors.of_account(Right.SEE_QUEUES)
@require_safe
def index(request: HttpRequest, account_id: int) -> HttpResponse:
    """The account's queues, 50 a page."""
    here = access.enter(request, account_id, needs=Right.SEE_QUEUES)
    q, sort = searching.typed(request.GET.get("q", "")), request.GET.get("sort", "")
    found = queue_list.queues(here.account, q=q, sort=sort)
    page = Paginator(found, queue_list.PAGE).get_page(request.GET.get("page"))
    context = {
        **_shared(here),
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number),
        "q": q,
    }
    return render(request, "licensing/queues/index.html", context)


@doors.of_account(Right.UPDATE_QUEUES)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, account_id: int) -> HttpResponse:
    """A new queue; the next free number is suggested."""
    here = access.enter(request, account_id, needs=Right.UPDATE_QUEUES)
    initial = {"number": verbs.next_number(account_id)}
    licensed = here.account.licensing_enabled
    form = QueueForm(request.POST or None, licensed=licensed, initial=initial)
    if form.is_valid():
        try:
            made = verbs.add_queue(here=here, at=timezone.now(), **form.cleaned_data)
        except FieldRefused as refused:
            form.add_error(refused.field, str(refused))
        else:
            said = _("%(queue)s has the number %(number)s. Nobody is logged in yet.")
            messages.success(request, said % {"queue": made.name, "number": made.number})
            return redirect("licensing:queue", account_id, made.pk)
    context = {"here": here, "form": form}
    status = 422 if form.errors else 200
    return render(request, "licensing/queues/new.html", context, status=status)


@doors.of_account(Right.SEE_QUEUES, post=Right.UPDATE_QUEUES)
@require_http_methods(["GET", "HEAD", "POST"])
def queue(request: HttpRequest, account_id: int, queue_id: int) -> HttpResponse:
    """One queue: what it is, what is switched on in it, and who is logged in to it."""
    here, found = _entered(request, account_id, queue_id)
    if request.POST.get("part") == "settings":
        return _save_settings(request, here, found)
    form = _form_of(found, request.POST or None)
    refused = ""
    if form.is_valid():
        try:
            verbs.change_queue(here=here, queue_id=found.pk, at=timezone.now(), **form.cleaned_data)
        except FieldRefused as field:
            form.add_error(field.field, str(field))
        except ChangeRefused as refusal:
            refused = str(refusal)
        else:
            messages.success(request, _("The queue is saved."))
            return redirect("licensing:queue", account_id, found.pk)
    return _page_of(request, here, found, form=form, refused=refused)


def _save_settings(request: HttpRequest, here: Standing, found: Queue) -> HttpResponse:
    """Switch on and off what AI does in a queue."""
    form = _settings_of(here, found, request.POST)
    refused = ""
    if form.is_valid():
        try:
            queue_settings.choose(
                here=here, queue_id=found.pk, chosen=form.chosen(), at=timezone.now()
            )
        except FieldRefused as field:
            form.add_error(field.field, str(field))
        except ChangeRefused as refusal:
            refused = str(refusal)
        else:
            messages.success(request, _("The queue is saved."))
            return redirect("licensing:queue", here.account.pk, found.pk)
    return _page_of(request, here, found, settings=form, refused=refused)


def _page_of(
    request: HttpRequest,
    here: Standing,
    found: Queue,
    *,
    form: ChangedQueueForm | None = None,
    settings: SettingsForm | None = None,
    refused: str = "",
) -> HttpResponse:
    members = Member.objects.filter(queue_logins__queue=found)
    members = members.exclude(status=Member.Status.DELETED).order_by("name_key", "pk")
    page = Paginator(members, _SHOWN).get_page(request.GET.get("page"))
    licensed = here.account.licensing_enabled
    context = {
        **_shared(here),
        "queue": found,
        "form": form or _form_of(found),
        "settings": (settings or _settings_of(here, found)) if licensed else None,
        "described": described(found),
        "refused": refused,
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number),
        "sees_team": here.may(Right.SEE_TEAM),
    }
    wrong = (form is not None and form.errors) or (settings is not None and settings.errors)
    status = 409 if refused else 422 if wrong else 200
    return render(request, "licensing/queues/queue.html", context, status=status)


def _form_of(found: Queue, data: QueryDict | None = None) -> ChangedQueueForm:
    names = ("name", "number", "channel", "outbound", "active")
    return ChangedQueueForm(
        data,
        licensed=found.account.licensing_enabled,
        initial={name: getattr(found, name) for name in names},
    )


def _settings_of(here: Standing, found: Queue, data: QueryDict | None = None) -> SettingsForm:
    chosen = Q(allowed_for_ai=True) | Q(pk=found.ai_qa_form_id)
    return SettingsForm(
        data,
        queue=found,
        forms_allowed=list(here.rows(QaForm.objects.filter(chosen))),
        on=queue_settings.switched_on(here.account),
    )


@doors.of_account(Right.UPDATE_QUEUES)
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, account_id: int, queue_id: int) -> HttpResponse:
    """Delete a queue: a dialog that says who is in the way."""
    here, found = _entered(request, account_id, queue_id, needs=Right.UPDATE_QUEUES)
    refused = ""
    if request.method == "POST":
        try:
            verbs.delete_queue(here=here, queue_id=found.pk, at=timezone.now())
        except ChangeRefused as refusal:
            refused = str(refusal)
        else:
            messages.success(request, _("%(queue)s is deleted.") % {"queue": found.name})
            return redirect("licensing:queues", account_id)
    context = {"here": here, "queue": found, "refused": refused or verbs.objection(found)}
    status = 409 if refused else 200
    return render(request, "licensing/queues/delete.html", context, status=status)


def _entered(
    request: HttpRequest, account_id: int, queue_id: int, *, needs: Right | None = None
) -> tuple[Standing, Queue]:
    """Where the person stands, and the account's queue of this id."""
    right = Right.SEE_QUEUES if request.method in doors.READS else Right.UPDATE_QUEUES
    here = access.enter(request, account_id, needs=needs or right)
    rows = Queue.objects.select_related("account", "ai_qa_form")
    return here, get_object_or_404(here.rows(rows), pk=queue_id)


def _shared(here: Standing) -> dict[str, object]:
    may = here.may(Right.UPDATE_QUEUES)
    who = "" if may else who_may.can_change(here.account, Right.UPDATE_QUEUES)
    return {"here": here, "may_update": may, "who": who}
