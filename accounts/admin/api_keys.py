"""The desk's page about API keys: those of the vendor are made here, and any can be revoked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from accounts import access, api_keys
from accounts.access import EVERYBODY, Role, Staff
from accounts.admin.desk import DeskAdmin, said_in_utc
from accounts.admin.search import account_ids
from accounts.deeds import Doer
from accounts.models import ApiKey
from accounts.refusals import FieldRefused
from accounts.scopes import SAID

_REFUSED = "key_refused"
_MADE = "key_made"


class KeyForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """What uses the key, and what it may."""

    allows = forms.MultipleChoiceField(
        label="Scopes",
        choices=[(scope.value, f"{scope}: {words}") for scope, words in SAID.items()],
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text="It sees every live account. Tick what its program needs, and no more.",
        error_messages={"required": "A key without a scope can do nothing. Tick one."},
    )

    # Why the key was not made, where that was tried and refused.
    refused: FieldRefused | None = None

    class Meta:
        model = ApiKey
        fields = ("name",)
        error_messages = {
            "name": {"required": "Write what uses the key, for example Help desk sync."}
        }

    def clean(self) -> dict[str, Any] | None:
        if self.refused is not None:
            self.add_error(self.refused.field, str(self.refused))
        return super().clean()


@admin.register(ApiKey)
class ApiKeyAdmin(DeskAdmin):
    """Keys, the latest first. Superusers make those of the vendor; support revokes any."""

    staff = Staff(view=EVERYBODY - {Role.CATALOGUE}, change=frozenset({Role.SUPPORT}))
    form = KeyForm
    fields = ("name", "allows")
    list_display = ("name", "whose", "shown", "scopes", "created", "used", "revoked")
    list_display_links = None
    list_select_related = ("account",)
    list_filter = ()
    ordering = ("-pk",)
    sortable_by = ()
    search_fields = ("prefix",)
    search_help_text = "How a key begins, or an account's name, reference or e-mail address."
    actions = ("revoke",)

    @display(description="Of", empty_value="The vendor: all live accounts")
    def whose(self, key: ApiKey) -> str | None:
        return str(key.account) if key.account else None

    @display(description="Begins")
    def shown(self, key: ApiKey) -> str:
        return key.shown

    @display(description="Created")
    def created(self, key: ApiKey) -> str:
        return f"{said_in_utc(key.created_at)}, {key.created_by_name}"

    @display(description="Last used", empty_value="Never")
    def used(self, key: ApiKey) -> str | None:
        return said_in_utc(key.last_used_at) if key.last_used_at else None

    @display(description="Revoked", empty_value="Works")
    def revoked(self, key: ApiKey) -> str | None:
        if key.revoked_at is None:
            return None
        return f"{said_in_utc(key.revoked_at)}, {key.revoked_by_name}"

    @action(description="Revoke the chosen keys", permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        at, by = timezone.now(), Doer(access.person_of(request))
        ended = sum(api_keys.revoke_by_staff(key_id=key.pk, at=at, by=by) for key in queryset)
        self.message_user(request, f"Revoked: {ended}.", messages.SUCCESS)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """A key that has leaked is stopped by whoever hears of it first."""
        return access.may(request.user, "change", on=ApiKey)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        prefix = term.removeprefix("sl_").partition("_")[0]
        return queryset.filter(Q(prefix=prefix) | Q(account__in=account_ids(term))), False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> tuple[str, ...]:
        if obj is None:
            return ("name", "allows")
        return ("name", "whose", "shown", "scopes", "created", "used", "revoked")

    # Making one.

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            return super().add_view(request, form_url, extra_context)
        except FieldRefused as refused:
            # Nothing was written; the same form again says why, with all that was typed.
            setattr(request, _REFUSED, refused)
            return super().add_view(request, form_url, extra_context)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.refused = getattr(request, _REFUSED, None)
        return form

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> ApiKey:
        made = api_keys.create_for_vendor(
            name=form.cleaned_data["name"],
            allows=form.cleaned_data["allows"],
            at=timezone.now(),
            by=Doer(access.person_of(request)),
        )
        setattr(request, _MADE, made)
        return made.key

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Nothing is left to save: it is made."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """A key has no rows beside it on its form."""

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """The page that shows the key, once: its secret is kept nowhere, also in no session."""
        context = {
            **self.admin_site.each_context(request),
            "title": f"{obj.name} works now",
            "opts": self.opts,
            "made": getattr(request, _MADE),
        }
        response = render(request, "admin/accounts/apikey/made.html", context)
        add_never_cache_headers(response)
        return response
