"""Changing a number with its price in view, and undoing what is scheduled. PLAN-3, 4, 7 and 9."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import access, doors
from accounts.access import Standing
from billing import buyers, carts, quoting, scheduled
from billing.forms.choosing import NumberForm, initial
from billing.models import Product
from billing.offering import Choice, choice
from billing.refusals import ChangeRefused, QuoteChanged
from billing.showing import ShownQuote, show


@doors.of_account(may_refuse=True)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, account_id: int, code: str) -> HttpResponse:
    """Choose a number of a product; its price follows. Sending it puts it into the cart."""
    here = access.enter(request, account_id)
    chosen = _choice(here, code)
    if request.method == "POST":
        return _put(request, here, chosen)
    asked = "number" in request.GET
    form = _form(chosen, request.GET if asked else None, _number(here, chosen))
    if not asked:
        return _drawn(request, here, chosen, form)
    price = _price(here, chosen, form)
    if _is_following(request):
        return render(request, "billing/_price.html", {"form": form, **price})
    return _drawn(request, here, chosen, form, **price)


@doors.of_account(may_refuse=True)
@require_POST
def cancel(request: HttpRequest, account_id: int, code: str) -> HttpResponse:
    """Undo what is scheduled for a product: what is in force stays."""
    here = access.enter(request, account_id)
    product = Product.objects.filter(code=code).first()
    if product is None:
        raise Http404(f"There is no product {code}.")
    here.need(buyers.right_to_buy(product))
    buyers.need_some(here)
    try:
        scheduled.cancel(here=here, code=code, at=timezone.now())
    except (ChangeRefused, QuoteChanged) as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The scheduled change is called off. What is in force stays."))
    return HttpResponseRedirect(reverse("billing:overview", args=[account_id]))


def _choice(here: Standing, code: str) -> Choice:
    """The product as the account may choose it; 404 for what it cannot choose at all."""
    found = choice(here.account, code, at=timezone.now())
    if found is None:
        buyers.need_some(here)
        raise Http404(f"{code} is not chosen here.")
    here.need(buyers.right_to_buy(found.product))
    buyers.need_some(here)
    return found


def _number(here: Standing, chosen: Choice) -> int:
    """What the cart holds of it already; else what is in force, or one more of nothing."""
    in_cart = [one for one in carts.lines_of(here) if one.product_id == chosen.product.pk]
    if in_cart:
        return in_cart[0].becomes
    return chosen.held or max(chosen.step, 1)


def _put(request: HttpRequest, here: Standing, chosen: Choice) -> HttpResponse:
    form = _form(chosen, request.POST, chosen.held)
    if not form.is_valid():
        return _drawn(request, here, chosen, form)
    number = form.cleaned_data["number"]
    try:
        carts.put(here=here, changes={chosen.product.code: number}, at=timezone.now())
    except ChangeRefused as refused:
        form.add_error("number", str(refused))
        return _drawn(request, here, chosen, form)
    return HttpResponseRedirect(reverse("billing:cart", args=[here.account.pk]))


def _form(chosen: Choice, data: Any, number: int) -> NumberForm:
    return NumberForm(data, choice=chosen, language=_language(), initial=initial(chosen, number))


def _price(here: Standing, chosen: Choice, form: NumberForm) -> dict[str, Any]:
    """What the number costs, or why it has no price."""
    if not form.is_valid() or form.cleaned_data["number"] == chosen.held:
        return {"quote": None, "refused": ""}
    changes = {chosen.product.code: form.cleaned_data["number"]}
    try:
        quoted = quoting.quote(account=here.account, changes=changes, at=timezone.now())
    except (ChangeRefused, QuoteChanged) as refused:
        return {"quote": None, "refused": str(refused)}
    shown: ShownQuote = show(quoted, language=_language())
    return {"quote": shown, "refused": ""}


def _drawn(
    request: HttpRequest, here: Standing, chosen: Choice, form: NumberForm, **price: Any
) -> HttpResponse:
    context = {
        "here": here,
        "choice": chosen,
        "name": chosen.product.names[_language()],
        "form": form,
        "quote": None,
        **price,
    }
    return render(request, "billing/change.html", context)


def _is_following(request: HttpRequest) -> bool:
    """Whether the page asks for the price alone, as the number moves."""
    return request.headers.get("HX-Target") == "price"


def _language() -> str:
    return (translation.get_language() or "en").partition("-")[0]
