"""What an account holds and what it was billed: the pages Billing & upgrade and Conversations."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from accounts import access, doors
from accounts.foresight import reads_amounts
from accounts.rights import Right
from billing import buyers, carts, offering
from billing.buyers import who_may_buy
from billing.documents.einvoice import invoice_xml
from billing.documents.einvoice_limits import NoEInvoice
from billing.documents.pdf import invoice_pdf
from billing.documents.wording import quantity_of
from billing.holdings import HeldTogether, held_by
from billing.logs import items_with_logs
from billing.models import Invoice, Item, Product
from billing.owed import standing_of
from billing.scheduled import scheduled
from billing.views.downloads import download

_PER_PAGE: Final = 50
_CONVERSATIONS: Final = "conversations"


@doors.of_account(Right.SEE_BILLING)
@require_safe
def overview(request: HttpRequest, account_id: int) -> HttpResponse:
    """Billing & upgrade: what is held at what price, what is open, every invoice."""
    here = access.enter(request, account_id, needs=Right.SEE_BILLING)
    at = timezone.now()
    pays = here.account.payer_id == here.account.pk
    page = Paginator(_invoices(here), _PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "billing/overview.html",
        {
            "here": here,
            "pays": pays,
            "shows_amounts": reads_amounts(here),
            "held": _held(here, at),
            "owed": standing_of(here.account),
            **_changing(here, at),
            "buyers": ", ".join(one.name for one in access.holders(here.account, Right.PURCHASE)),
            "page": page,
            "pages": page.paginator.get_elided_page_range(page.number),
        },
    )


def _changing(here: access.Standing, at: datetime) -> dict[str, Any]:
    """What this person may change, what waits already, and what could be added. PLAN-1, PLAN-7."""
    language = _language()
    held = items_with_logs(Item.objects.filter(subscription__account=here.account))
    waiting = [
        {
            "code": one.product.code,
            "name": one.product.names[language],
            "was": quantity_of(one.was, one.product.names[f"unit_{language}"], language),
            "becomes": quantity_of(one.becomes, one.product.names[f"unit_{language}"], language),
            "from_on": one.from_on,
            "cancels": buyers.may_buy(one.product, here),
        }
        for one in scheduled(here.account, at=at, held=held)
    ]
    if not buyers.buys(here):
        return {"scheduled": waiting, "changes": (), "offers": (), "in_cart": 0}
    return {
        "scheduled": waiting,
        "changes": offering.changeable(here, held, at=at),
        "offers": [
            {"code": one.product.code, "name": one.product.names[language]}
            for one in offering.available(here.account, at=at)
            if buyers.may_buy(one.product, here)
        ],
        "in_cart": len(carts.lines_of(here)),
    }


@doors.of_account(Right.SEE_CONVERSATIONS)
@require_safe
def conversations(request: HttpRequest, account_id: int) -> HttpResponse:
    """The seats of the legacy product, and who buys more of them. CONV-1, CONV-2, CONV-6."""
    here = access.enter(request, account_id, needs=Right.SEE_CONVERSATIONS)
    seats = [
        {"held": one, "together": together}
        for together in _held(here, timezone.now())
        for one in together.items
        if one.item.product.family == _CONVERSATIONS
    ]
    closed = Product.objects.filter(family=_CONVERSATIONS, closed_from__isnull=False).first()
    context: dict[str, Any] = {
        "here": here,
        "seats": seats,
        "closed_from": closed.closed_from if closed else None,
        "shows_amounts": here.may(Right.SEE_BILLING) and reads_amounts(here),
        "may_buy": here.may(Right.PRIMARY),
        "buyer": who_may_buy(account=here.account, right=Right.PRIMARY),
    }
    return render(request, "billing/conversations.html", context)


@doors.of_account(Right.SEE_BILLING, names_paid_for=True)
@require_safe
def invoice(request: HttpRequest, account_id: int, invoice_id: int) -> HttpResponse:
    """The document as PDF, in the reader's language."""
    here = access.enter(request, account_id, needs=Right.SEE_BILLING)
    document = get_object_or_404(_invoices(here), pk=invoice_id)
    content = invoice_pdf(document.pk, language=_language())
    name = f"{document.number}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@doors.of_account(Right.SEE_BILLING, names_paid_for=True)
@require_safe
def einvoice(request: HttpRequest, account_id: int, invoice_id: int) -> HttpResponse:
    """The document as EN 16931 XML, in the reader's language; why not, where it cannot be one."""
    here = access.enter(request, account_id, needs=Right.SEE_BILLING)
    document = get_object_or_404(_invoices(here), pk=invoice_id)
    try:
        content = invoice_xml(document.pk, language=_language())
    except NoEInvoice as reason:
        context = {"here": here, "document": document, "reason": reason}
        return render(request, "billing/no_einvoice.html", context, status=409)
    return download(content, document.number)


def _invoices(here: access.Standing) -> QuerySet[Invoice]:
    return here.rows(Invoice.objects.select_related("receivable"), by="payer")


def _held(here: access.Standing, at: datetime) -> list[HeldTogether]:
    return held_by(here.account, at=at, language=_language())


def _language() -> str:
    return (translation.get_language() or "en").partition("-")[0]
