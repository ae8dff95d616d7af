"""*Settings → API keys*: the keys of an account, a new one, and revoking one. API-4."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from accounts import access, api_keys, doors
from accounts.access import Standing
from accounts.forms.api_keys import ApiKeyForm
from accounts.models import ApiKey
from accounts.refusals import FieldRefused
from accounts.rights import Right
from accounts.scopes import SAID

PAGE: Final = 50
# Those that work first, the latest before the others.
_ORDER: Final = (F("revoked_at").desc(nulls_first=True), "-pk")


@doors.of_account(Right.PRIMARY)
@require_safe
def index(request: HttpRequest, account_id: int) -> HttpResponse:
    """The account's keys, 50 a page."""
    here = access.enter(request, account_id, needs=Right.PRIMARY)
    found = here.rows(ApiKey.objects.order_by(*_ORDER))
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "here": here,
        "now": timezone.now(),
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number),
        "rows": [(key, [SAID[scope] for scope in SAID if scope in key.allows]) for key in page],
    }
    return render(request, "accounts/api_keys/index.html", context)


@doors.of_account(Right.PRIMARY)
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables("made")
def new(request: HttpRequest, account_id: int) -> HttpResponse:
    """A new key; its page shows it once, and is the answer to the form itself.

    It is kept in no session for the page after: sent again, the form says that the name is taken.
    """
    here = access.enter(request, account_id, needs=Right.PRIMARY)
    form = ApiKeyForm(request.POST or None)
    if form.is_valid():
        try:
            made = api_keys.create(here=here, at=timezone.now(), **form.cleaned_data)
        except FieldRefused as refused:
            form.add_error(refused.field, str(refused))
        else:
            context = {"here": here, "made": made}
            response = render(request, "accounts/api_keys/made.html", context)
            add_never_cache_headers(response)
            return response
    status = 422 if form.errors else 200
    return render(
        request, "accounts/api_keys/form.html", {"here": here, "form": form}, status=status
    )


@doors.of_account(Right.PRIMARY)
@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: HttpRequest, account_id: int, key_id: int) -> HttpResponse:
    """Revoke a key, after a dialog."""
    here, key = _entered(request, account_id, key_id)
    if request.method == "POST":
        api_keys.revoke(here=here, key_id=key.pk, at=timezone.now())
        messages.success(request, _("%(key)s is revoked. It works no more.") % {"key": key.name})
        return redirect("accounts:api_keys", account_id)
    return render(request, "accounts/api_keys/revoke.html", {"here": here, "key": key})


def _entered(request: HttpRequest, account_id: int, key_id: int) -> tuple[Standing, ApiKey]:
    here = access.enter(request, account_id, needs=Right.PRIMARY)
    return here, get_object_or_404(here.rows(ApiKey.objects.all()), pk=key_id)
