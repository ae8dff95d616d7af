"""Confirming on a page: what was shown is ordered and paid, and where its reader goes then."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from djmoney.money import Money

from accounts import visits
from accounts.access import Standing
from accounts.rights import Right
from billing import checkout, waiting
from billing.carts import Wanted
from billing.core.display import format_money, format_number
from billing.gateways import gateway
from billing.models import Order, Product
from billing.quoting import Quoted
from billing.views.mending import mending
from billing.views.paying import GOES_ON


def confirmed(request: HttpRequest, here: Standing, *, wanted: Wanted | None) -> HttpResponse:
    """Order the cart as the page has shown it, with ``wanted`` put into it first, and pay.

    Leads back to where it is seen once it holds, else to the order. Raises what
    `checkout.confirm` raises.
    """
    order = checkout.confirm(
        here=here,
        seen=request.POST.get("seen", ""),
        at=timezone.now(),
        reason=request.POST.get("reason", ""),
        wanted=wanted,
    )
    back = reverse("billing:order_return", args=[here.account.pk, order.pk])
    order = checkout.pay(
        order_id=order.pk,
        gateway=gateway(),
        clock=timezone.now,
        return_to=f"{settings.SITE_URL}{back}",
    )
    return _leads_on(request, here, order)


def asked_to_confirm(
    here: Standing, quoted: Quoted, *, reason: str = "", back: str = ""
) -> dict[str, Any]:
    """What the form asks that confirms a quote: what was seen, and of support why.

    And what is charged by it, or what is lacking of that: ``back`` is the page to which one comes
    once it is mended. CONV-3.
    """
    return {
        **mending(quoted, back=back),
        "seen": checkout.shown(quoted),
        "asks_reason": visits.reason_needed(here, costs=checkout.costs(quoted)),
        "reason": reason,
        "by_card": quoted.means.by_card,
        "terms_days": quoted.payer.terms_days,
        "awaits": _awaits(quoted),
    }


def _awaits(quoted: Quoted) -> dict[str, Any] | None:
    """Why it waits for a bank transfer, as the page says it; None where it does not.

    ``other`` is the order that waits already, if there is one: a second one is refused.
    """
    found = quoted.awaits
    if found is None:
        return None
    return {
        "has_terms": found.has_terms,
        "open": Money(found.open, quoted.currency),
        "limit": Money(found.limit or 0, quoted.currency),
        "days": waiting.LASTS.days,
        "other": waiting.waiting_of(quoted.account),
    }


def _leads_on(request: HttpRequest, here: Standing, order: Order) -> HttpResponse:
    back = _page_of(here, order) if order.state == Order.State.DONE else ""
    if not back:
        page = reverse("billing:order", args=[here.account.pk, order.pk])
        return HttpResponseRedirect(f"{page}{GOES_ON if order.unsettled else ''}")
    messages.success(request, _said(order, amounts=here.may(Right.SEE_BILLING)))
    return HttpResponseRedirect(back)


def _page_of(here: Standing, order: Order) -> str:
    """Where what was ordered is seen; empty where this person may see it nowhere.

    Of what a floor above sells that is its own page (``BILLING_PAGES``), else Billing & upgrade.
    """
    codes = [code for code, _was, _becomes in order.changes]
    rows = Product.objects.filter(code__in=codes).order_by()
    sold_by = set(rows.values_list("subscription_code", flat=True))
    name, right = settings.BILLING_PAGES.get(
        sold_by.pop() if len(sold_by) == 1 else "", ("billing:overview", Right.SEE_BILLING.value)
    )
    return reverse(name, args=[here.account.pk]) if here.may(Right(right)) else ""


def _said(order: Order, *, amounts: bool) -> str:
    """What was confirmed, and what it has cost, for who reads amounts."""
    codes = [code for code, _was, _becomes in order.changes]
    names = {one.code: one.names for one in Product.objects.filter(code__in=codes)}
    language = (get_language() or "en").partition("-")[0]
    said = [
        f"{names[code][language]} {format_number(was, language)}\N{NO-BREAK SPACE}→"
        f"\N{NO-BREAK SPACE}{format_number(becomes, language)}"
        for code, was, becomes in order.changes
    ]
    done = _("Confirmed: {changes}.").format(changes=", ".join(said))
    if order.invoice is None or order.total.amount <= 0 or not amounts:
        return done
    paid = _("{amount} stand on invoice {invoice}.").format(
        amount=format_money(order.total.amount, str(order.total.currency), language),
        invoice=order.invoice.number,
    )
    return f"{done} {paid}"
