"""The desk's pages about a bank's file: it is sent, and asked which column is what if need be."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from accounts import access
from accounts.admin.in_step import names_a_row
from billing import bank_file, bank_import, bank_layouts
from billing.bank_file import FileMistakes, UnknownColumns
from billing.forms.bank import BankFileForm
from billing.forms.bank_columns import ColumnsForm
from billing.models import BankLayout, BankUpload

_WRONG: Final = 422
_SHOWN: Final = 200
_PREVIEW: Final = 5
Drawn = tuple[int, dict[str, Any]]
"""The status and the context of a page that is to be drawn."""


def send(request: HttpRequest) -> HttpResponse | Drawn:
    """Take in a file; one whose columns are not known is kept until somebody says what they are."""
    if request.method != "POST":
        return 200, _about_sending(BankFileForm())
    forgets = request.POST.get("forget", "")
    if names_a_row(forgets):
        bank_layouts.forget(int(forgets))
        messages.success(request, "It is forgotten: the next such file is asked about again.")
        return HttpResponseRedirect(reverse("admin:billing_bankline_add"))
    form = BankFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _WRONG, _about_sending(form)
    given = form.cleaned_data["file"]
    content, currency = given.read(), form.cleaned_data["currency"]
    try:
        taken = bank_import.take_in(
            content,
            name=given.name,
            by=access.person_of(request),
            clock=timezone.now,
            currency=currency,
        )
    except FileMistakes as wrong:
        asked = _can_be_asked(wrong, content)
        if mistakes := bank_file.broken(content) if asked else wrong.mistakes:
            return _WRONG, _about_sending(form, mistakes)
        upload = bank_layouts.keep_file(
            content,
            name=given.name,
            currency=currency,
            by=access.person_of(request),
            at=timezone.now(),
        )
        return HttpResponseRedirect(reverse("admin:billing_bankline_columns", args=[upload.pk]))
    return _taken(request, taken)


def say(request: HttpRequest, upload: BankUpload) -> HttpResponse | Drawn:
    """Say which column is what; the file is taken in with it, and it is remembered then."""
    content = bytes(upload.content)
    header = bank_file.header_of(content)
    before = bank_layouts.said_of(header)
    form = ColumnsForm(
        request.POST or None,
        header=header,
        places=before.places if before is not None else bank_file.recognised(header),
        currency=upload.currency or (before.currency if before is not None else ""),
    )
    if request.method != "POST":
        return 200, _about(upload, form, content, _mistakes_before(upload, before, content))
    if not form.is_valid():
        return _WRONG, _about(upload, form, content, [])
    who, currency = access.person_of(request), form.cleaned_data["for_all"]
    try:
        taken = bank_import.take_in(
            content,
            name=upload.file,
            by=who,
            clock=timezone.now,
            currency=currency,
            places=form.places,
        )
    except FileMistakes as wrong:
        return _WRONG, _about(upload, form, content, wrong.mistakes)
    bank_layouts.remember(header, form.places, currency=currency, by=who, at=timezone.now())
    upload.delete()
    return _taken(request, taken)


def _can_be_asked(wrong: FileMistakes, content: bytes) -> bool:
    """Whether saying which column is what may mend it: of a header that names nothing known.

    Or of one of which it was said before, perhaps wrongly.
    """
    if isinstance(wrong, UnknownColumns):
        return True
    try:
        return bank_layouts.said_of(bank_file.header_of(content)) is not None
    except FileMistakes:
        return False


def _mistakes_before(upload: BankUpload, before: BankLayout | None, content: bytes) -> list[str]:
    """What is wrong with the file by what was said of its header before."""
    if before is None:
        return []
    try:
        bank_file.read(content, currency=upload.currency or before.currency, places=before.places)
    except FileMistakes as wrong:
        return wrong.mistakes
    return []


def _taken(request: HttpRequest, taken: bank_import.TakenIn) -> HttpResponse:
    messages.success(request, str(taken))
    return HttpResponseRedirect(reverse("admin:billing_bankline_changelist"))


def _about_sending(form: BankFileForm, mistakes: list[str] | None = None) -> dict[str, Any]:
    found = mistakes or []
    return {
        "form": form,
        "mistakes": found[:_SHOWN],
        "count": len(found),
        "layouts": BankLayout.objects.select_related("person"),
        "title": "Take in a bank file",
    }


def _about(
    upload: BankUpload, form: ColumnsForm, content: bytes, mistakes: list[str]
) -> dict[str, Any]:
    return {
        "title": f"Which column is what in {upload.file}?",
        "upload": upload,
        "form": form,
        "header": bank_file.header_of(content),
        "rows": bank_file.first_rows(content, _PREVIEW),
        "mistakes": mistakes[:_SHOWN],
        "count": len(mistakes),
    }
