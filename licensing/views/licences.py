"""*Manage → Licensing*: what is owned, in use and free, and the way to more or less of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import access, doors
from accounts.access import Standing
from accounts.foresight import reads_amounts
from accounts.refusals import ChangeRefused
from accounts.rights import Right
from billing import buyers, carts
from billing.models import CartLine
from billing.peak_strips import strips
from billing.whole import Whole, read_whole
from licensing import overview as selectors
from licensing.forms.licences import Asked, LicencesForm
from licensing.overview import Owned

_REFUSED: Final = 409
_WRONG: Final = 422
# Whose number follows from people and from how long calls are kept.
_NOT_CHOSEN: Final = frozenset({"recording"})


@doors.of_account(Right.SEE_LICENSING, post=Right.UPDATE_LICENSING)
@require_http_methods(["GET", "HEAD", "POST"])
def licences(request: HttpRequest, account_id: int) -> HttpResponse:
    """A card for every licence type; saving puts what was changed into the cart. LIC-1, LIC-3."""
    posts = request.method == "POST"
    needs = Right.UPDATE_LICENSING if posts else Right.SEE_LICENSING
    here = access.enter(request, account_id, needs=needs)
    at, products = timezone.now(), selectors.sold_by_the_module()
    whole = read_whole(here.account, codes=[one.code for one in products])
    owned = selectors.overview(whole, products, at=at, language=_language())
    in_cart = {line.product.code: line for line in carts.lines_of(here)}
    form = _form(request, here, owned, in_cart)
    if not posts or form is None or not form.is_valid():
        status = _WRONG if form is not None and form.errors else 200
        return _drawn(request, here, whole, owned, form, at=at, status=status)
    changes = _changes(form.numbers(), owned, in_cart)
    if not changes:
        messages.info(request, _("No number was changed."))
        return redirect("licensing:licences", account_id)
    try:
        carts.put(here=here, changes=changes, at=at)
    except ChangeRefused as refused:
        form.add_error(None, str(refused))
        return _drawn(request, here, whole, owned, form, at=at, status=_REFUSED)
    return redirect("billing:cart", account_id)


def _form(
    request: HttpRequest,
    here: Standing,
    owned: Sequence[Owned],
    in_cart: Mapping[str, CartLine],
) -> LicencesForm | None:
    """The numbers that this person may change; None where they may change none."""
    if not here.may(Right.UPDATE_LICENSING):
        return None
    asked = [
        Asked(one.choice, one.name)
        for one in owned
        if one.choice is not None
        and one.code not in _NOT_CHOSEN
        and buyers.may_buy(one.product, here)
    ]
    numbers = {one.code: one.number for one in owned}
    numbers |= {code: line.becomes for code, line in in_cart.items() if code in numbers}
    data = request.POST if request.method == "POST" else None
    return LicencesForm(data, asked=asked, numbers=numbers, language=_language()) if asked else None


def _changes(
    numbers: Mapping[str, int], owned: Sequence[Owned], in_cart: Mapping[str, CartLine]
) -> dict[str, int]:
    """What is to go into the cart, or out of it again."""
    held = {one.code: one.number for one in owned}
    return {
        code: number
        for code, number in numbers.items()
        if number != (in_cart[code].becomes if code in in_cart else held[code])
    }


def _drawn(
    request: HttpRequest,
    here: Standing,
    whole: Whole,
    owned: Sequence[Owned],
    form: LicencesForm | None,
    *,
    at: datetime,
    status: int = 200,
) -> HttpResponse:
    fields = form.fields_of_products if form else {}
    cycles = [one.cycle for one in owned if one.cycle is not None and one.peak is not None]
    shown = strips(cycles, products=whole.products, here=here, language=_language())
    by_code = {strip.code: strip for strip in shown}
    held = [one for one in owned if one.used is not None]
    context = {
        "here": here,
        "form": form,
        "cards": [(one, fields.get(one.code), by_code.get(one.code)) for one in held],
        "otherwise": [
            (one, fields.get(one.code), by_code.get(one.code)) for one in owned if one.used is None
        ],
        "missing": [one for one in owned if one.missing],
        "buyers": [] if form else selectors.buyers(here.account, owned),
        "opened": any(one.choice is not None for one in owned),
        "sees_team": here.may(Right.SEE_TEAM),
        "shows_prices": reads_amounts(here),
        "support": settings.SUPPORT_EMAIL,
    }
    return render(request, "licensing/licences.html", context, status=status)


def _language() -> str:
    return (translation.get_language() or "en").partition("-")[0]
