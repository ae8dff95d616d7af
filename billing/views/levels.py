"""Another level in the place of the one held: what is gained, what is lost, and what it costs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import access, doors
from accounts.access import Standing
from billing import buyers, checkout
from billing.carts import Wanted
from billing.features import Features, Shift
from billing.foreseeing import Running, running
from billing.levels import Candidate, Sold, candidates, obstacles, replacing
from billing.models import Product
from billing.plan_rules import is_upgrade
from billing.plans import HeldPlan, held_plans
from billing.refusals import ChangeRefused, QuoteChanged
from billing.showing import show
from billing.views.confirming import asked_to_confirm, confirmed
from billing.whole import Whole, read_whole

_REFUSED: Final = 409


@doors.of_account(may_refuse=True)
@require_http_methods(["GET", "HEAD", "POST"])
def level(request: HttpRequest, account_id: int, code: str) -> HttpResponse:
    """Choose another level for the plan of this code, with its price in view. PLAN-5.

    Sending it takes the level at once, as it was shown. A lower one is asked of support.
    """
    here = access.enter(request, account_id)
    at = timezone.now()
    whole = read_whole(here.account)
    held = _held_plan(here, running(whole, at=at), code)
    sold = Sold.to(held, at=at)
    every = candidates(held.line, sold=sold, held=held)
    chosen = _chosen(request, held, every)
    refused = ""
    if request.method == "POST":
        try:
            return confirmed(request, here, wanted=_wanted(held, chosen))
        except (ChangeRefused, QuoteChanged) as problem:
            refused = str(problem)
    context: dict[str, Any] = {
        "here": here,
        "held": held,
        "levels": list(_cards(held, every, chosen, sold)),
        "yearly": sold.interval == "year",
        "refused": refused,
        **_target(here, held, chosen, at=at, whole=None if refused else whole),
    }
    following = request.headers.get("HX-Target") == "price"
    page = "billing/_level.html" if following else "billing/level.html"
    return render(request, page, context, status=_REFUSED if refused else 200)


def _held_plan(here: Standing, running: Iterable[Running], code: str) -> HeldPlan:
    """The plan of this code that the account holds, for who may change it; 404 for any other."""
    held = next((one for one in held_plans(running) if one.product.code == code), None)
    if held is None:
        buyers.need_some(here)
        raise Http404(f"{code} is no plan that is held here.")
    here.need(buyers.right_to_buy(held.product))
    buyers.need_some(here)
    return held


def ask_support(here: Standing, *, kind: str, target: Product) -> str:
    """Where support is asked for a plan that nobody takes by themselves. PLAN-9."""
    query = urlencode({"kind": kind, "target": target.code})
    return f"{reverse('billing:request_new', args=[here.account.pk])}?{query}"


def shifts(found: Iterable[Shift], *, language: str) -> Iterator[dict[str, Any]]:
    """Features that come or go, as a page names them."""
    for one in found:
        yield {
            "name": one.feature.names[language],
            "was": one.was,
            "becomes": one.becomes,
            "counted": one.counted,
        }


def _chosen(request: HttpRequest, held: HeldPlan, every: list[Candidate]) -> Candidate:
    """The level that is asked about; at first the next one up."""
    asked = (request.POST if request.method == "POST" else request.GET).get("to", "")
    by_code = {one.product.code: one for one in every}
    higher = [one for one in every if one.level.position > held.level.position]
    return by_code.get(asked) or (higher or [by_code[held.product.code]])[0]


def _wanted(held: HeldPlan, chosen: Candidate) -> Wanted:
    if chosen.product == held.product:
        raise ChangeRefused(_("This level is yours already. Choose another one."))
    return Wanted(replacing(held, by=chosen), replaces=True)


def _cards(
    held: HeldPlan, every: list[Candidate], chosen: Candidate, sold: Sold
) -> Iterator[dict[str, Any]]:
    language = _language()
    for one in every:
        yield {
            "code": one.product.code,
            "name": one.level.names[language],
            "held": one.product == held.product,
            "chosen": one == chosen,
            "each_cycle": one.each_cycle(held.contacts, held.seats, sold=sold),
        }


def _target(
    here: Standing, held: HeldPlan, chosen: Candidate, *, at: datetime, whole: Whole | None
) -> dict[str, Any]:
    """What the chosen level means: features, what is in its way, and its price.

    ``whole`` is the account; None where it may have changed since it was read.
    """
    language = _language()
    found = Features(held.product.family).between(held.product, chosen.product)
    said: dict[str, Any] = {
        "target": chosen.level.names[language],
        "same": chosen.product == held.product,
        "gained": list(shifts(found.gained, language=language)),
        "lost": list(shifts(found.lost, language=language)),
        "obstacles": [
            {"text": text, "code": product.code}
            for product, text in obstacles(held, by=chosen, language=language)
        ],
        "features": f"{reverse('billing:features', args=[here.account.pk])}?of={held.line.code}",
        "deed": "upgrade",
    }
    if said["same"]:
        return said
    if not is_upgrade(held.product, chosen.product):
        return said | {"ask": ask_support(here, kind="level", target=chosen.product)}
    if said["obstacles"]:
        return said
    try:
        quoted = checkout.quote_with(_wanted(held, chosen), here=here, at=at, whole=whole)
    except (ChangeRefused, QuoteChanged) as problem:
        return said | {"problem": str(problem)}
    back = reverse("billing:level", args=[here.account.pk, held.product.code])
    asked = asked_to_confirm(here, quoted, back=back)
    shown = show(quoted, language=language, sees=here.may)
    return said | {"quote": shown, **asked}


def _language() -> str:
    return (translation.get_language() or "en").partition("-")[0]
