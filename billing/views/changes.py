"""Changing a number with its price in view, and undoing what is scheduled. PLAN-3, 4, 7 and 9."""

from __future__ import annotations

from datetime import datetime
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
from billing import buyers, carts, checkout, scheduled
from billing.carts import Wanted
from billing.documents.wording import quantity_of
from billing.forms.choosing import NumberForm, initial
from billing.models import CartLine, Product
from billing.offering import Choice, choice
from billing.refusals import ChangeRefused, QuoteChanged
from billing.showing import show
from billing.views import cart
from billing.views.automatic import said_of
from billing.views.confirming import asked_to_confirm, confirmed
from billing.views.dialogs import dialog_of
from billing.whole import Whole, read_whole

_REFUSED = 409


@doors.of_account(may_refuse=True)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, account_id: int, code: str) -> HttpResponse:
    """Choose a number of a product; its price follows. PLAN-3, PLAN-4, PLAN-7.

    Sending it puts it into the cart, which is shown; or orders it at once, where its dialog has
    shown what is to be paid.
    """
    here, at = access.enter(request, account_id), timezone.now()
    lines = carts.lines_of(here)
    whole = read_whole(here.account, codes={code, *(line.product.code for line in lines)})
    chosen = _choice(here, whole, code, at=at)
    if request.method == "POST":
        return _put(request, here, chosen)
    asked = "number" in request.GET
    number = _number(lines, chosen)
    form = _form(chosen, request.GET if asked else None, number)
    # What needs no choosing has its price at once.
    if not asked and dialog_of(chosen, language=_language()).at_once:
        form = _form(chosen, initial(chosen, number), number)
    if not form.is_bound:
        return _drawn(request, here, chosen, form)
    price = _price(here, chosen, form, at=at, whole=whole, beside=carts.wanted_in(lines))
    if _is_following(request):
        context = {"dialog": dialog_of(chosen, language=_language()), "form": form, **price}
        return render(request, "billing/_price.html", context)
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


def _choice(here: Standing, whole: Whole, code: str, *, at: datetime) -> Choice:
    """The product as the account may choose it; 404 for what it cannot choose at all.

    A plan that it does not hold takes the place of the one it holds: that is chosen elsewhere.
    """
    found = choice(whole, code, at=at)
    if found is None or (found.product.kind == Product.Kind.PLAN and not found.held):
        buyers.need_some(here)
        raise Http404(f"{code} is not chosen here.")
    here.need(buyers.right_to_buy(found.product))
    buyers.need_some(here)
    return found


def _number(lines: list[CartLine], chosen: Choice) -> int:
    """What the cart holds of it already; else what is in force, or the least of nothing."""
    in_cart = [one for one in lines if one.product_id == chosen.product.pk]
    if in_cart:
        return in_cart[0].becomes
    return chosen.held or chosen.step


def _put(request: HttpRequest, here: Standing, chosen: Choice) -> HttpResponse:
    form = _form(chosen, request.POST, chosen.held)
    if not form.is_valid():
        return _drawn(request, here, chosen, form)
    changes = {chosen.product.code: form.cleaned_data["number"]}
    try:
        if dialog_of(chosen, language=_language()).at_once and request.POST.get("seen"):
            return confirmed(request, here, wanted=Wanted(changes))
        carts.put(here=here, changes=changes, at=timezone.now())
    except (ChangeRefused, QuoteChanged) as refused:
        form.add_error(None, _why(refused, here, chosen, changes[chosen.product.code]))
        # What has changed meanwhile is read again.
        price = _price(here, chosen, form, at=timezone.now(), changed=True)
        return _drawn(request, here, chosen, form, status=_REFUSED, **price)
    # Over the page, the next step takes the place of this one.
    if request.htmx:  # type: ignore[attr-defined]  # set by its middleware
        return cart.drawn(request, here)
    return HttpResponseRedirect(reverse("billing:cart", args=[here.account.pk]))


def _why(refused: Exception, here: Standing, chosen: Choice, number: int) -> str:
    """Why it was refused: of a number that another tab has bought before there are no amounts."""
    code = chosen.product.code
    held, _waiting = carts.in_force(here, [code], at=timezone.now())
    if not isinstance(refused, QuoteChanged) or number != held[code]:
        return str(refused)
    names, language = chosen.product.names, _language()
    many = quantity_of(number, names[f"unit_{language}"], language)
    said = _("You have {number} already, and nothing was charged now.")
    return said.format(number=names[language] if chosen.flat else many)


def _form(chosen: Choice, data: Any, number: int) -> NumberForm:
    return NumberForm(data, choice=chosen, language=_language(), initial=initial(chosen, number))


def _price(
    here: Standing,
    chosen: Choice,
    form: NumberForm,
    *,
    at: datetime,
    whole: Whole | None = None,
    beside: Wanted | None = None,
    changed: bool = False,
) -> dict[str, Any]:
    """What the number costs with what lies in the cart ``beside``, or why it has no price."""
    number = form.cleaned_data.get("number") if changed or form.is_valid() else None
    if number is None or number == chosen.held:
        return {"quote": None}
    code = chosen.product.code
    try:
        quoted = checkout.quote_with(
            Wanted({code: number}), here=here, at=at, whole=whole, cart=beside
        )
    except (ChangeRefused, QuoteChanged) as refused:
        return {"quote": None, "refused": "" if changed else str(refused)}
    shown = show(quoted, language=_language(), sees=here.may)
    back = reverse("billing:change", args=[here.account.pk, code])
    return {
        "quote": shown,
        "mine": [step for step in shown.steps if step.code == code],
        "others": [step for step in shown.steps if step.code != code],
        **asked_to_confirm(here, quoted, back=back),
    }


def _drawn(
    request: HttpRequest,
    here: Standing,
    chosen: Choice,
    form: NumberForm,
    *,
    status: int = 200,
    **price: Any,
) -> HttpResponse:
    context = {
        "here": here,
        "choice": chosen,
        "name": chosen.product.names[_language()],
        "dialog": dialog_of(chosen, language=_language()),
        "form": form,
        **_automatic(here, chosen),
        **price,
    }
    return render(request, "billing/change.html", context, status=status)


def _automatic(here: Standing, chosen: Choice) -> dict[str, Any]:
    """Beside the contact limit: whether it is raised by itself. PLAN-10."""
    if chosen.product.kind != Product.Kind.PLAN:
        return {}
    return {"of_plan": True, "agreed": said_of(here)}


def _is_following(request: HttpRequest) -> bool:
    """Whether the page asks for the price alone, as the number moves."""
    return request.headers.get("HX-Target") == "price"


def _language() -> str:
    return (translation.get_language() or "en").partition("-")[0]
