"""Invoices and payments of an account in one list, its credit as a statement, and both as files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from accounts import access, doors, spreadsheets
from accounts.access import Standing
from accounts.rights import Right
from billing import credit_moves, papers, papers_csv
from billing.booked_days import booking_zone
from billing.papers import Kind, Paper, State, Wanted

_CREDIT_PAGE: Final = 50


@doors.of_account(Right.SEE_BILLING)
@require_safe
def index(request: HttpRequest, account_id: int) -> HttpResponse:
    """Invoices, credit notes, payments and refunds, found as the address says. PLAN-12."""
    here = access.enter(request, account_id, needs=Right.SEE_BILLING)
    wanted, pays, zone = Wanted.read(request.GET), _pays(here), booking_zone()
    keys = papers.found(here.account, wanted=wanted, zone=zone)
    page = Paginator(keys, papers.PAGE).get_page(wanted.page)
    context: dict[str, Any] = {
        "here": here,
        "pays": pays,
        "pays_now": pays and here.may(Right.PURCHASE),
        "wanted": wanted,
        "rows": papers.rows(page.object_list, language=_language(), zone=zone),
        "kinds": list(Kind),
        "states": list(State),
        "years": papers.years(here.account, zone=zone),
        "page": page,
    }
    return render(request, "billing/papers/index.html", context)


@doors.of_account(Right.SEE_BILLING)
@require_safe
def export(request: HttpRequest, account_id: int) -> StreamingHttpResponse:
    """All that the list and its search show, as a CSV file."""
    here = access.enter(request, account_id, needs=Right.SEE_BILLING)
    # Of the reader while they are known: the rows are read as the file is sent.
    wanted, language, zone = Wanted.read(request.GET), _language(), booking_zone()

    def found() -> Iterator[Paper]:
        return papers.all_of(here.account, wanted=wanted, language=language, zone=zone)

    return spreadsheets.file(papers_csv.papers(found), name=_name(here, "invoices"))


@doors.of_account(Right.SEE_BILLING)
@require_safe
def credit(request: HttpRequest, account_id: int) -> HttpResponse:
    """What is in credit, and every change of it with the balance after it, the newest first."""
    here = access.enter(request, account_id, needs=Right.SEE_BILLING)
    moves = credit_moves.moves(here.account)[::-1]
    page = Paginator(moves, _CREDIT_PAGE).get_page(request.GET.get("page"))
    context = {
        "here": here,
        "pays": _pays(here),
        "zone": booking_zone(),
        "balances": credit_moves.balances(here.account),
        "page": page,
    }
    return render(request, "billing/papers/credit.html", context)


@doors.of_account(Right.SEE_BILLING)
@require_safe
def credit_export(request: HttpRequest, account_id: int) -> StreamingHttpResponse:
    """The credit statement as a CSV file, the newest first."""
    here = access.enter(request, account_id, needs=Right.SEE_BILLING)
    lines = papers_csv.moves(
        lambda: reversed(credit_moves.moves(here.account)), zone=booking_zone()
    )
    return spreadsheets.file(lines, name=_name(here, "credit"))


def _pays(here: Standing) -> bool:
    return here.account.payer_id == here.account.pk


def _name(here: Standing, what: str) -> str:
    day = date_format(timezone.localtime(), "Y-m-d")
    return f"{slugify(here.account.name) or 'account'}-{what}-{day}"


def _language() -> str:
    return (translation.get_language() or "en").partition("-")[0]
