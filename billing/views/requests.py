"""Requests to support: the list, the form, and the thread that both sides read. PLAN-9, CONV-3."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import access, doors, foresight
from accounts.access import Standing
from accounts.naming import names_for
from accounts.rights import Right
from billing import buyers, request_words, requestable, requests
from billing.foreseeing import look
from billing.forms.requesting import MessageForm, RequestForm
from billing.models import ChangeRequest, RequestMessage
from billing.models.requests import RequestKind
from billing.refusals import ChangeRefused, QuoteChanged
from billing.request_words import Shown, Words
from billing.requested import quoted
from billing.showing import ShownQuote, show
from billing.speaking import named, spoken
from billing.views.levels import shifts

_PER_PAGE: Final = 50
_REFUSED: Final = 409


@doors.of_account(Right.SEE_BILLING, may_refuse=True)
@require_safe
def index(request: HttpRequest, account_id: int) -> HttpResponse:
    """Every request of the account, the newest first."""
    here = access.enter(request, account_id, needs=Right.SEE_BILLING)
    _need_to_read(here)
    page = Paginator(_rows(here), _PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "here": here,
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number),
        "requests": [_listed(one) for one in page],
        "may_ask": requestable.may_ask(here),
    }
    return render(request, "billing/requests.html", context)


@doors.of_account(Right.PURCHASE, may_refuse=True)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, account_id: int) -> HttpResponse:
    """Request account change: what shall change, what that loses and costs, and how to be reached.

    The address fills it in: ``?kind=level&target=marketing-plus``, ``?kind=seats&quantity=2``. Sent
    by a script that follows what is chosen, or by *Show*, it is drawn again and nothing is asked.
    """
    here = access.enter(request, account_id, needs=Right.PURCHASE)
    buyers.need_some(here)
    at = timezone.now()
    askable = requestable.askable(here, requestable.options(look(here.account, at=at)))
    if request.method != "POST":
        form = RequestForm(askable=askable, initial=_filled_in(request.GET, here))
        return _drawn(request, here, form, at=at)
    if _is_following(request) or "show" in request.POST:
        form = RequestForm(askable=askable, initial=request.POST.dict())
        return _drawn(request, here, form, at=at)
    form = RequestForm(request.POST, askable=askable)
    refused, status = "", 422
    if form.is_valid():
        try:
            opened = requests.open_request(
                here=here, asked=form.asked, key=form.cleaned_data["key"], at=at
            )
        except (ChangeRefused, QuoteChanged) as refusal:
            refused, status = str(refusal), 409
        else:
            messages.success(request, _("Your request is sent. Support answers here, and by mail."))
            return _to(opened)
    return _drawn(request, here, form, at=at, refused=refused, status=status)


@doors.of_account(Right.SEE_BILLING, post=Right.PURCHASE, may_refuse=True)
@require_http_methods(["GET", "HEAD", "POST"])
def thread(request: HttpRequest, account_id: int, request_id: int) -> HttpResponse:
    """One request: how it stands, and what was said; sending something writes into it."""
    here = access.enter(request, account_id, needs=Right.SEE_BILLING)
    found = get_object_or_404(_rows(here), pk=request_id)
    _need_to_read(here)
    if request.method == "POST":
        here.need(Right.PURCHASE)
    form = MessageForm(request.POST or None)
    refused, status = "", 422 if form.is_bound else 200
    if form.is_valid():
        try:
            requests.say(
                here=here, request_id=found.pk, text=form.cleaned_data["text"], at=timezone.now()
            )
        except ChangeRefused as refusal:
            refused, status = str(refusal), _REFUSED
        else:
            return _to(found)
    context = {
        "here": here,
        "request_": found,
        "title": request_words.title(found),
        "entries": list(_entries(here, found)),
        "form": form,
        "refused": refused,
        "may_write": _may_write(here, found),
        "may_withdraw": found.undone and _may_withdraw(here, found),
        "support": settings.SUPPORT_EMAIL,
    }
    return render(request, "billing/request.html", context, status=status)


@doors.of_account(Right.PURCHASE, may_refuse=True)
@require_POST
def withdraw(request: HttpRequest, account_id: int, request_id: int) -> HttpResponse:
    """Take a request back."""
    here = access.enter(request, account_id, needs=Right.PURCHASE)
    found = get_object_or_404(_rows(here), pk=request_id)
    _need_to_read(here)
    here.need(requestable.right_to_ask(found.product))
    try:
        requests.withdraw(here=here, request_id=found.pk, at=timezone.now())
    except ChangeRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The request is withdrawn. Nothing was changed."))
    return _to(found)


def on_overview(here: Standing, undone: Iterable[ChangeRequest]) -> dict[str, Any]:
    """What Billing & upgrade shows of requests: the way to ask, and what is still open."""
    if not foresight.reads_amounts(here):
        return {"may_ask": False, "open_requests": (), "support": settings.SUPPORT_EMAIL}
    return {
        "may_ask": requestable.may_ask(here),
        "open_requests": [_listed(one) for one in undone],
        "support": settings.SUPPORT_EMAIL,
    }


# ---- the form ----


def _drawn(
    request: HttpRequest,
    here: Standing,
    form: RequestForm,
    *,
    at: datetime,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    option = form.option
    context = {
        "here": here,
        "form": form,
        "refused": refused,
        "lost": _lost(form),
        "line": option.instead_of.line if option and option.instead_of else None,
        "target": named(option.product) if option and option.instead_of else "",
        "removes_seats": form.chosen("kind") == RequestKind.SEATS,
        "support": settings.SUPPORT_EMAIL,
        **_price(here, form, at=at),
    }
    name = "billing/_request_asked.html" if _is_following(request) else "billing/request_new.html"
    return render(request, name, context, status=status)


def _filled_in(given: Any, here: Standing) -> dict[str, Any]:
    """What the address fills in; what it cannot is left to the form."""
    known = {name: given[name] for name in ("kind", "target", "quantity") if given.get(name)}
    if known.get("kind") not in RequestKind.values:
        known.pop("kind", None)
    if not known.get("quantity", "").isdecimal():
        known.pop("quantity", None)
    member = here.member
    address = member.email if member and here.visit else here.person.email
    return {"contact_email": address, **known}


def _price(here: Standing, form: RequestForm, *, at: datetime) -> dict[str, Any]:
    """What it would cost, or what stands in its way; nothing while something is missing."""
    option = form.option
    nothing: dict[str, Any] = {"quote": None, "in_the_way": "", "objections": ()}
    if option is None:
        return nothing
    left = _left(form)
    if left is None and form.chosen("kind") == RequestKind.SEATS:
        return nothing
    try:
        _wish, found = quoted(
            here.account, kind=form.chosen("kind"), product=option.product, quantity=left, at=at
        )
    except (ChangeRefused, QuoteChanged) as refusal:
        return {**nothing, "in_the_way": str(refusal)}
    shown: ShownQuote = show(found, language=spoken(), sees=here.may)
    against = [one for step in shown.steps for one in step.objections]
    return {"quote": shown, "in_the_way": "", "objections": against}


def _left(form: RequestForm) -> int | None:
    """How many are left of what is held, as far as the number that goes can be read."""
    option, going = form.option, form.chosen("quantity")
    if option is None or option.held is None or not going.isdecimal() or len(going) > 9:
        return None
    left = option.held.quantity - int(going)
    return left if 0 <= left < option.held.quantity else None


def _lost(form: RequestForm) -> list[dict[str, Any]]:
    """What would be lost: features of the plan, or the product itself."""
    option = form.option
    if option is None:
        return []
    gone = [{"name": named(option.product)}] if option.held and not option.step else []
    return [*gone, *shifts(option.lost, language=spoken())]


def _is_following(request: HttpRequest) -> bool:
    """Whether the page asks for what depends on a choice alone, as it is made."""
    return request.headers.get("HX-Target") in {"asked", "chosen", "outcome"}


# ---- the thread ----


@dataclass(frozen=True, slots=True)
class Entry:
    """A step of the thread as its reader sees it."""

    message: RequestMessage
    who: str
    asked: Shown | None
    applied: list[Shown]


def _entries(here: Standing, found: ChangeRequest) -> Iterator[Entry]:
    rows = list(found.messages.select_related("author").order_by("pk"))
    words = Words(rows)
    names = names_for(here, [row.author for row in rows])
    for row in rows:
        hidden = not (row.from_support or row.email or names.knows(row.author))
        who = names.of(row.author) if hidden else row.email or row.author_name
        yield Entry(row, who, words.asked(row), words.applied(row))


def _listed(found: ChangeRequest) -> dict[str, Any]:
    return {"row": found, "title": request_words.title(found)}


def _may_write(here: Standing, found: ChangeRequest) -> bool:
    answered = found.state == ChangeRequest.State.ANSWERED
    return requestable.may_ask(here) and (found.undone or answered)


def _may_withdraw(here: Standing, found: ChangeRequest) -> bool:
    return requestable.may_ask(here) and here.may(requestable.right_to_ask(found.product))


def _need_to_read(here: Standing) -> None:
    """`Lacking` for who may not read what the account's payer is asked for (RSL-2, AGY-3)."""
    if not foresight.reads_amounts(here):
        raise access.Lacking(here.account, Right.PURCHASE)


def _rows(here: Standing) -> QuerySet[ChangeRequest]:
    return here.rows(ChangeRequest.objects.select_related("product"))


def _to(found: ChangeRequest) -> HttpResponse:
    return HttpResponseRedirect(reverse("billing:request", args=[found.account_id, found.pk]))
