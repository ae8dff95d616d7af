"""The pages of invitations: asking somebody, asking again or no longer, and accepting."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import access, doors, invitations, joining, visits, who_may
from accounts.access import Standing
from accounts.forms.invitations import InviteForm, JoinForm
from accounts.invitations import State
from accounts.models import Invitation, Member, User
from accounts.refusals import ChangeRefused
from accounts.rights import Right
from accounts.team_list import Tab

# Where on the Team page they stand who are no agents yet.
_TABS: dict[str, Tab] = {
    Member.Status.INVITED: Tab.INVITED,
    Member.Status.AWAITING_APPROVAL: Tab.AWAITING,
}
_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@doors.of_account(Right.UPDATE_TEAM)
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest, account_id: int) -> HttpResponse:
    """Whom to ask into the account; the same page says what follows when they accept."""
    here = access.enter(request, account_id, needs=Right.UPDATE_TEAM)
    at = timezone.now()
    foreseen = invitations.foresee(here=here, at=at)
    asks = visits.reason_needed(here, costs=foreseen.costs)
    form = InviteForm(request.POST or None, here=here, asks=asks)
    if form.is_valid():
        if (too_often := _too_often(request, "invite")) is not None:
            return too_often
        try:
            member = _invite(here, form, at)
        except ChangeRefused as refusal:
            form.add_error("email", str(refusal))
        else:
            messages.success(request, _invited(member))
            return redirect(_tab_of(member))
    approved = here.may(Right.SUSPEND)
    context = {
        "here": here,
        "form": form,
        "consequences": foreseen.consequences,
        "approved": approved,
        "who": "" if approved else who_may.can_change(here.account, Right.SUSPEND),
    }
    status = 422 if form.errors else 200
    return render(request, "accounts/invitations/invite.html", context, status=status)


@doors.of_account(Right.UPDATE_TEAM)
@require_http_methods(["GET", "HEAD", "POST"])
def resend(request: HttpRequest, account_id: int, member_id: int) -> HttpResponse:
    """Send an invitation again, or for the first time to somebody of an imported book."""
    here = access.enter(request, account_id, needs=Right.UPDATE_TEAM)
    member = get_object_or_404(here.rows(Member.objects.all()), pk=member_id)
    if request.method != "POST":
        return _ask(request, here, member, "send")
    if (too_often := _too_often(request, "invite")) is not None:
        return too_often
    try:
        sent = invitations.send(here=here, member_id=member.pk, at=timezone.now())
    except ChangeRefused as refusal:
        return _ask(request, here, member, "send", refusal=str(refusal))
    messages.success(request, _sent(member, sent))
    return redirect(_tab_of(member))


@doors.of_account(Right.UPDATE_TEAM)
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, account_id: int, member_id: int) -> HttpResponse:
    """Take an invitation back."""
    here = access.enter(request, account_id, needs=Right.UPDATE_TEAM)
    member = get_object_or_404(here.rows(Member.objects.all()), pk=member_id)
    if request.method != "POST":
        return _ask(request, here, member, "withdraw")
    try:
        invitations.withdraw(here=here, member_id=member.pk, at=timezone.now())
    except ChangeRefused as refusal:
        return _ask(request, here, member, "withdraw", refusal=str(refusal))
    words = _("The invitation of %(name)s is withdrawn. Its link does not work any more.")
    messages.success(request, words % {"name": member.name})
    return redirect(_tab_of(member))


@doors.opens_to(doors.Audience.LINK)
@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Where the link of a letter leads: to join as oneself, or as somebody new."""
    found = invitations.find(token)
    if found is None:
        raise Http404("No invitation has this link.")
    invitation, nonce = found
    state = invitations.state_of(invitation, nonce=nonce, at=timezone.now())
    if state is State.ACCEPTED and request.user == invitation.member.user:
        return redirect("accounts:start", invitation.member.account_id)
    if state is not State.OPEN:
        return _refused(request, invitation, joining.refusal(invitation, state))
    if request.method == "POST":
        too_often = _too_often(request, "accept_invitation")
        return too_often if too_often is not None else _join(request, token, invitation)
    return _show(request, invitation)


