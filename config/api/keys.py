"""Who asks: the key that a request shows, how often it asks, and what it may. API-4."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from accounts import access
from accounts.callers import Caller, caller_with
from accounts.models import Account
from accounts.scopes import Scope
from config.api import counting
from config.api.problems import REALM, Problem, unknown_key

_ACCOUNT: Final = "api_account"


class Key(HttpBearer):
    """A key with this scope, which sees the account that the address names; Http404 for another.

    The clock is read here, once for each request.
    """

    openapi_description = "A key of an account, or of the vendor: sl_…"

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Caller:
        at = timezone.now()
        caller = caller_with(token, at=at)
        if caller is None:
            raise unknown_key()
        counting.count(request, key_id=caller.key.pk, at=at)
        if not caller.may(self.scope):
            raise Problem(
                HTTPStatus.FORBIDDEN,
                "scope",
                f"This needs a key with the scope {self.scope}, and {caller.key.shown} has "
                f"{caller.key.scopes.replace(' ', ', ')}. Make a key that has it.",
                headers={
                    "WWW-Authenticate": f'{REALM}, error="insufficient_scope", scope="{self.scope}"'
                },
                scope=self.scope.value,
            )
        _enter(request, caller)
        return caller


def _enter(request: HttpRequest, caller: Caller) -> None:
    """Find the account that the address names, before anything of the request is read."""
    page = request.resolver_match
    if page is not None and "account_id" in page.kwargs:
        setattr(request, _ACCOUNT, access.account_of(caller, page.kwargs["account_id"]))


def caller_of(request: HttpRequest) -> Caller:
    """Who asks, and when; set by the operation's `Key`."""
    known: Any = request
    caller: Caller = known.auth
    return caller


def entered(request: HttpRequest) -> tuple[Caller, Account]:
    """Who asks, and the account that the address names, which their key sees."""
    account: Account = getattr(request, _ACCOUNT)
    return caller_of(request), account
