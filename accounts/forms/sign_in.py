"""The forms of allauth about addresses and passwords, in our words and with one field for each."""

from __future__ import annotations

from typing import Any, Final

from allauth.account import forms as borrowed
from django import forms
from django.utils.translation import gettext_lazy as _

# What is said beside a field that was left empty. ALL-4.
WANTED: Final = {
    "login": _("Write your e-mail address."),
    "email": _("Write a whole address, for example jana@example.com."),
    "name": _("Write a name."),
    "password": _("Write the password with which you sign in."),
    "oldpassword": _("Write the password with which you sign in."),
    "password1": _("Write a password of at least 10 characters."),
    "code": _("Write the code."),
}


class Worded(forms.Form):
    """Gives the fields of a borrowed form our words, and no text within the box."""

    labels: dict[str, Any] = {}
    hints: dict[str, Any] = {}
    drops: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.drops:
            self.fields.pop(name, None)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            field.help_text = self.hints.get(name, "")
            if name in WANTED:
                field.error_messages["required"] = WANTED[name]


_EMAIL = _("E-mail address")
_NEW_PASSWORD = _("New password")
_HOW_LONG = _("At least 10 characters. A sentence is easier to remember than a word.")


class SignIn(Worded, borrowed.LoginForm):
    labels = {"login": _EMAIL, "password": _("Password"), "remember": _("Stay signed in")}
    hints = {"remember": _("For two weeks, on this device.")}


class SignUp(Worded, borrowed.SignupForm):
    name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ("name", "email", "password1")
    drops = ("username",)
    labels = {"email": _EMAIL, "password1": _("Password")}
    hints = {"password1": _HOW_LONG}


class AskForPassword(Worded, borrowed.ResetPasswordForm):
    labels = {"email": _EMAIL}


class NewPassword(Worded, borrowed.ResetPasswordKeyForm):
    drops = ("password2",)
    labels = {"password1": _NEW_PASSWORD}
    hints = {"password1": _HOW_LONG}


class FirstPassword(Worded, borrowed.SetPasswordForm):
    drops = ("password2",)
    labels = {"password1": _NEW_PASSWORD}
    hints = {"password1": _HOW_LONG}


class ChangePassword(Worded, borrowed.ChangePasswordForm):
    drops = ("password2",)
    labels = {"oldpassword": _("Present password"), "password1": _NEW_PASSWORD}
    hints = {"password1": _HOW_LONG}


class ConfirmPassword(Worded, borrowed.ReauthenticateForm):
    labels = {"password": _("Password")}


class AddAddress(Worded, borrowed.AddEmailForm):
    labels = {"email": _("Another e-mail address")}
