"""What an account holds and what it was billed: the page Billing & upgrade, and its documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from accounts import access, doors
from accounts.access import Standing
from accounts.foresight import reads_amounts
from accounts.models import Account
from accounts.rights import Right
from billing import buyers, cancelling, foreseeing, offering
from billing.cancelling import Ending
from billing.contacts import Contacts
from billing.core.periods import local_day
from billing.documents.einvoice import invoice_xml
from billing.documents.einvoice_limits import NoEInvoice
from billing.documents.pdf import invoice_pdf
from billing.documents.wording import quantity_of
from billing.foreseeing import Running
from billing.glance import Offered, Paying, around, offered, paying
from billing.holdings import HeldTogether, in_words
from billing.levels import Sold, candidates, plans_of_lines
from billing.models import Invoice, Order, PlanLine, Product, Trial
from billing.plans import held_plans, users_of
from billing.scheduled import scheduled
from billing.views import automatic, requests, trials
from billing.views.downloads import download
from billing.whole import read_whole


@doors.of_account(Right.SEE_BILLING)
@require_safe
def overview(request: HttpRequest, account_id: int) -> HttpResponse:
    """Billing & upgrade: what is held at what price, what is open, every invoice."""
    here = access.enter(request, account_id, needs=Right.SEE_BILLING)
    at = timezone.now()
    pays = here.account.payer_id == here.account.pk
    seen = around(here.account)
    whole = read_whole(here.account, codes={one.product.code for one in seen.trials})
    running = foreseeing.running(whole, at=at)
    paid = paying(here.account, at=at) if pays else None
    held = in_words(running, at=at, language=_language())
    changes = offering.changeable(here, running) if buyers.buys(here) else frozenset()
    return render(
        request,
        "billing/overview.html",
        {
            "here": here,
            "pays": pays,
            "pays_now": pays and here.may(Right.PURCHASE),
            "shows_amounts": reads_amounts(here),
            "held": [{"together": one, "plan": _plan(here, one, changes)} for one in held],
            "changes": changes,
            "scheduled": _waiting(here, running),
            "order": _order(here, paid),
            "owed": seen.owed,
            "means": paid.means if paid else None,
            **_offered(here, running, at, tried={one.product_id: one for one in seen.trials}),
            "trials": [trials.said(found, here=here, whole=whole) for found in seen.trials],
            "edits_limit": _edits_limit(here, running),
            "agreed": automatic.said(seen.agreed, here=here) if seen.agreed else None,
            "contacts": Contacts(stored=seen.stored, limit=_contact_limit(running)),
            **requests.on_overview(here, seen.requests),
            "ending": _ending(here, held, at),
            "buyers": ", ".join(one.name for one in seen.buyers),
            "latest": paid.latest if paid else [],
        },
    )


def _order(here: Standing, paid: Paying | None) -> Order | None:
    """The order that waits for this payer's bank transfer. PLAN-11."""
    by_transfer = here.account.pays_by == Account.PaysBy.TRANSFER
    return paid.order if paid and by_transfer and buyers.buys(here) else None


def _plan(here: Standing, together: HeldTogether, changes: frozenset[str]) -> dict[str, Any] | None:
    """The plan of a subscription as the page names it, and what of it this person changes. PLAN-1.

    None where it holds no plan.
    """
    plan, language = together.plan, _language()
    if plan is None or plan.product.level is None or plan.product.line is None:
        return None
    seats = together.of_kind(Product.Kind.USERS)
    users = seats[0].product if seats else users_of(plan.product)
    return {
        "code": plan.product.code,
        "level": plan.product.level.names[language],
        "line": plan.product.line.names[language],
        "edits_level": buyers.may_buy(plan.product, here),
        "contacts": plan.number,
        "edits_contacts": plan.product.code in changes,
        "seats": seats[0] if seats else None,
        "users": users.code if users else "",
        "edits_seats": users is not None and buyers.may_buy(users, here),
        "add_ons": [one.name for one in together.of_kind(Product.Kind.ADD_ON)],
    }


