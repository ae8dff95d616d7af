"""A plan put together: the first one, or the bundle that takes another's place. PLAN-6."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_http_methods
from djmoney.money import Money

from accounts import access, doors
from accounts.access import Standing
from billing import buyers, checkout, foreseeing
from billing.carts import Wanted
from billing.core.periods import local_day
from billing.features import Features
from billing.forms.configuring import ConfigureForm, extra_field
from billing.levels import (
    Candidate,
    Sold,
    add_ons,
    candidates,
    replacing,
    saved_by_a_year,
)
from billing.models import Order, PlanLine, Price, Product
from billing.offering import Choice
from billing.plan_rules import is_upgrade
from billing.plans import HeldPlan, held_plans
from billing.refusals import ChangeRefused, QuoteChanged
from billing.showing import show
from billing.views.confirming import asked_to_confirm, confirmed
from billing.views.levels import shifts
from billing.whole import Whole, read_whole

_REFUSED: Final = 409


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be put together: of which plans and add-ons, in the place of which plan.

    ``whole`` is the account as it was read for it.
    """

    line: PlanLine
    held: HeldPlan | None
    sold: Sold
    candidates: list[Candidate]
    add_ons: list[Choice]
    whole: Whole


@doors.of_account(may_refuse=True)
@require_http_methods(["GET", "HEAD", "POST"])
def configure(request: HttpRequest, account_id: int, line: str) -> HttpResponse:
    """Put a plan together with its price in view; it is bought as its review showed it. PLAN-6."""
    here = access.enter(request, account_id)
    buyers.need_some(here)
    at = timezone.now()
    data = request.POST if request.method == "POST" else request.GET
    offer = _offer(here, get_object_or_404(PlanLine, code=line), data.get("interval", ""), at=at)
    form = _form(offer, data if "seats" in data else None, data.get("level", ""))
    refused = ""
    if request.method == "POST" and form.is_valid():
        try:
            return confirmed(request, here, wanted=_wanted(offer, form))
        except (ChangeRefused, QuoteChanged) as problem:
            refused = str(problem)
    context = {
        **_context(here, offer, form),
        # What has changed while something was sent is read again.
        **_price(here, offer, form, at=at, whole=None if refused else offer.whole),
        "refused": refused,
    }
    return render(request, _page(request, form), context, status=_REFUSED if refused else 200)


def put_together_again(here: Standing, order: Order, *, at: datetime) -> str | None:
    """Where the first plan of this order is put together, with what was chosen in it.

    None where nothing is put together any more: a plan is held by now, or this one is not sold.
    """
    numbers = {code: becomes for code, _was, becomes in order.changes}
    found = Product.objects.filter(code__in=numbers).select_related("line")
    by_kind = {product.kind: product for product in found}
    plan, seats = by_kind.get(Product.Kind.PLAN), by_kind.get(Product.Kind.USERS)
    if plan is None or plan.line is None:
        return None
    try:
        offer = _offer(here, plan.line, order.interval, at=at)
    except Http404:
        return None
    if offer.held is not None or plan not in [one.product for one in offer.candidates]:
        return None
    chosen = {
        "level": plan.code,
        "contacts": numbers[plan.code],
        "seats": numbers[seats.code] if seats else 0,
        "interval": order.interval,
    }
    extras = {
        extra_field(one.code): numbers[one.code] for one in found if one.kind == Product.Kind.ADD_ON
    }
    page = reverse("billing:configure", args=[here.account.pk, plan.line.code])
    return f"{page}?{urlencode({**chosen, **extras})}"


def _page(request: HttpRequest, form: ConfigureForm) -> str:
    if request.headers.get("HX-Target") == "price":
        return "billing/_configured.html"
    reviews = request.method == "POST" or "review" in request.GET
    return "billing/review.html" if reviews and form.is_valid() else "billing/configure.html"


