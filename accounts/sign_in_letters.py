"""The letters about signing in. Their links are made when they are sent: the outbox has none."""

from __future__ import annotations

from email.utils import parseaddr
from typing import Any, Final
from zoneinfo import ZoneInfo

import css_inline
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts import invitations
from accounts.mail import Message, NotOwedAnyMore
from accounts.models import Invitation, Letter, User

# What a notice says has happened, by the letter's name.
HAPPENED: Final = {
    "address_changed": _("You have another main e-mail address"),
    "address_removed": _("An e-mail address was removed from your sign-in"),
    "app_added": _("An authenticator app was added to your sign-in"),
    "app_removed": _("The authenticator app was removed from your sign-in"),
    "codes_made": _("You have new recovery codes"),
    "key_added": _("A passkey was added to your sign-in"),
    "key_removed": _("A passkey was removed from your sign-in"),
    "password_changed": _("Your password was changed"),
}
_MEANS: Final = {
    "app_added": gettext_lazy("From now on you are asked for a code of the app when you sign in."),
    "app_removed": gettext_lazy("Its codes are not asked for any more."),
    "codes_made": gettext_lazy("Older recovery codes are of no use any more."),
    "password_changed": gettext_lazy("You have been signed out everywhere else."),
}


def confirm_address(owed: Letter) -> Message:
    """Asks whether the address of this id is its reader's, with the link that says yes."""
    address = EmailAddress.objects.select_related("user").filter(pk=owed.subject_id).first()
    if address is None or address.verified:
        raise NotOwedAnyMore("The address was removed or confirmed before the letter was sent.")
    key = EmailConfirmationHMAC(address).key
    return _message(
        "confirm_address",
        owed,
        link=_link("account_confirm_email", key),
        days=settings.ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS,
        name=address.user.name,
    )


def reset_password(owed: Letter) -> Message:
    """Leads the person of this id to where they set a new password."""
    person = _person(owed)
    token = default_token_generator.make_token(person)
    return _message(
        "reset_password",
        owed,
        link=_link("account_reset_password_from_key", user_pk_to_url_str(person), token),
        minutes=settings.PASSWORD_RESET_TIMEOUT // 60,
        to=owed.to,
    )


def address_known(owed: Letter) -> Message:
    """Tells the person of this id that somebody wanted to sign up with their address."""
    _person(owed)
    return _message(
        "address_known",
        owed,
        link=_link("account_login"),
        reset=_link("account_reset_password"),
        to=owed.to,
    )


def invitation(owed: Letter) -> Message:
    """Asks somebody into an account, with the link by which they join it."""
    found = Invitation.objects.select_related("member__account", "sent_by").get(pk=owed.subject_id)
    state = invitations.state_of(found, nonce=found.nonce, at=found.sent_at)
    if state is not invitations.State.OPEN:
        raise NotOwedAnyMore("The invitation was withdrawn or accepted before the letter was sent.")
    if owed.to.lower() != found.member.email.lower():
        # The link proves that its reader reads the mail of the member's address.
        raise NotOwedAnyMore("Meanwhile the invitation goes to another address.")
    account = found.member.account
    until = found.expires_at.astimezone(ZoneInfo(account.time_zone))
    return _message(
        "invitation",
        owed,
        account=account.name,
        inviter=invitations.inviter(found),
        name=found.member.name,
        until=date_format(until, "DATE_FORMAT"),
        link=_link("accounts:invitation", invitations.token_of(found)),
    )


def notice(owed: Letter) -> Message:
    """Tells the person of this id what was changed in how they sign in."""
    person = _person(owed)
    return _message(
        "security_notice",
        owed,
        happened=HAPPENED[owed.name],
        means=_what_it_means(owed.name, person),
        when=gettext("%(day)s at %(time)s UTC")
        % {
            "day": date_format(owed.queued_at, "DATE_FORMAT"),
            "time": date_format(owed.queued_at, "H:i"),
        },
        link=_link("mfa_index"),
        reset=_link("account_reset_password"),
    )


def _what_it_means(name: str, person: User) -> str:
    if name in {"address_changed", "address_removed"}:
        return gettext("You sign in with %(address)s.") % {"address": person.email}
    return str(_MEANS.get(name, ""))


def _person(owed: Letter) -> User:
    person = User.objects.filter(pk=owed.subject_id, is_active=True).first()
    if person is None:
        raise NotOwedAnyMore("The person is gone, so there is nothing to tell.")
    return person


def _link(page: str, *arguments: object) -> str:
    return f"{settings.SITE_URL}{reverse(page, args=arguments)}"


def _message(template: str, owed: Letter, **context: Any) -> Message:
    context |= {"language": owed.language, "sender": parseaddr(settings.DEFAULT_FROM_EMAIL)[0]}
    subject = render_to_string(f"mail/{template}/subject.txt", context).strip()
    context["subject"] = subject
    return Message(
        subject=subject,
        text=render_to_string(f"mail/{template}/text.txt", context),
        html=css_inline.inline(render_to_string(f"mail/{template}/html.html", context)),
    )
