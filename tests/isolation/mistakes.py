"""Views with every mistake that the isolation test is there to find, one mistake each."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts import access, doors
from accounts.callers import Caller, caller_with
from accounts.models import Account, Member
from accounts.rights import Right
from accounts.scopes import Scope
from config import urls

handler403 = urls.handler403


def _entered(request: HttpRequest, account_id: int) -> access.Standing:
    return access.enter(request, account_id, needs=Right.SEE_TEAM)


def undeclared(request: HttpRequest, account_id: int) -> HttpResponse:
    return HttpResponse(_entered(request, account_id).account.name)


@doors.of_account(Right.SEE_TEAM)
def too_open(request: HttpRequest, account_id: int) -> HttpResponse:
    """Forgets the right."""
    return HttpResponse(access.enter(request, account_id).account.name)


@doors.of_account(Right.SEE_TEAM)
def too_shut(request: HttpRequest, account_id: int) -> HttpResponse:
    """Asks for another right than it says."""
    return HttpResponse(access.enter(request, account_id, needs=Right.UPDATE_TEAM).account.name)


@doors.of_account(Right.SEE_TEAM)
def open_to_strangers(request: HttpRequest, account_id: int) -> HttpResponse:
    """Asks nobody who they are."""
    return HttpResponse(get_object_or_404(Account, pk=account_id).name)


@login_not_required
@doors.of_account(Right.SEE_TEAM)
def open_to_nobody(request: HttpRequest, account_id: int) -> HttpResponse:
    """Sends nobody to sign-in."""
    return HttpResponse(_entered(request, account_id).account.name)


@doors.of_account(Right.SEE_TEAM)
def another_accounts_row(request: HttpRequest, account_id: int, member_id: int) -> HttpResponse:
    """Takes the row from everywhere."""
    _entered(request, account_id)
    return HttpResponse(f"{get_object_or_404(Member, pk=member_id).pk}")


@doors.of_account(Right.SEE_TEAM)
def another_accounts_words(request: HttpRequest, account_id: int) -> HttpResponse:
    """Counts its own and lists everybody's."""
    _entered(request, account_id)
    return HttpResponse(", ".join(Member.objects.values_list("name", flat=True)))


@doors.of_account(Right.SEE_TEAM)
def writes_before_it_asks(request: HttpRequest, account_id: int) -> HttpResponse:
    """Changes a row, then asks for the right."""
    here = access.enter(request, account_id)
    if request.method == "POST":
        Account.objects.filter(pk=account_id).update(city="Brno")
    here.need(Right.SEE_TEAM)
    return HttpResponse("done")


@doors.of_account(Right.SEE_TEAM)
def writes_when_looked_at(request: HttpRequest, account_id: int) -> HttpResponse:
    """Changes a row for whoever looks."""
    _entered(request, account_id)
    Account.objects.filter(pk=account_id).update(closed_at=timezone.now())
    return HttpResponse("seen")


@doors.of_account(Right.SEE_TEAM)
def says_nobody(request: HttpRequest, account_id: int) -> HttpResponse:
    """Refuses without a word about who has the right."""
    if not access.enter(request, account_id).may(Right.SEE_TEAM):
        raise PermissionDenied
    return HttpResponse("seen")


@doors.of_account(Right.SEE_TEAM)
def breaks(request: HttpRequest, account_id: int) -> HttpResponse:
    """Fails for some of those it is for."""
    here = _entered(request, account_id)
    return HttpResponse(here.member.name)  # type: ignore[union-attr]  # none for a parent


@doors.of_account(Right.SEE_TEAM, post=Right.UPDATE_TEAM)
@require_POST
def sends_with_less(request: HttpRequest, account_id: int) -> HttpResponse:
    """Lets who may look send something."""
    return redirect("accounts:start", _entered(request, account_id).account.pk)


@doors.of_account(Right.SEE_TEAM)
def never_there(request: HttpRequest, account_id: int) -> HttpResponse:
    """Is found by nobody."""
    _entered(request, account_id)
    raise Http404


@doors.of_account(Right.SEE_TEAM)
def of_something_new(request: HttpRequest, account_id: int, novelty_id: int) -> HttpResponse:
    """Names what the world of the test does not have."""
    return HttpResponse(f"{_entered(request, account_id).account} {novelty_id}")


