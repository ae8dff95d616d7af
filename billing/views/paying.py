"""An open invoice is paid by hand, and whoever comes back from their bank reads what came of it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import access, doors, visits
from accounts.access import Standing
from accounts.rights import Right
from billing import buyers, causes, collecting, paying
from billing.bank_steps import UNANSWERED
from billing.gateways import gateway
from billing.models import Invoice, Order, PaymentAttempt
from billing.refusals import ChangeRefused

_REFUSED = 409
State = PaymentAttempt.State
# On its first showing the page goes on to the bank by itself; who comes back by the browser stays.
GOES_ON = "?bank=1"


@doors.of_account(Right.SEE_BILLING, post=Right.PURCHASE, may_refuse=True)
@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, account_id: int, invoice_id: int) -> HttpResponse:
    """What is open of an invoice and by which card; sending it charges that card at once."""
    here = access.enter(request, account_id, needs=Right.SEE_BILLING)
    invoice = get_object_or_404(_invoices(here), pk=invoice_id)
    if request.method != "POST":
        return _page(request, here, invoice)
    here.need(Right.PURCHASE)
    at = timezone.now()
    try:
        attempt = paying.begin(
            here=here, invoice_id=invoice.pk, at=at, reason=request.POST.get("reason", "")
        )
    except ChangeRefused as refused:
        return _page(request, here, invoice, refused=str(refused), status=_REFUSED)
    back = _address("pay_return", account_id, invoice.pk)
    collecting.collect_one(attempt.pk, clock=timezone.now, gateway=gateway(), return_to=back)
    return _on(attempt, reverse("billing:pay", args=[account_id, invoice.pk]))


@doors.of_account(Right.SEE_BILLING, may_refuse=True)
@require_safe
def pay_return(request: HttpRequest, account_id: int, invoice_id: int) -> HttpResponse:
    """Back from the bank that was asked about an invoice.

    It writes down what the gateway says, as the gateway's own message would do.
    """
    here = access.enter(request, account_id, needs=Right.SEE_BILLING)
    invoice = get_object_or_404(_invoices(here), pk=invoice_id)
    _look_again(PaymentAttempt.objects.filter(invoice=invoice))
    return HttpResponseRedirect(reverse("billing:pay", args=[account_id, invoice.pk]))


@doors.of_account(Right.SEE_BILLING, post=Right.PURCHASE, may_refuse=True)
@require_POST
def pay_call_off(request: HttpRequest, account_id: int, invoice_id: int) -> HttpResponse:
    """Pay the invoice no longer: the bank's question is withdrawn."""
    here = access.enter(request, account_id, needs=Right.PURCHASE)
    invoice = get_object_or_404(_invoices(here), pk=invoice_id)
    _give_up(request, PaymentAttempt.objects.filter(invoice=invoice))
    return HttpResponseRedirect(reverse("billing:pay", args=[account_id, invoice.pk]))


@doors.of_account(may_refuse=True)
@require_safe
def order_return(request: HttpRequest, account_id: int, order_id: int) -> HttpResponse:
    """Back from the bank that was asked about an order; as `pay_return`."""
    here = access.enter(request, account_id)
    order = get_object_or_404(here.rows(Order.objects.all()), pk=order_id)
    buyers.need_some(here)
    _look_again(PaymentAttempt.objects.filter(order=order))
    return HttpResponseRedirect(reverse("billing:order", args=[account_id, order.pk]))


@doors.of_account(may_refuse=True)
@require_POST
def order_call_off(request: HttpRequest, account_id: int, order_id: int) -> HttpResponse:
    """Order it no longer: the bank's question is withdrawn, and nothing was changed."""
    here = access.enter(request, account_id)
    order = get_object_or_404(here.rows(Order.objects.all()), pk=order_id)
    buyers.need_some(here)
    _give_up(request, PaymentAttempt.objects.filter(order=order))
    return HttpResponseRedirect(reverse("billing:order", args=[account_id, order.pk]))


def _page(
    request: HttpRequest, here: Standing, invoice: Invoice, *, refused: str = "", status: int = 200
) -> HttpResponse:
    found = paying.payable(invoice, at=timezone.now())
    buys = here.may(Right.PURCHASE)
    context: dict[str, Any] = {
        "here": here,
        "invoice": invoice,
        "payable": found,
        "buys": buys,
        "asks_reason": buys and visits.reason_needed(here, costs=True),
        "refused": refused,
        "why": why(found.last),
        "other_card": found.last is not None and causes.is_of_the_method(found.last.cause),
        "bank": bank(request, found.last),
    }
    return render(request, "billing/pay.html", context, status=status)


def why(attempt: PaymentAttempt | None) -> str:
    """Why an attempt charged nothing, in the payer's words; empty for any other."""
    if attempt is None or attempt.state not in {State.DECLINED, State.CANCELLED}:
        return ""
    return causes.words(attempt.cause)


def bank(request: HttpRequest, attempt: PaymentAttempt | None) -> dict[str, Any] | None:
    """Where the bank asks the payer, and until when; None where it does not."""
    if attempt is None or attempt.state != State.ACTION:
        return None
    return {
        "url": attempt.action_url,
        "until": attempt.next_try_at,
        "goes_on": f"?{request.GET.urlencode()}" == GOES_ON,
    }


def _on(attempt: PaymentAttempt, page: str) -> HttpResponse:
    """To the page that says what became of an attempt, and from there to the bank that asks."""
    attempt.refresh_from_db()
    on = GOES_ON if attempt.state == State.ACTION else ""
    return HttpResponseRedirect(f"{page}{on}")


def _look_again(attempts: QuerySet[PaymentAttempt]) -> None:
    attempt = attempts.order_by("-number").first()
    if attempt is not None and attempt.state in UNANSWERED:
        collecting.look_again(attempt.pk, clock=timezone.now, gateway=gateway())


def _give_up(request: HttpRequest, attempts: QuerySet[PaymentAttempt]) -> None:
    attempt = attempts.order_by("-number").first()
    if attempt is None or attempt.state != State.ACTION:
        messages.info(request, _("There is nothing to call off: the payment has been decided."))
        return
    collecting.give_up(attempt.pk, clock=timezone.now, gateway=gateway())


def _address(page: str, *arguments: int) -> str:
    return f"{settings.SITE_URL}{reverse(f'billing:{page}', args=arguments)}"


def _invoices(here: Standing) -> QuerySet[Invoice]:
    return here.rows(Invoice.objects.select_related("payer"), by="payer")
