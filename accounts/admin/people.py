"""The desk's pages about the people who sign in, and the roles of staff."""

from __future__ import annotations

from typing import Any

from allauth.account import admin as address_pages
from allauth.mfa import admin as factor_pages
from django import forms
from django.contrib import admin
from django.contrib.auth import admin as auth_admin
from django.contrib.auth.models import Group
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from accounts.access import Staff
from accounts.admin.desk import DeskAdmin, said_in_utc
from accounts.models import User

admin.site.unregister(Group)
# Proven addresses and second factors are each person's own: they have no page at the desk.
for _page in (address_pages.EmailAddress, address_pages.EmailConfirmation):
    if admin.site.is_registered(_page):
        admin.site.unregister(_page)
admin.site.unregister(factor_pages.Authenticator)


def _password(label: str, words: str) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    return forms.CharField(
        label=label, strip=False, widget=widget, error_messages={"required": words}
    )


class NewUserForm(UserCreationForm):
    """A person is known by an e-mail address, not by a user name."""

    password1 = _password("Password", "Write a password of at least 10 characters.")
    password2 = _password("Password confirmation", "Write the same password once more.")

    class Meta:
        model = User
        fields = ("email", "name")


@admin.register(User)
class UserAdmin(auth_admin.UserAdmin, DeskAdmin):  # type: ignore[type-arg]  # generic in stubs only
    """People who can sign in. Only superusers make others staff."""

    staff = Staff()
    form = UserChangeForm
    add_form = NewUserForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("email", "name", "is_staff", "is_superuser", "is_active")
    list_filter = ()
    ordering = ("email",)
    search_fields = ("email",)
    search_help_text = "How the e-mail address begins."
    filter_horizontal = ()
    autocomplete_fields = ("groups",)
    readonly_fields = ("joined", "signed_in")
    fieldsets = (
        (None, {"fields": ("email", "name", "password")}),
        ("Rights", {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        ("Dates", {"fields": ("joined", "signed_in")}),
    )
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("email", "name", "password1", "password2")}),
    )

    @display(description="Joined", empty_value="Not known")
    def joined(self, person: User) -> str | None:
        return said_in_utc(person.joined_at) if person.joined_at else None

    @display(description="Last sign-in", empty_value="Never")
    def signed_in(self, person: User) -> str | None:
        return said_in_utc(person.last_login) if person.last_login else None

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        begins = Q(email__startswith=term) | Q(email__startswith=term.lower())
        return (queryset.filter(begins) if term else queryset), False


@admin.register(Group)
class GroupAdmin(auth_admin.GroupAdmin, DeskAdmin):
    """The groups behind staff roles and Accesses; `manage.py staff_roles` fills the former."""

    staff = Staff()
    list_display = ("name",)
    search_fields = ("name",)
    filter_horizontal = ("permissions",)
