"""*Manage → Settings → QA forms*: the list, and making, changing and deleting a form (LIC-9)."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import access, doors, searching, who_may
from accounts.access import Standing
from accounts.refusals import ChangeRefused, FieldRefused
from accounts.rights import Right
from licensing import qa_forms as verbs
from licensing.forms.queues import QaFormForm
from licensing.models import QaForm

PAGE = 50


@doors.of_account(Right.SEE_QA_FORMS)
@require_safe
def index(request: HttpRequest, account_id: int) -> HttpResponse:
    """The account's forms, 50 a page."""
    here = access.enter(request, account_id, needs=Right.SEE_QA_FORMS)
    q, sort = searching.typed(request.GET.get("q", "")), request.GET.get("sort", "")
    found = here.rows(QaForm.objects.filter(searching.contains("name", q)))
    if sort == "-name":
        found = found.reverse()
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    may = here.may(Right.UPDATE_QA_FORMS)
    context = {
        "here": here,
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number),
        "q": q,
        "may_update": may,
        "who": "" if may else who_may.can_change(here.account, Right.UPDATE_QA_FORMS),
    }
    return render(request, "licensing/qa_forms/index.html", context)


@doors.of_account(Right.UPDATE_QA_FORMS)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, account_id: int) -> HttpResponse:
    """A new form."""
    here = access.enter(request, account_id, needs=Right.UPDATE_QA_FORMS)
    form = QaFormForm(request.POST or None)
    if form.is_valid():
        try:
            made = verbs.add_form(here=here, at=timezone.now(), **form.cleaned_data)
        except FieldRefused as refused:
            form.add_error(refused.field, str(refused))
        else:
            return _saved(request, account_id, made)
    return _form_page(request, here, form)


@doors.of_account(Right.UPDATE_QA_FORMS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, account_id: int, form_id: int) -> HttpResponse:
    """Rename a form, and allow it for AI QA or no longer."""
    here, found = _entered(request, account_id, form_id)
    initial = {"name": found.name, "allowed_for_ai": found.allowed_for_ai}
    form = QaFormForm(request.POST or None, initial=initial)
    refused = ""
    if form.is_valid():
        try:
            changed = verbs.change_form(
                here=here, form_id=found.pk, at=timezone.now(), **form.cleaned_data
            )
        except FieldRefused as field:
            form.add_error(field.field, str(field))
        except ChangeRefused as refusal:
            refused = str(refusal)
        else:
            return _saved(request, account_id, changed)
    return _form_page(request, here, form, found=found, refused=refused)


@doors.of_account(Right.UPDATE_QA_FORMS)
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, account_id: int, form_id: int) -> HttpResponse:
    """Delete a form, after a dialog."""
    here, found = _entered(request, account_id, form_id)
    if request.method == "POST":
        try:
            verbs.delete_form(here=here, form_id=found.pk, at=timezone.now())
        except ChangeRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("%(form)s is deleted.") % {"form": found.name})
        return redirect("licensing:qa_forms", account_id)
    return render(request, "licensing/qa_forms/delete.html", {"here": here, "qa_form": found})


def _entered(request: HttpRequest, account_id: int, form_id: int) -> tuple[Standing, QaForm]:
    """Where the person stands, and the account's form of this id."""
    here = access.enter(request, account_id, needs=Right.UPDATE_QA_FORMS)
    return here, get_object_or_404(here.rows(QaForm.objects.all()), pk=form_id)


def _saved(request: HttpRequest, account_id: int, form: QaForm) -> HttpResponse:
    if form.allowed_for_ai:
        said = _("%(form)s is saved. AI QA may use it.")
    else:
        said = _("%(form)s is saved. AI QA may not use it.")
    messages.success(request, said % {"form": form.name})
    return redirect("licensing:qa_forms", account_id)


def _form_page(
    request: HttpRequest,
    here: Standing,
    form: QaFormForm,
    *,
    found: QaForm | None = None,
    refused: str = "",
) -> HttpResponse:
    context = {"here": here, "form": form, "qa_form": found, "refused": refused}
    status = 409 if refused else 422 if form.errors else 200
    return render(request, "licensing/qa_forms/form.html", context, status=status)
