"""Whom each address is for: what our views declare, and what holds for those that others wrote."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.contrib.admin import ModelAdmin

from accounts.doors import Audience, Door, door_of, programs
from accounts.scopes import Scope

_EVERYBODY: Final = Door(Audience.EVERYBODY)
_SIGNED_OUT: Final = Door(Audience.SIGNED_OUT)
_SIGNED_IN: Final = Door(Audience.SIGNED_IN)
# Who is on the way in, has the key of a letter, has set up a second factor.
_ON_THE_WAY: Final = Door(Audience.SIGNED_OUT, may_refuse=True)
_SOME: Final = Door(Audience.EVERYBODY, may_refuse=True)
_WITH_A_FACTOR: Final = Door(Audience.SIGNED_IN, may_refuse=True)
_STAFF: Final = Door(Audience.STAFF)
_SOME_STAFF: Final = Door(Audience.STAFF, may_refuse=True)
_NOBODY: Final = Door(Audience.NOBODY)


# The pages of allauth and of the admin's frame, by the names of their addresses.
ELSEWHERE: Final[Mapping[str, Door]] = {
    "account_login": _SIGNED_OUT,
    "account_signup": _SIGNED_OUT,
    "account_confirm_login_code": _ON_THE_WAY,
    "account_logout": _SOME,
    "account_inactive": _EVERYBODY,
    "account_email_verification_sent": _EVERYBODY,
    "account_confirm_email": _SOME,
    "account_reset_password": _EVERYBODY,
    "account_reset_password_done": _EVERYBODY,
    "account_reset_password_from_key": _EVERYBODY,
    "account_reset_password_from_key_done": _EVERYBODY,
    "account_reauthenticate": _SIGNED_IN,
    "account_email": _SIGNED_IN,
    "account_change_password": _SIGNED_IN,
    "account_set_password": _SIGNED_IN,
    "mfa_index": _SIGNED_IN,
    "mfa_authenticate": _ON_THE_WAY,
    "mfa_reauthenticate": _SIGNED_IN,
    "mfa_activate_totp": _SIGNED_IN,
    "mfa_deactivate_totp": _WITH_A_FACTOR,
    "mfa_view_recovery_codes": _WITH_A_FACTOR,
    "mfa_generate_recovery_codes": _SIGNED_IN,
    "mfa_download_recovery_codes": _WITH_A_FACTOR,
    "mfa_list_webauthn": _SIGNED_IN,
    "mfa_add_webauthn": _SIGNED_IN,
    "mfa_reauthenticate_webauthn": _WITH_A_FACTOR,
    "mfa_edit_webauthn": _SIGNED_IN,
    "mfa_remove_webauthn": _SIGNED_IN,
    "mfa_login_webauthn": _ON_THE_WAY,
    "admin:index": _STAFF,
    "admin:search": _STAFF,
    "admin:login": _STAFF,  # sends the others to the one sign-in
    "admin:logout": _SOME,
    "admin:password_change": _STAFF,
    "admin:password_change_done": _STAFF,
    "admin:autocomplete": _SOME_STAFF,
    "admin:jsi18n": _STAFF,
    "admin:app_list": _SOME_STAFF,
    # An old address of a row; no row has a page elsewhere; and every address that is none.
    "admin:RedirectView": _STAFF,
    "admin:view_on_site": _NOBODY,
    "admin:catch_all_view": _NOBODY,
}

# What programs may ask, by the names of the addresses: the scope of each method.
API: Final[Mapping[str, Door]] = {
    "api:entitlements": programs(GET=Scope.ENTITLEMENTS_READ),
    "api:member_entitlements": programs(GET=Scope.ENTITLEMENTS_READ),
    "api:members": programs(GET=Scope.MEMBERS_READ),
    "api:member": programs(makes="PUT", GET=Scope.MEMBERS_READ, PUT=Scope.MEMBERS_WRITE),
    "api:member_level": programs(PUT=Scope.MEMBERS_WRITE),
    "api:activity": programs(POST=Scope.MEMBERS_WRITE),
    "api:contacts": programs(POST=Scope.CONTACTS_WRITE),
    "api:usage": programs(POST=Scope.USAGE_WRITE),
    "api:usage_batch": programs(POST=Scope.USAGE_WRITE),
}

# What the admin's page of a model does with its rows, by the method that answers: (GET, POST).
_OF_A_MODEL: Final[Mapping[str, tuple[str, str]]] = {
    "changelist_view": ("view", "view"),
    "add_view": ("add", "add"),
    "change_view": ("view", "change"),
    "delete_view": ("delete", "delete"),
    "history_view": ("view", "view"),
    "history_form_view": ("view", "change"),
    "user_change_password": ("change", "change"),
}


def door_at(view: Callable[..., Any], *, name: str) -> Door | None:
    """Whom the address of this name is for; None where nobody has said so."""
    return door_of(view) or ELSEWHERE.get(name) or API.get(name) or _door_of_a_model(view)


def _door_of_a_model(view: Callable[..., Any]) -> Door | None:
    """Of a page of the desk that shows rows of a model: whom its ``staff`` lets do that.

    A row may refuse what the role allows: a price that was bought, a document that was issued.
    """
    method: Any = view
    while not isinstance(page := getattr(method, "__self__", None), ModelAdmin):
        method = getattr(method, "__wrapped__", None)
        if method is None:
            return None
    asked = _OF_A_MODEL.get(method.__name__)
    if asked is None:
        return None
    look, send = asked
    return Door(Audience.STAFF, model=page.model, action=look, post_action=send, may_refuse=True)
