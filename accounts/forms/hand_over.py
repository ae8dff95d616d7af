"""What is typed to hand the primary role over: the own password."""

from __future__ import annotations

from typing import Any

from allauth.core import ratelimit
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class PasswordForm(forms.Form):
    """Proves that the person at the screen is who has signed in; tries are counted."""

    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Write the password with which you sign in.")},
    )

    def __init__(self, *args: Any, request: HttpRequest, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._request, self._person = request, person

    def clean_password(self) -> str:
        typed: str = self.cleaned_data["password"]
        person = self._person
        if not ratelimit.consume(self._request, action="reauthenticate", user=person):
            raise forms.ValidationError(_("Too many tries. Wait a minute, then try again."))
        if not person.check_password(typed):
            raise forms.ValidationError(
                _("This is not your password. Write the one with which you sign in.")
            )
        return typed
