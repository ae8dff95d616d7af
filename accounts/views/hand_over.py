"""The pages of handing the primary role over: whom, with the password, and the answer."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import access, doors, searching
from accounts import hand_over as roles
from accounts.access import Standing
from accounts.forms.hand_over import PasswordForm
from accounts.models import HandOver
from accounts.refusals import ChangeRefused
from accounts.rights import Right

_MOST_SHOWN = 20


@doors.of_account(Right.PRIMARY)
@require_safe
def hand_over(request: HttpRequest, account_id: int) -> HttpResponse:
    """Who has the role, who is asked, and whom one could ask."""
    here = access.enter(request, account_id, needs=Right.PRIMARY)
    able = roles.able(here.account)
    wanted = searching.typed(request.GET.get("q", ""))
    if wanted:
        able = able.filter(searching.contains("name", wanted))
    found = list(able.order_by("name_key", "pk")[: _MOST_SHOWN + 1])
    context = {
        "here": here,
        "waiting": roles.waiting(here.account, at=timezone.now()),
        "people": found[:_MOST_SHOWN],
        "more": len(found) > _MOST_SHOWN,
        "wanted": wanted,
    }
    return render(request, "accounts/hand_over/choose.html", context)


@doors.of_account(Right.PRIMARY)
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over_to(request: HttpRequest, account_id: int, member_id: int) -> HttpResponse:
    """What follows when this member has the role, and the password to ask them."""
    here = access.enter(request, account_id, needs=Right.PRIMARY)
    taker = get_object_or_404(roles.able(here.account), pk=member_id)
    form = PasswordForm(request.POST or None, request=request, person=here.person)
    refused, status = "", 422 if request.method == "POST" else 200
    if here.visit is None and form.is_valid():
        try:
            return _asked(request, here, taker.pk)
        except ChangeRefused as refusal:
            refused, status = str(refusal), 409
    context = {"here": here, "taker": taker, "form": form, "refused": refused}
    context["valid_for"] = roles.VALID_FOR.days
    return render(request, "accounts/hand_over/to.html", context, status=status)


@doors.of_account(Right.PRIMARY)
@require_POST
def call_off(request: HttpRequest, account_id: int) -> HttpResponse:
    """Ask nobody any more."""
    here = access.enter(request, account_id, needs=Right.PRIMARY)
    try:
        found = roles.call_off(here=here, at=timezone.now())
    except ChangeRefused as refusal:
        messages.error(request, str(refusal))
    else:
        said = _("Called off: you stay the primary account admin, and %(name)s is told.")
        messages.success(request, said % {"name": found.taker.name})
    return redirect("accounts:hand_over", here.account.pk)


@doors.of_account(may_refuse=True)
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over_answer(request: HttpRequest, account_id: int, hand_over_id: int) -> HttpResponse:
    """Whoever is asked reads what it means, and confirms or declines."""
    here = access.enter(request, account_id)
    rows = HandOver.objects.select_related("account", "giver", "taker")
    found = get_object_or_404(here.rows(rows), pk=hand_over_id, taker__user=request.user)
    at = timezone.now()
    refused = ""
    if request.method == "POST":
        try:
            return _answered(request, here, found, accepts="accept" in request.POST)
        except ChangeRefused as refusal:
            refused = str(refusal)
            found.refresh_from_db()
    state = roles.state_of(found, at=at)
    context = {"here": here, "found": found, "state": state.value, "refused": refused}
    return render(
        request, "accounts/hand_over/answer.html", context, status=409 if refused else 200
    )


def _asked(request: HttpRequest, here: Standing, taker_id: int) -> HttpResponse:
    at = timezone.now()
    if here.through is not None:
        taker = roles.appoint(here=here, taker_id=taker_id, at=at)
        said = _("%(name)s is the primary account admin of %(account)s now.")
        messages.success(request, said % {"name": taker.name, "account": here.account.name})
        return redirect("accounts:member", here.account.pk, taker.pk)
    asked = roles.ask(here=here, taker_id=taker_id, at=at)
    said = _("%(name)s is asked by e-mail. You stay the primary account admin until they confirm.")
    messages.success(request, said % {"name": asked.taker.name})
    return redirect("accounts:hand_over", here.account.pk)


def _answered(
    request: HttpRequest, here: Standing, found: HandOver, *, accepts: bool
) -> HttpResponse:
    said = {"name": found.giver.name, "account": here.account.name}
    if accepts:
        roles.accept(hand_over_id=found.pk, person=here.person, at=timezone.now())
        messages.success(request, _("You are the primary account admin of %(account)s now.") % said)
        return redirect("accounts:hand_over", here.account.pk)
    roles.decline(hand_over_id=found.pk, person=here.person, at=timezone.now())
    messages.success(request, _("Declined: %(name)s stays the primary account admin.") % said)
    return redirect("accounts:hand_over_answer", here.account.pk, found.pk)
