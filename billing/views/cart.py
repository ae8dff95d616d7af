"""The cart and the orders that come of it: looked at, confirmed, paid, and what became of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import access, doors
from accounts.access import Standing
from accounts.rights import Right
from billing import buyers, calling_off, carts, causes, checkout, waiting
from billing.core.lines import Kind
from billing.documents.order_letters import transfer_facts
from billing.documents.wording import quantity_of
from billing.models import CartLine, Order, Product
from billing.peak_strips import PeakStrip, strips
from billing.peaks import peaks
from billing.quoting import Quoted
from billing.refusals import ChangeRefused, NotWithPlan, QuoteChanged
from billing.showing import ShownQuote, show
from billing.views import paying
from billing.views.configuring import put_together_again
from billing.views.confirming import asked_to_confirm, confirmed
from billing.whole import Whole, read_whole

_REFUSED = 409


@doors.of_account(may_refuse=True)
@require_http_methods(["GET", "HEAD", "POST"])
def cart(request: HttpRequest, account_id: int) -> HttpResponse:
    """What is in the cart and what it costs; sending it confirms what was shown. PLAN-8."""
    here = access.enter(request, account_id)
    buyers.need_some(here)
    if request.method != "POST":
        return drawn(request, here)
    try:
        return confirmed(request, here, wanted=None)
    except (QuoteChanged, ChangeRefused) as refused:
        return drawn(request, here, refused=str(refused), status=_REFUSED)


@doors.of_account(may_refuse=True)
@require_POST
def take_out(request: HttpRequest, account_id: int, code: str) -> HttpResponse:
    """Take one change out of the cart."""
    here = access.enter(request, account_id)
    buyers.need_some(here)
    carts.take_out(here=here, product=code, at=timezone.now())
    return HttpResponseRedirect(reverse("billing:cart", args=[account_id]))


@doors.of_account(may_refuse=True)
@require_safe
def order(request: HttpRequest, account_id: int, order_id: int) -> HttpResponse:
    """What became of an order: usable now, declined and why, or still being paid."""
    here = access.enter(request, account_id)
    found = get_object_or_404(_orders(here), pk=order_id)
    buyers.need_some(here)
    attempt = found.attempts.order_by("-number").first()
    context = {
        "here": here,
        "order": found,
        "steps": _steps(found),
        "why": paying.why(attempt) or (found.reason if attempt else ""),
        "transfer": _transfer(found),
        "gone_back": calling_off.gone_back(found),
        "other_card": attempt is not None and causes.is_of_the_method(attempt.cause),
        "bank": paying.bank(request, attempt),
        "sees_billing": here.may(Right.SEE_BILLING),
    }
    return render(request, "billing/order.html", context)


@doors.of_account(may_refuse=True)
@require_POST
def cancel(request: HttpRequest, account_id: int, order_id: int) -> HttpResponse:
    """Wait no longer for the bank transfer of an order: nothing was changed by it. PLAN-11."""
    here = access.enter(request, account_id)
    found = get_object_or_404(_orders(here), pk=order_id)
    buyers.need_some(here)
    try:
        if waiting.cancel(here=here, order_id=found.pk, at=timezone.now()):
            messages.success(request, _("The order is cancelled. Nothing was changed."))
        else:
            messages.info(request, _("The order waits for no transfer any more."))
    except ChangeRefused as refused:
        messages.error(request, str(refused))
    return HttpResponseRedirect(reverse("billing:order", args=[account_id, found.pk]))


@doors.of_account(may_refuse=True)
@require_POST
def again(request: HttpRequest, account_id: int, order_id: int) -> HttpResponse:
    """Put what was declined into the cart once more; a first plan is put together again. PLAN-6."""
    here = access.enter(request, account_id)
    found = get_object_or_404(_orders(here), pk=order_id)
    buyers.need_some(here)
    if found.interval:
        overview = reverse("billing:overview", args=[account_id])
        return HttpResponseRedirect(put_together_again(here, found, at=timezone.now()) or overview)
    try:
        carts.refill(here=here, order=found, at=timezone.now())
    except ChangeRefused as refused:
        messages.error(request, str(refused))
    return HttpResponseRedirect(reverse("billing:cart", args=[account_id]))


def drawn(
    request: HttpRequest, here: Standing, *, refused: str = "", status: int = 200
) -> HttpResponse:
    """The cart as it stands: a page, or the last step of a dialog."""
    at, lines = timezone.now(), carts.lines_of(here)
    codes = {line.product.code for line in lines}
    whole = read_whole(here.account, codes=codes) if lines else None
    quoted, problem = _quoted(here, lines, whole, at=at)
    plans = problem.plans if isinstance(problem, NotWithPlan) else {}
    changed = {step.product.pk for step in quoted.steps} if quoted else set()
    if quoted and not changed:
        quoted = None
    if plans or (lines and not (changed or problem)):
        refused = ""  # it is said beside each line
    elif problem is not None:
        refused = refused or str(problem)
    asked: dict[str, Any] = {}
    if quoted is not None:
        back = reverse("billing:cart", args=[here.account.pk])
        reason = request.POST.get("reason", "")
        asked = asked_to_confirm(here, quoted, reason=reason, back=back)
    context: dict[str, Any] = {
        "here": here,
        "lines": lines,
        "unquoted": [
            _unquoted(line, plans, in_force=problem is None)
            for line in lines
            if line.product_id not in changed
        ],
        "overtaken": list(_overtaken(lines, quoted)),
        "refused": refused,
        "quote": _shown(quoted, here) if quoted else None,
        "strips": _strips(here, quoted, whole, at=at) if quoted and whole else [],
        "sees_billing": here.may(Right.SEE_BILLING),
        # What is only counted is bought nowhere: numbers are saved (LIC-3).
        "deed": "save" if lines and all(map(_is_licence, lines)) else "",
        **asked,
    }
    return render(request, "billing/cart.html", context, status=status)


def _unquoted(line: CartLine, plans: Mapping[str, str], *, in_force: bool) -> dict[str, Any]:
    """A line of a cart without a price: it is ``in_force``, or why the cart has none is said.

    ``plan`` is held, and the product is not sold with that.
    """
    names, language = line.product.names, _language()
    unit = names[f"unit_{language}"]
    return {
        "code": line.product.code,
        "name": names[language],
        "was": quantity_of(line.was, unit, language),
        "becomes": quantity_of(line.becomes, unit, language),
        "plan": plans.get(line.product.code, ""),
        "in_force": in_force,
    }


def _is_licence(line: CartLine) -> bool:
    return line.product.kind == Product.Kind.LICENCE


def _overtaken(lines: list[CartLine], quoted: Quoted | None) -> Iterator[dict[str, str]]:
    """What has become another number since it was put into the cart. LIC-3."""
    language = _language()
    now = {step.product.pk: step.was for step in quoted.steps} if quoted else {}
    for line in lines:
        number = now.get(line.product_id, line.was)
        if number != line.was:
            names = line.product.names
            unit = names[f"unit_{language}"]
            yield {
                "name": names[language],
                "was": quantity_of(line.was, unit, language),
                "now": quantity_of(number, unit, language),
            }


def _shown(quoted: Quoted, here: Standing) -> ShownQuote:
    return show(quoted, language=_language(), sees=here.may)


def _strips(here: Standing, quoted: Quoted, whole: Whole, *, at: datetime) -> list[PeakStrip]:
    """The running month of each product in the cart that bills its peak. LIC-3."""
    wanted = {step.product.code: step.becomes for step in quoted.steps}
    charged = {
        line.product
        for part in quoted.parts
        for line in (*part.quote.next_invoice.lines, *part.quote.every_cycle.lines)
        if line.kind is Kind.PEAK
    }
    found = peaks(whole, at=at, also=charged & wanted.keys())
    cycles = [found[code] for code in wanted if code in charged and code in found]
    if not cycles:
        return []
    return strips(cycles, products=whole.products, here=here, language=_language(), wanted=wanted)


def _quoted(
    here: Standing, lines: list[CartLine], whole: Whole | None, *, at: datetime
) -> tuple[Quoted | None, QuoteChanged | ChangeRefused | None]:
    """The quote of what lies in the cart, or why there is none."""
    cart = carts.wanted_in(lines)
    try:
        return checkout.quote_cart(here=here, at=at, cart=cart, whole=whole), None
    except (QuoteChanged, ChangeRefused) as refused:
        return None, refused


def _orders(here: Standing) -> QuerySet[Order]:
    return here.rows(Order.objects.select_related("invoice", "payer"))


def _transfer(found: Order) -> list[tuple[str, str]]:
    """How an order is paid that waits for a bank transfer; nothing for any other."""
    if found.state != Order.State.WAITING:
        return []
    return transfer_facts(found, language=_language())


def _steps(found: Order) -> list[dict[str, Any]]:
    """What was ordered, as the reader's language names it."""
    codes = [code for code, _, _ in found.changes]
    names = {one.code: one.names for one in Product.objects.filter(code__in=codes)}
    language = _language()
    return [
        {
            "name": names[code][language],
            "was": quantity_of(was, names[code][f"unit_{language}"], language),
            "becomes": quantity_of(becomes, names[code][f"unit_{language}"], language),
        }
        for code, was, becomes in found.changes
    ]


def _language() -> str:
    return (translation.get_language() or "en").partition("-")[0]