def _offer(here: Standing, line: PlanLine, interval: str, *, at: datetime) -> Offer:
    """What the account can make of a plan product; 404 where that is nothing."""
    whole = read_whole(here.account)
    running = foreseeing.running(whole, at=at)
    held = next((one for one in held_plans(running) if one.line.family == line.family), None)
    payer = here.account.payer
    if held is not None:
        sold = Sold.to(held, at=at)
    else:
        chosen = interval if interval in Price.Interval.values else Price.Interval.MONTH.value
        sold = Sold(payer.currency, chosen, local_day(at, payer.time_zone))
    found = candidates(line, sold=sold, held=held)
    if held is not None:
        found = [one for one in found if is_upgrade(held.product, one.product)]
    found = [one for one in found if buyers.may_buy(one.product, here)]
    codes = {together.row.code for together in running}
    if held is None:
        found = [one for one in found if one.product.subscription_code not in codes]
    if not found or (held is not None and held.line == line):
        raise Http404(f"{line} is not put together here.")
    owned = {one.product.pk for together in running for one in together.items if one.quantity}
    extras = add_ons([one.product for one in found], sold=sold, owned=owned)
    extras = [one for one in extras if buyers.may_buy(one.product, here)]
    return Offer(line, held, sold, found, extras, whole)


def _form(offer: Offer, data: Any, level: str) -> ConfigureForm:
    codes = {one.product.code: one for one in offer.candidates}
    first = codes.get(level, offer.candidates[0])
    held = offer.held
    initial = {
        "level": first.product.code,
        "contacts": held.contacts if held else min(first.contacts.stops, default=1),
        "seats": held.seats if held else max(1, first.seats.included if first.seats else 0),
        "interval": offer.sold.interval,
    }
    made = ConfigureForm(
        data if data is not None else initial,
        candidates=offer.candidates,
        add_ons=offer.add_ons,
        held=held,
        language=_language(),
    )
    return made


def _wanted(offer: Offer, form: ConfigureForm) -> Wanted:
    contacts, seats = form.cleaned_data["contacts"], form.cleaned_data["seats"]
    by = form.candidate
    if offer.held is not None:
        changes = replacing(offer.held, by=by, contacts=contacts, seats=seats)
        return Wanted({**changes, **form.extras()}, replaces=True)
    changes = {by.product.code: contacts, **form.extras()}
    if by.seats is not None and seats:
        changes[by.seats.product.code] = seats
    return Wanted(changes, interval=offer.sold.interval)


def _price(
    here: Standing, offer: Offer, form: ConfigureForm, *, at: datetime, whole: Whole | None
) -> dict[str, Any]:
    """What it costs as it is put together, or why it has no price."""
    if not form.is_valid():
        return {"quote": None}
    try:
        quoted = checkout.quote_with(_wanted(offer, form), here=here, at=at, whole=whole)
    except (ChangeRefused, QuoteChanged) as problem:
        return {"quote": None, "problem": str(problem)}
    shown = show(quoted, language=_language(), sees=here.may)
    return {"quote": shown, **asked_to_confirm(here, quoted)}


def _context(here: Standing, offer: Offer, form: ConfigureForm) -> dict[str, Any]:
    language = _language()
    context: dict[str, Any] = {
        "here": here,
        "line": offer.line.names[language],
        "held": offer.held,
        "form": form,
        "levels": list(_levels(offer, form, language)),
        "yearly": offer.sold.interval == Price.Interval.YEAR,
        "deed": "upgrade" if offer.held else "",
        "saves": _saves(offer, form),
        "given": [(name, value) for name, value in form.data.items() if name in form.fields],
    }
    if offer.held is not None and form.is_valid():
        found = Features(offer.line.family).between(offer.held.product, form.candidate.product)
        context |= {
            "target": form.candidate.product.names[language],
            "gained": list(shifts(found.gained, language=language)),
            "lost": list(shifts(found.lost, language=language)),
        }
    return context


def _saves(offer: Offer, form: ConfigureForm) -> Money | None:
    """What a year costs less than twelve months of the first plan, as it is put together."""
    if offer.held is not None or not form.is_valid():
        return None
    contacts, seats = form.cleaned_data["contacts"], form.cleaned_data["seats"]
    product = form.candidate.product
    return saved_by_a_year(product, contacts=contacts, seats=seats, sold=offer.sold)


def _levels(offer: Offer, form: ConfigureForm, language: str) -> Iterator[dict[str, Any]]:
    for one in offer.candidates:
        least = min(one.contacts.stops, default=1)
        seats = one.seats.included if one.seats else 0
        yield {
            "code": one.product.code,
            "name": one.level.names[language],
            "chosen": form.data.get("level") == one.product.code,
            "from": one.each_cycle(least, seats, sold=offer.sold),
        }


def _language() -> str:
    return (translation.get_language() or "en").partition("-")[0]
