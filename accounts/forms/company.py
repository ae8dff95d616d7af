"""The form of an account's company details."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts import addresses, company
from accounts.company import NAMES, Details
from accounts.countries import country_choices, country_name
from accounts.forms.saying import chosen_of
from accounts.models import Account
from accounts.models.users import LANGUAGES
from accounts.tax_ids import prefix_of, written_tax_id

_ONE_PER_LINE: Final = {"rows": 4, "autocomplete": "off", "spellcheck": "false"}


def _column(name: str, **more: Any) -> forms.CharField:
    """A field as long as its column."""
    column: Any = Account._meta.get_field(name)
    return forms.CharField(label=NAMES[name], max_length=column.max_length, **more)


def _fills(what: str) -> forms.TextInput:
    return forms.TextInput(attrs={"autocomplete": what})


class CompanyForm(forms.Form):
    """What stands on invoices, and where they go. ``seen``: what the page was opened on."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    name = _column(
        "name",
        widget=_fills("organization"),
        error_messages={"required": gettext_lazy("Write the name that stands on invoices.")},
    )
    street = _column("street", required=False, widget=_fills("street-address"))
    postcode = _column("postcode", required=False, widget=_fills("postal-code"))
    city = _column("city", required=False, widget=_fills("address-level2"))
    country = forms.ChoiceField(
        label=NAMES["country"], error_messages=chosen_of(gettext_lazy("Choose a country."))
    )
    tax_id = _column(
        "tax_id",
        required=False,
        help_text=gettext_lazy("As your registration shows it. Empty: you have none."),
    )
    language = forms.ChoiceField(
        label=NAMES["language"],
        choices=LANGUAGES,
        error_messages=chosen_of(gettext_lazy("Choose a language.")),
    )
    emails = forms.CharField(
        label=NAMES["emails"],
        required=False,
        widget=forms.Textarea(attrs=_ONE_PER_LINE),
        help_text=gettext_lazy("One address on each line. Each of them gets every invoice."),
    )

    def __init__(self, data: Any = None, *, account: Account) -> None:
        self.account = account
        now = company.details_of(account)
        initial = {name: getattr(now, name) for name in NAMES} | {"seen": now.fingerprint}
        initial["emails"] = "\n".join(now.emails.split(", "))
        super().__init__(data, initial=initial)
        known: Any = self.fields["country"]
        known.choices = country_choices(get_language() or "en")

    def clean_emails(self) -> str:
        try:
            written = addresses.written_addresses(self.cleaned_data["emails"])
        except ValueError as wrong:
            raise forms.ValidationError(
                _("“%(address)s” is no e-mail address. Write one like jana@example.com.")
                % {"address": wrong}
            ) from None
        if not written and self.account.payer_id == self.account.pk:
            raise forms.ValidationError(_("Invoices have to go somewhere: write one address."))
        if addresses.too_many(written):
            raise forms.ValidationError(
                _("These are too many addresses. Write fewer, or one that reaches several people.")
            )
        return ", ".join(written)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        number, country = values.get("tax_id"), values.get("country")
        if number and country:
            try:
                values["tax_id"] = written_tax_id(number, country=country)
            except ValueError:
                self.add_error("tax_id", _wrong_tax_id(country))
        return values

    @property
    def details(self) -> Details:
        """What was written, once the form is valid."""
        return Details(**{name: self.cleaned_data[name] for name in NAMES})

    def overtaken(self, now: Details, refusal: str) -> None:
        """Say beside each field that differs what is so now, and let the next saving pass."""
        for name, (is_now, _yours) in now.differs(self.details).items():
            value = is_now.replace(", ", "\n") if name == "emails" else is_now
            shown = dict(getattr(self.fields[name], "choices", ())).get(value, value)
            self.add_error(name, _("It is now: %(value)s") % {"value": shown or _("nothing")})
        self.add_error(None, refusal)
        self.data = {**{name: self[name].data for name in self.fields}, "seen": now.fingerprint}


def _wrong_tax_id(country: str) -> str:
    """What would be right."""
    named = country_name(country, get_language() or "en")
    prefix = prefix_of(country)
    if prefix:
        return _(
            "This cannot be a tax ID of %(country)s: a sign is wrong or missing. "
            "It begins with %(prefix)s. Leave the field empty if you have none."
        ) % {"country": named, "prefix": prefix}
    return _(
        "This cannot be a tax ID of %(country)s: a sign is wrong or missing. "
        "Leave the field empty if you have none."
    ) % {"country": named}