def _edits_limit(here: Standing, running: list[Running]) -> bool:
    """Whether this person may change the contact limit."""
    plans = (now for one in running for now in one.items if now.product.kind == Product.Kind.PLAN)
    return any(buyers.may_buy(now.product, here) for now in plans)


def _contact_limit(running: list[Running]) -> int:
    plans = (now for one in running for now in one.items if now.product.kind == Product.Kind.PLAN)
    return sum(now.quantity for now in plans)


def _offered(
    here: Standing, running: list[Running], at: datetime, *, tried: Mapping[int, Trial]
) -> dict[str, Any]:
    """What could be added to what is held, and how much lies in the cart. PLAN-7.

    Also what completes the bundle of the plan held, or the plans to begin with. PLAN-6.
    """
    if not buyers.buys(here):
        return {"offers": (), "in_cart": 0}
    found, language = offered(here, running, at=at), _language()
    shown: dict[str, Any] = {
        "offers": [
            {"code": one.code, "name": one.names[language], "trial": tried.get(one.pk)}
            for one in found.products
            if buyers.may_buy(one, here)
        ],
        "in_cart": found.in_cart,
    }
    if held := held_plans(running):
        return shown | {"bundles": list(_bundles(found, {one.line for one in held}))}
    sells = found.begins - {together.row.code for together in running}
    return shown | {"first": list(_first(here, at)) if sells else []}


def _bundles(found: Offered, lines: Set[PlanLine]) -> Iterator[dict[str, str]]:
    language = _language()
    for whole, parts in found.bundles.items():
        if not lines.isdisjoint(parts):
            adds = ", ".join(part.names[language] for part in parts if part not in lines)
            yield {"code": whole.code, "name": whole.names[language], "adds": adds}


def _first(here: Standing, at: datetime) -> Iterator[dict[str, Any]]:
    """The plans that could be the first one, with what each costs at least."""
    payer, language = here.account.payer, _language()
    today = local_day(at, payer.time_zone)
    monthly, yearly = (Sold(payer.currency, interval, today) for interval in ("month", "year"))
    if not (lines := list(PlanLine.objects.all())):
        return
    among = plans_of_lines(lines)
    for line in lines:
        levels = []
        years = {one.product.pk: one for one in candidates(line, sold=yearly, among=among)}
        for one in candidates(line, sold=monthly, among=among):
            numbers = (min(one.contacts.stops, default=1), one.seats.included if one.seats else 0)
            month = one.each_cycle(*numbers, sold=monthly)
            year = years.get(one.product.pk)
            cost = year.each_cycle(*numbers, sold=yearly) if year else None
            if month is not None and buyers.may_buy(one.product, here):
                saves = month * 12 - cost if cost is not None else None
                levels.append(
                    {
                        "name": one.level.names[language],
                        "month": month,
                        "saves": saves if saves and saves.amount > 0 else None,
                    }
                )
        if levels:
            yield {"code": line.code, "name": line.names[language], "levels": levels}


def _waiting(here: Standing, running: list[Running]) -> list[dict[str, Any]]:
    """What waits for the next opening, as the page says it. PLAN-9."""
    language = _language()
    return [
        {
            "code": one.product.code,
            "name": one.product.names[language],
            "was": quantity_of(one.was, one.product.names[f"unit_{language}"], language),
            "becomes": quantity_of(one.becomes, one.product.names[f"unit_{language}"], language),
            "from_on": one.from_on,
            "cancels": buyers.may_buy(one.product, here),
        }
        for one in scheduled(running)
    ]


def _ending(here: Standing, held: list[HeldTogether], at: datetime) -> Ending | None:
    """How the plan can end, for who may cancel it or keep it after all. PLAN-13."""
    if not cancelling.may_cancel(here):
        return None
    plans = [one.subscription for one in held if one.subscription.code == cancelling.PLAN]
    found = [cancelling.ending_of(plan, here, at=at) for plan in plans]
    return next((one for one in found if one is not None), None)


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


def _invoices(here: Standing) -> QuerySet[Invoice]:
    return here.rows(Invoice.objects.select_related("receivable"), by="payer")


def _language() -> str:
    return (translation.get_language() or "en").partition("-")[0]
