"""The forms of allauth about authenticator apps, recovery codes and passkeys, in our words."""

from __future__ import annotations

from typing import Any

from allauth.mfa.base import forms as borrowed
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django.utils.translation import gettext_lazy as _

from accounts.forms.sign_in import Worded


class EnterCode(Worded, borrowed.AuthenticateForm):
    labels = {"code": _("Code of the app, or a recovery code")}


class EnterCodeAgain(Worded, borrowed.ReauthenticateForm):
    labels = {"code": _("Code of the app, or a recovery code")}


class AddApp(Worded, ActivateTOTPForm):
    labels = {"code": _("Code that the app shows")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= {"inputmode": "numeric", "maxlength": "6"}


class AddPasskey(Worded, AddWebAuthnForm):
    """A passkey always signs in by itself, so nothing but its name is asked."""

    labels = {"name": _("Name of the passkey"), "passwordless": _("Sign in with it alone")}
    hints = {
        "name": _("For example the device that keeps it: office laptop."),
        "passwordless": _(
            "It asks for your face, your finger or a PIN then, and no password is needed. "
            "Otherwise it is the second step after your password."
        ),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].initial = True


class RenamePasskey(Worded, EditWebAuthnForm):
    labels = {"name": _("Name of the passkey")}
