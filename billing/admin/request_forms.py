"""The desk's forms about requests: a mail or a call, what is asked for, words to the customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils import timezone
from unfold.widgets import (
    UnfoldAdminEmailInputWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from billing.admin.run_form import InstantField
from billing.incoming_mail import Mail
from billing.models import ChangeRequest, Product
from billing.models.requests import RequestKind
from billing.requestable import Option
from billing.requested import Asked

_LONGEST: Final = 4000
_SAID: Final = "Write what the customer said."


def _textarea(rows: int) -> Any:
    return UnfoldAdminTextareaWidget(attrs={"rows": rows})


class WordsForm(forms.Form):
    """Something to say to the customer."""

    text = forms.CharField(
        max_length=_LONGEST,
        widget=_textarea(4),
        error_messages={"required": "Write what you want to say to the customer."},
    )

    def __init__(self, *args: Any, label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = label


class MailForm(forms.Form):
    """An e-mail as it was read: from whom, about what, saying what, when."""

    sender = forms.EmailField(
        label="From",
        widget=UnfoldAdminEmailInputWidget(),
        error_messages={"required": "Write the address that the e-mail came from."},
    )
    subject = forms.CharField(max_length=200, required=False, widget=UnfoldAdminTextInputWidget())
    text = forms.CharField(
        max_length=_LONGEST, widget=_textarea(6), error_messages={"required": _SAID}
    )
    received_at = InstantField(label="Received", required=False, help_text="UTC. Empty: just now.")

    @property
    def mail(self) -> Mail:
        """What was entered, once the form is valid."""
        values = self.cleaned_data
        return Mail(
            sender=values["sender"],
            subject=values["subject"],
            text=values["text"],
            received_at=values["received_at"] or timezone.now(),
        )

    def clean_received_at(self) -> Any:
        at = self.cleaned_data["received_at"]
        if at is not None and at > timezone.now():
            raise forms.ValidationError("This lies ahead. Write when the e-mail came.")
        return at


class EntryForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """What a customer asked for outside the portal: by e-mail, or by telephone."""

    sender = forms.EmailField(
        label="From",
        required=False,
        widget=UnfoldAdminEmailInputWidget(),
        help_text="The address that the e-mail came from. Empty: it was a call.",
    )
    subject = forms.CharField(max_length=200, required=False, widget=UnfoldAdminTextInputWidget())
    text = forms.CharField(
        max_length=_LONGEST, widget=_textarea(8), error_messages={"required": _SAID}
    )
    received_at = InstantField(label="Received", required=False, help_text="UTC. Empty: just now.")

    class Meta:
        model = ChangeRequest
        fields = ()

    clean_received_at = MailForm.clean_received_at
    mail = MailForm.mail


class AskedForm(forms.Form):
    """What is asked for, as it can be applied. ``left``: how many are held then."""

    what = forms.ChoiceField(
        label="What is asked for",
        widget=UnfoldAdminSelectWidget(),
        error_messages={"required": "Choose what is asked for."},
    )
    left = forms.IntegerField(
        label="How many are left",
        required=False,
        min_value=0,
        widget=UnfoldAdminIntegerFieldWidget(),
        help_text="Of an add-on or seats; empty: none. Of a plan the contact limit; empty: as now.",
    )
    wanted_on = forms.DateField(
        label="Wanted from", required=False, widget=UnfoldAdminSingleDateWidget()
    )

    def __init__(
        self, data: Any = None, *, found: ChangeRequest, options: Mapping[str, Sequence[Option]]
    ) -> None:
        self._found = found
        named = [(kind, one.product) for kind, several in options.items() for one in several]
        if found.product is not None and (found.kind, found.product) not in named:
            named.insert(0, (found.kind, found.product))
        self._products: dict[str, tuple[str, Product | None]] = {
            f"{kind}:{product.code}": (kind, product) for kind, product in named
        }
        self._products |= {kind: (kind, None) for kind in ChangeRequest.TALK}
        now = found.kind if found.product is None else f"{found.kind}:{found.product.code}"
        initial = {"what": now, "left": found.quantity, "wanted_on": found.wanted_on}
        super().__init__(data, initial=initial)
        field: Any = self.fields["what"]
        field.choices = [(key, _label(*pair)) for key, pair in self._products.items()]

    @property
    def asked(self) -> Asked:
        """What was chosen, once the form is valid."""
        values = self.cleaned_data
        kind, product = self._products[values["what"]]
        return Asked(
            kind=kind,
            contact_email=self._found.contact_email,
            product=product,
            quantity=values["left"] if product else None,
            wanted_on=values["wanted_on"],
        )


def _label(kind: str, product: Product | None) -> str:
    label = str(RequestKind(kind).label)
    return label if product is None else f"{label}: {product}"