def _join(request: HttpRequest, token: str, invitation: Invitation) -> HttpResponse:
    """Accept it for who is signed in, or for somebody new by what they have filled in."""
    if isinstance(request.user, User):
        try:
            member = joining.accept(token=token, person=request.user, at=timezone.now())
        except ChangeRefused as refusal:
            return _refused(request, invitation, str(refusal))
        return _joined(request, member)
    form = JoinForm(request.POST, email=invitation.member.email)
    if not form.is_valid():
        return _show(request, invitation, form)
    try:
        member = joining.accept_as_new(token=token, at=timezone.now(), **form.cleaned_data)
    except ChangeRefused as refusal:
        return _refused(request, invitation, str(refusal))
    login(request, member.user, backend=_BACKEND)
    return _joined(request, member)


def _joined(request: HttpRequest, member: Member) -> HttpResponse:
    words = _("You are in %(account)s now.")
    messages.success(request, words % {"account": member.account.name})
    return redirect("accounts:start", member.account_id)


def _show(
    request: HttpRequest, invitation: Invitation, form: JoinForm | None = None
) -> HttpResponse:
    """The page as it is for who looks at it: signed in by the address, by another one, or not."""
    member, person = invitation.member, request.user
    context: dict[str, Any] = {"member": member, "inviter": invitations.inviter(invitation)}
    if isinstance(person, User):
        context["theirs"] = joining.has_address(person, member.email)
    elif joining.signs_in_with(member.email):
        context["known"] = True
    else:
        context["form"] = form or JoinForm(email=member.email, initial={"name": member.name})
    status = 422 if form is not None else 200
    return render(request, "accounts/invitations/join.html", context, status=status)


def _refused(request: HttpRequest, invitation: Invitation, words: str) -> HttpResponse:
    context = {"account": invitation.member.account, "words": words}
    return render(request, "accounts/invitations/refused.html", context, status=410)


def _invite(here: Standing, form: InviteForm, at: datetime) -> Member:
    return invitations.invite(
        here=here,
        name=form.cleaned_data["name"],
        email=form.cleaned_data["email"],
        access_id=form.access_id,
        type=form.cleaned_data["type"],
        billing_role=form.cleaned_data.get("billing_role", False),
        reason=form.cleaned_data.get("reason", ""),
        at=at,
    )


def _ask(
    request: HttpRequest, here: Standing, member: Member, deed: str, *, refusal: str = ""
) -> HttpResponse:
    """The question before the deed, or after its refusal."""
    known = Invitation.objects.filter(member=member, withdrawn_at=None).first()
    context = {"here": here, "member": member, "invitation": known, "refusal": refusal}
    context["back"] = f"{reverse('accounts:team', args=[here.account.pk])}?tab={Tab.INVITED}"
    page = f"accounts/invitations/{deed}.html"
    return render(request, page, context, status=409 if refusal else 200)


def _invited(member: Member) -> str:
    if member.status == Member.Status.AWAITING_APPROVAL:
        words = _("%(name)s waits for approval. The invitation goes out with it.")
        return words % {"name": member.name}
    return _sent(member, Invitation.objects.get(member=member))


def _tab_of(member: Member) -> str:
    """The part of the team in which the member stood when the page was sent."""
    address = reverse("accounts:team", args=[member.account_id])
    tab = _TABS.get(member.status)
    return f"{address}?tab={tab}" if tab else address


def _sent(member: Member, sent: Invitation) -> str:
    words = _("The invitation is on its way to %(email)s. It can be accepted until %(day)s.")
    until = date_format(timezone.localtime(sent.expires_at), "DATE_FORMAT")
    return words % {"email": member.email, "day": until}


def _too_often(request: HttpRequest, action: str) -> HttpResponse | None:
    """The page that says so, where this was done too often by one person or from one place."""
    return ratelimit.consume_or_429(request, action=action, user=request.user)
