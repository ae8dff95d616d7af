"""The desk's pages of one bank line: it is split over invoices, or what it paid is undone."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from accounts import access
from accounts.models import Account
from billing import matching, splitting
from billing.admin import figures
from billing.forms.splitting import SplitForm
from billing.matching import TakenBack
from billing.models import BankLine, Deposit
from billing.refusals import ChangeRefused

_REFUSED = 409
_WRONG = 422
Drawn = tuple[int, dict[str, Any]]
"""The status and the context of a page that is to be drawn."""


def split(request: HttpRequest, line: BankLine, payer: Account) -> HttpResponse | Drawn:
    """Split a line over open invoices of a payer; nothing happens before *Match*."""
    rows = splitting.payable(line, payer)
    form = SplitForm(request.POST or None, line=line, rows=rows)
    if request.method != "POST":
        return 200, _about_split(line, payer, form)
    if not form.is_valid():
        return _WRONG, _about_split(line, payer, form)
    if request.POST.get("deed") != "match":
        return 200, _about_split(line, payer, form)
    try:
        matches = splitting.assign_parts(
            line.pk,
            form.parts,
            payer_id=payer.pk,
            by=access.person_of(request),
            at=timezone.now(),
        )
    except (ChangeRefused, ValueError) as refused:
        messages.error(request, str(refused))
        return _REFUSED, _about_split(line, payer, form)
    messages.success(request, f"It is written down as {len(matches)} payments.")
    return _to(line)


def undo(request: HttpRequest, line: BankLine, match_id: int) -> HttpResponse | Drawn:
    """Say what undoing a match does to the money; do it once that was read."""
    if request.method == "POST":
        try:
            matching.undo(match_id, by=access.person_of(request), at=timezone.now())
        except ChangeRefused as refused:
            messages.error(request, str(refused))
            return _REFUSED, _about_undoing(line, match_id)
        messages.success(request, "It is undone. The line is to be matched again.")
        return _to(line)
    return 200, _about_undoing(line, match_id)


def _to(line: BankLine) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:billing_bankline_change", args=[line.pk]))


def _about_line(line: BankLine) -> dict[str, Any]:
    money = line.amount
    return {"line": line, "amount": figures.money(money.amount, money.currency.code)}


def _about_split(line: BankLine, payer: Account, form: SplitForm) -> dict[str, Any]:
    currency = line.amount.currency.code
    shown = not form.errors
    rest = form.rest if shown else line.amount.amount
    return {
        "title": f"Split bank line {line}",
        **_about_line(line),
        "payer": payer,
        "form": form,
        "rows": [
            {
                "invoice": row.invoice,
                "field": field,
                "due": figures.day(row.due_on),
                "open": figures.money(row.open.amount, currency),
            }
            for row, field in form.fields_of
        ],
        "shown": shown,
        "paid": figures.money(line.amount.amount - rest, currency),
        "rest": figures.money(abs(rest), currency) if rest else "",
        "too_much": rest < 0,
    }


def _about_undoing(line: BankLine, match_id: int) -> dict[str, Any]:
    context: dict[str, Any] = {
        "title": f"Undo what {line} paid",
        "match_id": match_id,
        **_about_line(line),
    }
    try:
        taken = matching.undoing(match_id)
    except ChangeRefused as refused:
        return {**context, "refused": str(refused)}
    credit = sum(one.credit for one in taken)
    currency = line.amount.currency.code
    return {
        **context,
        "payer": taken[0].payment.payer,
        "rows": [_taken_back(one) for one in taken],
        "credit": figures.money(credit, currency) if credit else "",
    }


def _taken_back(one: TakenBack) -> dict[str, Any]:
    currency = one.payment.amount.currency.code
    before = one.of.open.amount
    after = before + one.payment.amount.amount
    order = one.match.order
    return {
        "invoice": None if isinstance(one.of, Deposit) else one.payment.invoice,
        "amount": figures.money(-one.payment.amount.amount, currency),
        "before": _standing(before, currency),
        "after": _standing(after, currency),
        "order": order,
    }


def _standing(amount: Any, currency: str) -> str:
    """What is open, or in credit, in words."""
    if not amount:
        return "nothing open"
    words = figures.money(abs(amount), currency)
    return f"{words} open" if amount > 0 else f"{words} in credit"
