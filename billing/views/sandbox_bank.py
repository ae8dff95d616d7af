"""The pages of the sandbox's bank: its card form, its question to the cardholder, its disputes.

They stand for a provider's own pages, and are there while the sandbox is the gateway alone.
"""

from __future__ import annotations

from decimal import Decimal

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from djmoney.money import Money

from accounts import doors
from accounts.doors import Audience
from billing.forms.disputing import PartForm
from billing.forms.methods import CardForm
from billing.gateways import gateway, sandbox, sandbox_cards, sandbox_disputes
from billing.models import SandboxCard, SandboxCharge, SandboxDispute


@doors.opens_to(Audience.LINK)
@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def card(request: HttpRequest, card_token: str) -> HttpResponse:
    """The form that takes a card, and keeps of it what may be known."""
    _only_in_the_sandbox()
    found = get_object_or_404(SandboxCard, token=card_token)
    if found.state != SandboxCard.State.OPEN:
        return render(request, "billing/sandbox/over.html", {"return_to": found.return_to})
    form = CardForm(request.POST or None, on=timezone.now().date())
    if request.method == "POST" and form.is_valid():
        sandbox_cards.keep(found, form.cleaned_data)
        return HttpResponseRedirect(found.return_to)
    context = {
        "form": form.without_code() if form.is_bound else form,
        "return_to": found.return_to,
        "numbers": sandbox_cards.TEST_NUMBERS,
    }
    status = 422 if form.is_bound else 200
    return render(request, "billing/sandbox/card.html", context, status=status)


@doors.opens_to(Audience.LINK)
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def secure(request: HttpRequest, charge_token: str) -> HttpResponse:
    """3-D Secure: the cardholder confirms a payment, or does not."""
    _only_in_the_sandbox()
    charge = get_object_or_404(SandboxCharge, token=charge_token)
    if charge.outcome != SandboxCharge.Outcome.WAITS:
        return render(request, "billing/sandbox/over.html", {"return_to": charge.return_to})
    answer = request.POST.get("answer", "")
    if request.method == "POST" and answer in {"confirm", "refuse"}:
        sandbox.decide(charge, confirms=answer == "confirm")
        return HttpResponseRedirect(charge.return_to)
    context = {"amount": Money(charge.amount, charge.currency)}
    return render(request, "billing/sandbox/secure.html", context)


@doors.opens_to(Audience.LINK)
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def dispute(request: HttpRequest, dispute_token: str) -> HttpResponse:
    """A dispute as the cardholder's bank decides it; it is told by webhook."""
    _only_in_the_sandbox()
    rows = SandboxDispute.objects.select_related("charge")
    found = get_object_or_404(rows, token=dispute_token)
    answer = request.POST.get("answer", "")
    choices = sandbox_disputes.choices(found)
    form = PartForm(request.POST or None, charge=found.charge)
    if request.method == "POST" and (answer != SandboxDispute.State.LOST or form.is_valid()):
        if answer in choices:
            again = form.came_again if answer == SandboxDispute.State.LOST else Decimal(0)
            sandbox_disputes.becomes(found, SandboxDispute.State(answer), came_again=again)
        return HttpResponseRedirect(request.path)
    context = {
        "dispute": found,
        "form": form,
        "kept": Money(found.charge.amount - found.came_again, found.charge.currency),
        "amount": Money(found.charge.amount, found.charge.currency),
        "choices": choices,
    }
    status = 422 if form.is_bound else 200
    return render(request, "billing/sandbox/dispute.html", context, status=status)


def _only_in_the_sandbox() -> None:
    if gateway().name != sandbox.SandboxGateway.name:
        raise Http404("The sandbox is not the gateway of this site.")
