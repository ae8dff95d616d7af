"""What is answered instead of a page: who has the right, and where to go instead."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from accounts import access
from accounts.access import Role
from accounts.admin.desk import declared_by
from accounts.modules import MODULES, said
from accounts.refusals import Lacking, Suspended
from accounts.rights import Right
from accounts.views import suspended

# The highest key of a row.
_HIGHEST: Final = 2**63 - 1
_READS: Final = frozenset({"GET", "HEAD"})


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page of a 403: it names who has the right, or for a page of the desk the roles.

    Who is suspended in the account reads that, and who can activate them.
    """
    if isinstance(exception, Lacking):
        return render(request, "portal/lacking.html", _lacking(exception), status=403)
    if isinstance(exception, Suspended):
        return suspended.told(request, exception.member, status=403)
    return render(request, "403.html", {"right": _right(request)}, status=403)


class NumbersMiddleware:
    """Answers 404 where an address names a row by a number that no row can have."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: dict[str, Any]
    ) -> None:
        if names_no_row(kwargs):
            raise Http404("No row has such a number.")


def names_no_row(kwargs: Mapping[str, Any]) -> bool:
    """Whether an address names a row by a number that no row can have.

    The database would refuse to compare with it: Django asks of plain columns alone.
    """
    return any(isinstance(one, int) and one > _HIGHEST for one in kwargs.values())


class WholePageMiddleware:
    """Sends the whole page on where a part of it was answered with another address.

    Somebody signed out who asks for a part is led to sign-in, and a form sent from a dialog to what
    is so now: otherwise that page would be drawn in the place of the part.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        if not request.headers.get("HX-Request"):
            return response
        sign_in = reverse(settings.LOGIN_URL)
        leads_to = response.headers.get("Location", "")
        if urlsplit(leads_to).path != sign_in:
            sent = leads_to and request.method == "POST"
            return HttpResponseClientRedirect(leads_to) if sent else response
        page = urlsplit(request.headers.get("HX-Current-URL", ""))
        back = urlencode({"next": page.path or reverse("admin:index")})
        return HttpResponseClientRedirect(f"{sign_in}?{back}")


def _lacking(refused: Lacking) -> dict[str, Any]:
    """What was needed, who has it, and who can give it: those who change Accesses, or the primary
    account admin for what no Access gives."""
    account, right = refused.account, refused.right
    module = right.module
    if module is not None and not access.is_open(module, account):
        sales = settings.SUPPORT_EMAIL
        return {"account": account, "closed": MODULES[module].name, "sales": sales}
    gives = Right.PRIMARY if module is None else Right.UPDATE_ACCESSES
    holders = access.holders(account, right)
    givers = holders if gives is right else access.holders(account, gives)
    return {
        "account": account,
        "needs": said(right) if module else "",
        "right": right.value,
        "holders": holders,
        "givers": [] if givers == holders else givers,
    }


def _right(request: HttpRequest) -> str:
    """Who may do what was asked for, in a sentence; empty where no page of a model was."""
    match = request.resolver_match
    name = match.url_name if match and match.url_name else ""
    for model, staff in declared_by(admin.site).items():
        prefix = f"{model._meta.app_label}_{model._meta.model_name}_"
        if name.startswith(prefix):
            action = _action(name.removeprefix(prefix), request)
            roles = [role.value for role in Role if staff.may(action, role)]
            return _sentence(roles, f"{action} {model._meta.verbose_name_plural}")
    return ""


def _action(page: str, request: HttpRequest) -> str:
    if page in {"add", "delete"}:
        return page
    return "view" if request.method in _READS else "change"


def _sentence(roles: list[str], deed: str) -> str:
    if not roles:
        return f"No role may {deed} here."
    *others, last = roles
    named = f"roles {', '.join(others)} and {last}" if others else f"role {last}"
    return f"People in the {named} may {deed}."
