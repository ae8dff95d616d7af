"""The forms of an invitation: whom to ask, and who joins."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import access
from accounts.access import Standing
from accounts.acting import givable
from accounts.forms.saying import chosen_of
from accounts.forms.sign_in import WANTED
from accounts.forms.team import reason_field
from accounts.models import Access, Member, User
from accounts.rights import Right


class InviteForm(forms.Form):
    """Whom to ask into the account, and what they will be there."""

    name = forms.CharField(
        label=pgettext_lazy("person", "Name"),
        max_length=150,
        error_messages={"required": _("Write the name of whom you invite.")},
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=Member._meta.get_field("email").max_length,
        help_text=_("The invitation goes to this address."),
        error_messages={"required": _("Write a whole address, for example jana@example.com.")},
    )
    access = forms.ChoiceField(
        label=_("Access"), required=False, help_text=_("What they may see and change here.")
    )
    type = forms.ChoiceField(
        label=_("Type"),
        choices=Member.Type.choices,
        initial=Member.Type.PASSIVE,
        error_messages=chosen_of(_("Choose one of the types.")),
        help_text=_("Which licences they can use. It can be changed later."),
    )
    billing_role = forms.BooleanField(
        label=_("Billing role"),
        required=False,
        help_text=_("Sees invoices and payments, and takes no seat."),
    )

    def __init__(self, *args: Any, here: Standing, asks: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if asks:
            self.fields["reason"] = reason_field()
        choices = [("", _("No Access")), *((one.pk, one.name) for one in _offered(here))]
        self.fields["access"].choices = choices  # type: ignore[attr-defined]  # of a ChoiceField
        if not here.may(Right.SEE_BILLING):
            del self.fields["billing_role"]

    @property
    def access_id(self) -> int | None:
        """The Access that was chosen, by its id."""
        chosen = self.cleaned_data["access"]
        return int(chosen) if chosen else None


class JoinForm(forms.Form):
    """Who joins, when they sign in here for the first time."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        error_messages={"required": WANTED["name"]},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters. A sentence is easier to remember than a word."),
        error_messages={"required": WANTED["password1"]},
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._email = email

    def clean_password(self) -> str:
        person = User(email=self._email, name=self.cleaned_data.get("name", ""))
        password: str = get_adapter().clean_password(self.cleaned_data["password"], user=person)
        return password


def _offered(here: Standing) -> list[Access]:
    """The account's Accesses that this person may give: nobody gives what they do not have."""
    found = list(here.rows(Access.objects.all()))
    rights = access.rights_by_access(found)
    mine, first = givable(here), here.may(Right.PRIMARY)
    return [
        one
        for one in found
        if rights[one.pk] <= mine and (first or one.kind != Access.Kind.ADMINISTRATORS)
    ]