@doors.opens_to(doors.Audience.SIGNED_IN)
def another_persons(request: HttpRequest, message_id: int) -> HttpResponse:
    """Shows whose message it is to everybody."""
    return HttpResponse(f"message {message_id}")


@doors.of_staff(Account)
def of_all_staff(request: HttpRequest) -> HttpResponse:
    """Asks for no role."""
    if not request.user.is_staff:
        raise Http404
    return HttpResponse("the desk")


@login_not_required
@doors.of_programs(GET=Scope.MEMBERS_READ)
@require_GET
def forgets_the_scope(request: HttpRequest, account_id: int) -> HttpResponse:
    """Asks for a key, and not for what it may."""
    program = _program(request)
    if program is None:
        return HttpResponse(status=401)
    return HttpResponse(access.account_of(program, account_id).name)


@login_not_required
@doors.of_programs(GET=Scope.MEMBERS_READ)
@require_GET
def forgets_the_account(request: HttpRequest, account_id: int) -> HttpResponse:
    """Asks for the scope, and not for whose account it is."""
    program = _program(request)
    if program is None:
        return HttpResponse(status=401)
    if not program.may(Scope.MEMBERS_READ):
        raise PermissionDenied
    return HttpResponse(get_object_or_404(Account, pk=account_id).name)


@login_not_required
@doors.of_programs(GET=Scope.MEMBERS_READ)
@require_GET
def takes_a_session(request: HttpRequest, account_id: int) -> HttpResponse:
    """Lets people in, too."""
    return HttpResponse(access.enter(request, account_id).account.name)


def _program(request: HttpRequest) -> Caller | None:
    _, _, token = request.headers.get("Authorization", "").partition(" ")
    return caller_with(token, at=timezone.now())


@doors.of_account(Right.SEE_TEAM)
def sound(request: HttpRequest, account_id: int, member_id: int) -> HttpResponse:
    """Makes no mistake."""
    here = _entered(request, account_id)
    return HttpResponse(get_object_or_404(here.rows(Member.objects.all()), pk=member_id).name)


_ACCOUNT = "wrong/<int:account_id>/"
urlpatterns = [
    path(f"{_ACCOUNT}undeclared/", undeclared, name="undeclared"),
    path(f"{_ACCOUNT}too-open/", too_open, name="too_open"),
    path(f"{_ACCOUNT}too-shut/", too_shut, name="too_shut"),
    path(f"{_ACCOUNT}strangers/", open_to_strangers, name="open_to_strangers"),
    path(f"{_ACCOUNT}nobody/", open_to_nobody, name="open_to_nobody"),
    path(f"{_ACCOUNT}row/<int:member_id>/", another_accounts_row, name="another_accounts_row"),
    path(f"{_ACCOUNT}words/", another_accounts_words, name="another_accounts_words"),
    path(f"{_ACCOUNT}writes/", writes_before_it_asks, name="writes_before_it_asks"),
    path(f"{_ACCOUNT}looked-at/", writes_when_looked_at, name="writes_when_looked_at"),
    path(f"{_ACCOUNT}says-nobody/", says_nobody, name="says_nobody"),
    path(f"{_ACCOUNT}breaks/", breaks, name="breaks"),
    path(f"{_ACCOUNT}sends/", sends_with_less, name="sends_with_less"),
    path(f"{_ACCOUNT}never/", never_there, name="never_there"),
    path(f"{_ACCOUNT}new/<int:novelty_id>/", of_something_new, name="of_something_new"),
    path("wrong/message/<int:message_id>/", another_persons, name="another_persons"),
    path("wrong/desk/", of_all_staff, name="of_all_staff"),
    path(f"{_ACCOUNT}scope/", forgets_the_scope, name="forgets_the_scope"),
    path(f"{_ACCOUNT}account/", forgets_the_account, name="forgets_the_account"),
    path(f"{_ACCOUNT}session/", takes_a_session, name="takes_a_session"),
    path(f"{_ACCOUNT}sound/<int:member_id>/", sound, name="sound"),
    *urls.urlpatterns,
]
