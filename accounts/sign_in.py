"""Signing in, as allauth asks for it: letters go through the outbox, and its words are ours.

allauth calls these methods without a time, so this file is an edge of its own: it reads the clock.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.userkit import filter_users_by_email
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.forms import BaseForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from accounts import mail, member_details
from accounts.models import User
from accounts.tasks import deliver_soon

_MOVED: Final = "account/email/email_changed"
# Which letter of ours tells what allauth would tell by its own template.
NOTICES: Final = {
    _MOVED: "address_changed",
    "account/email/email_deleted": "address_removed",
    "account/email/password_changed": "password_changed",
    "account/email/password_reset": "password_changed",
    "account/email/password_set": "password_changed",
    "mfa/email/recovery_codes_generated": "codes_made",
    "mfa/email/totp_activated": "app_added",
    "mfa/email/totp_deactivated": "app_removed",
    "mfa/email/webauthn_added": "key_added",
    "mfa/email/webauthn_removed": "key_removed",
}
_PAPER: Final = '<rect width="100%" height="100%" fill="#fff"/>'


class Adapter(DefaultAccountAdapter):
    """What allauth leaves to the site about people, addresses and passwords."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "cannot_remove_primary_email": _(
            "You sign in with this address. Make another one your main address first."
        ),
        "duplicate_email": _("This address is yours already."),
        "email_password_mismatch": _(
            "There is no sign-in with this e-mail address and password. Check both, or set a new "
            "password."
        ),
        "enter_current_password": _("This is not your password. Type the one you sign in with."),
        "incorrect_code": _("This code is not right. Type the newest one."),
        "incorrect_password": _("This is not your password."),
        "max_email_addresses": _("You have %d addresses, which is the most. Remove one first."),
        "rate_limited": _("That was too often. Try again in five minutes."),
        "too_many_login_attempts": _("That was too often. Try again in five minutes."),
        "unverified_primary_email": _("Confirm the address first: a letter has been sent to it."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.ACCOUNTS_SIGN_UP)

    def save_user(
        self, request: HttpRequest, user: User, form: BaseForm, commit: bool = True
    ) -> User:
        """A new person, by the name they gave, who reads the language of the page."""
        user.name = form.cleaned_data["name"]
        user.joined_at = timezone.now()
        user.language = language_of(None)
        saved: User = super().save_user(request, user, form, commit)
        return saved

    def send_confirmation_mail(
        self, request: HttpRequest, emailconfirmation: EmailConfirmationHMAC, signup: bool
    ) -> None:
        address = emailconfirmation.email_address
        _owe("confirm_address", subject_id=address.pk, to=address.email, person=address.user)

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """To the address as it is kept, whichever way it was typed."""
        kept = EmailAddress.objects.filter(user=user, email=email.lower()).first()
        to = kept.email if kept else user.email
        _owe("reset_password", subject_id=user.pk, to=to, person=user)

    def send_account_already_exists_mail(self, email: str) -> None:
        for person in filter_users_by_email(email, is_active=True):
            _owe("address_known", subject_id=person.pk, to=email, person=person)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell somebody what was changed in how they sign in, in case it was not them.

        Of another main address their accounts hear too: allauth says it here alone.
        """
        if context and template_prefix == _MOVED:
            was, becomes = context["from_email"], context["to_email"]
            member_details.follow(person=user, was=was, becomes=becomes, at=timezone.now())
        to = email or EmailAddress.objects.get_primary_email(user) or user.email
        _owe(NOTICES[template_prefix], subject_id=user.pk, to=to, person=user)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        raise LookupError(f"No letter of ours tells what {template_prefix} does.")


class SecondFactors(DefaultMFAAdapter):
    """What allauth leaves to the site about authenticator apps, passkeys and recovery codes."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is not right. Type the newest one."),
        "unverified_email": _("Confirm each of your e-mail addresses first, or remove it."),
    }

    def build_totp_svg(self, url: str) -> str:
        """The picture that the app scans, on white: on dark paper no app would see it."""
        picture: str = super().build_totp_svg(url)
        return picture.replace("<path", f"{_PAPER}<path", 1)

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        """What a passkey is called until its owner says it: Passkey, Passkey 2."""
        before = Authenticator.objects.filter(user=user, type=type).count()
        if not before:
            return gettext("Passkey")
        return gettext("Passkey %(number)s") % {"number": before + 1}

    def encrypt(self, text: str) -> str:
        """Secrets are sealed, so that a copy of the database alone opens no account."""
        return _seal().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _seal().decrypt(encrypted_text.encode()).decode()


def language_of(person: AbstractBaseUser | None) -> str:
    """The language a person has chosen; without a choice that of the page they look at."""
    chosen = getattr(person, "language", "") or (get_language() or "").partition("-")[0]
    return chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _owe(name: str, *, subject_id: int, to: str, person: User) -> None:
    """Owe a letter about somebody's own sign-in; asked twice within a minute it is one."""
    at = timezone.now()
    mail.owe(
        name=name,
        key=f"{name}:{subject_id}:{at:%Y-%m-%dT%H%M}",
        account_id=None,
        subject_id=subject_id,
        to=to,
        language=language_of(person),
        at=at,
    )
    deliver_soon()


def _seal() -> MultiFernet:
    """Sealed with the site's key; what an older one has sealed is read too."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    digests = (sha256(f"second factors: {key}".encode()).digest() for key in keys)
    return MultiFernet([Fernet(urlsafe_b64encode(digest)) for digest in digests])
