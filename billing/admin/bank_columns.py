"""The desk's pages about a bank's file: it is sent, and asked which column is what if need be."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from accounts import access
from accounts.admin.in_step import names_a_row
from billing import bank_file, bank_header, bank_import, bank_layouts
from billing.bank_file import FileMistakes, UnknownColumns
from billing.bank_header import Found
from billing.forms.bank import BankFileForm
from billing.forms.bank_columns import ColumnsForm
from billing.models import BankLayout, BankUpload

_WRONG: Final = 422
_SHOWN: Final = 200
_PREVIEW: Final = 5
_TITLES: Final = 80
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
        if mistakes := _broken(content) if asked else wrong.mistakes:
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
    asked = _asked(upload, request.POST.get("line", "") or request.GET.get("line", ""))
    header, before = asked.titles, asked.before
    form = ColumnsForm(
        request.POST or None,
        header=header,
        places=before.places if before is not None else bank_file.recognised(header),
        currency=upload.currency or (before.currency if before is not None else ""),
    )
    if request.method != "POST":
        return 200, _about(asked, form, asked.mistakes())
    if not form.is_valid():
        return _WRONG, _about(asked, form, [])
    who, currency = access.person_of(request), form.cleaned_data["for_all"]
    try:
        taken = bank_import.take_in(
            asked.content,
            name=upload.file,
            by=who,
            clock=timezone.now,
            currency=currency,
            places=form.places,
            above=asked.above,
        )
    except FileMistakes as wrong:
        return _WRONG, _about(asked, form, wrong.mistakes)
    bank_layouts.remember(header, form.places, currency=currency, by=who, at=timezone.now())
    upload.delete()
    return _taken(request, taken)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A file that is asked about, with the line that is taken for its header."""

    upload: BankUpload
    content: bytes
    found: Found
    above: int
    titles: tuple[str, ...]
    before: BankLayout | None

    def mistakes(self) -> list[str]:
        """What is wrong with the file by what was said of its header before."""
        if self.before is None:
            return []
        currency = self.upload.currency or self.before.currency
        try:
            bank_file.read(
                self.content, currency=currency, places=self.before.places, above=self.above
            )
        except FileMistakes as wrong:
            return wrong.mistakes
        return []


def _asked(upload: BankUpload, line: str) -> _Asked:
    """The file with its header: the ``line`` that was chosen, else what it is held for."""
    content = bytes(upload.content)
    found = bank_header.find(content, said=bank_layouts.said_of_any)
    chosen = found.at(int(line)) if names_a_row(line) else None
    above = found.above if chosen is None else chosen
    titles = bank_file.header_of(content, above=above)
    return _Asked(upload, content, found, above, titles, bank_layouts.said_of(titles))


def _can_be_asked(wrong: FileMistakes, content: bytes) -> bool:
    """Whether saying which column is what may mend it: of a header that names nothing known.

    Or of one of which it was said before, perhaps wrongly.
    """
    if isinstance(wrong, UnknownColumns):
        return True
    try:
        found = bank_header.find(content, said=bank_layouts.said_of_any)
    except FileMistakes:
        return False
    return any(bank_layouts.said_of_any([row.titles for row in found.rows]))


def _broken(content: bytes) -> list[str]:
    """What keeps the file from being shown, from its header on."""
    found = bank_header.find(content, said=bank_layouts.said_of_any)
    return bank_file.broken(content, above=found.above)


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


def _about(asked: _Asked, form: ColumnsForm, mistakes: list[str]) -> dict[str, Any]:
    return {
        "title": f"Which column is what in {asked.upload.file}?",
        "upload": asked.upload,
        "form": form,
        "line": asked.above + 1,
        "lines": [(row.line, " · ".join(row.titles)[:_TITLES]) for row in asked.found.rows],
        "doubtful": asked.found.doubtful,
        "header": asked.titles,
        "rows": _first_rows(asked),
        "mistakes": mistakes[:_SHOWN],
        "count": len(mistakes),
    }


def _first_rows(asked: _Asked) -> list[list[tuple[str, str]]]:
    """The first rows below the line that was chosen, each cell with the title of its column.

    None where they are no table.
    """
    try:
        rows = bank_file.first_rows(asked.content, _PREVIEW, above=asked.above)
    except FileMistakes:
        return []
    return [list(zip_longest(asked.titles, row, fillvalue="")) for row in rows]
