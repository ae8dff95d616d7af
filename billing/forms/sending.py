"""To whom a document is sent once more."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import Standing
from accounts.forms.saying import chosen_of

_LENGTH: Final = 20
_INVOICES: Final = "invoices"
_MYSELF: Final = "me"


class SendForm(forms.Form):
    """The invoice e-mails, or who asks; a visit of support sends nothing to the visitor.

    ``token`` is drawn when the page is shown, so that it is sent once however often it is pressed.
    """

    to = forms.ChoiceField(
        widget=forms.RadioSelect,
        error_messages=chosen_of(gettext_lazy("Choose to whom it is sent.")),
    )
    token = forms.RegexField(rf"^[0-9A-Za-z]{{{_LENGTH}}}$", widget=forms.HiddenInput)

    def __init__(self, data: Any, *, here: Standing) -> None:
        self._addresses = {}
        account = here.account
        if account.invoice_emails:
            self._addresses[_INVOICES] = account.invoice_emails
        if here.visit is None:
            self._addresses[_MYSELF] = here.person.email
        first = next(iter(self._addresses), "")
        super().__init__(data, initial={"to": first, "token": get_random_string(_LENGTH)})
        words = {_INVOICES: _("The invoice e-mails: %(to)s"), _MYSELF: _("Yourself: %(to)s")}
        field = self.fields["to"]
        field.label = _("Send it to")
        field.choices = [  # type: ignore[attr-defined]  # of a ChoiceField
            (key, words[key] % {"to": to}) for key, to in self._addresses.items()
        ]

    @property
    def addresses(self) -> str:
        """Where it goes, separated by commas."""
        return self._addresses[self.cleaned_data["to"]]

    @property
    def to_myself(self) -> bool:
        return bool(self.cleaned_data["to"] == _MYSELF)
