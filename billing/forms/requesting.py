"""The form of a request to support: its kind decides which products can be named. PLAN-9."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.saying import chosen_of, number_of
from billing.core.display import format_number
from billing.documents.wording import quantity_of
from billing.models import ChangeRequest
from billing.models.requests import RequestKind
from billing.requestable import Option
from billing.requested import Asked
from billing.speaking import named, spoken, unit_of

_NOTES: Final = forms.Textarea(attrs={"rows": 4})


class RequestForm(forms.Form):
    """What is asked for, and how whoever asks is reached.

    ``askable`` are the kinds that this person may choose, each with the products that it can name;
    only the fields of the chosen kind are there. ``quantity`` is how many go: empty for all of
    them.
    """

    kind = forms.ChoiceField(
        label=gettext_lazy("What shall change"),
        error_messages=chosen_of(gettext_lazy("Choose what shall change.")),
    )
    target = forms.ChoiceField(
        error_messages=chosen_of(gettext_lazy("Choose one of the products that are listed."))
    )
    quantity = forms.IntegerField(
        required=False,
        min_value=1,
        label=gettext_lazy("How many go"),
        error_messages=number_of(gettext_lazy("Write how many go, for example 1.")),
    )
    wanted_on = forms.DateField(
        required=False,
        label=gettext_lazy("Wanted from"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Empty: as soon as can be."),
    )
    reason = forms.CharField(required=False, max_length=200, label=gettext_lazy("Reason"))
    contact_email = forms.EmailField(
        label=gettext_lazy("Contact e-mail"),
        help_text=gettext_lazy("Where the answers go, besides the primary account admin."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": gettext_lazy("Write the e-mail address for the answers.")},
    )
    notes = forms.CharField(
        required=False,
        max_length=4000,
        label=gettext_lazy("Notes"),
        widget=_NOTES,
        error_messages={"required": gettext_lazy("Write what you want to ask or to change.")},
    )
    key = forms.CharField(max_length=64, widget=forms.HiddenInput, required=False)

    def __init__(
        self, data: Any = None, *, askable: Mapping[str, Sequence[Option]], initial: Any = None
    ) -> None:
        shown = {"key": secrets.token_urlsafe(16), **(initial or {})}
        super().__init__(data, initial=shown)
        self.askable = askable
        kinds: Any = self.fields["kind"]
        kinds.choices = [(kind, label) for kind, label in RequestKind.choices if kind in askable]
        self.options = {one.product.code: one for one in askable.get(self.chosen("kind"), ())}
        self._fit_target()
        self._fit_quantity()
        self._fit_words()

    def chosen(self, name: str) -> str:
        """What stands in a field now: sent, or filled in."""
        value = self.data.get(name) if self.is_bound else self.initial.get(name)
        if name == "kind" and value not in self.askable:
            return next(iter(self.askable))
        return str(value or "")

    @property
    def option(self) -> Option | None:
        """The product that is named; the first one where nobody has chosen yet."""
        chosen = self.options.get(self.chosen("target"))
        if chosen is None and not self.is_bound:
            return next(iter(self.options.values()), None)
        return chosen

    def _fit_target(self) -> None:
        field: Any = self.fields["target"]
        if not self.options:
            del self.fields["target"]
            return
        option = next(iter(self.options.values()))
        field.label = _("Change to") if option.instead_of else _("What goes")
        field.choices = [(code, _label(one)) for code, one in self.options.items()]

    def _fit_quantity(self) -> None:
        option = self.option
        held = option.held if option else None
        if option is None or held is None or not option.step or held.quantity <= option.step:
            del self.fields["quantity"]
            return
        field = self.fields["quantity"]
        field.required = self.chosen("kind") == RequestKind.SEATS
        field.widget.attrs |= {"min": option.step, "max": held.quantity, "step": option.step}
        if field.required:
            self.initial.setdefault("quantity", option.step)
        else:
            field.help_text = _("Empty: all of them.")

    def _fit_words(self) -> None:
        """What has no product to name is told in words."""
        if self.chosen("kind") in ChangeRequest.TALK:
            notes = self.fields["notes"]
            notes.required = True
            question = self.chosen("kind") == RequestKind.QUESTION
            notes.label = _("Your question") if question else _("What shall change, in your words")

    def clean_quantity(self) -> int | None:
        """How many are left."""
        going, option = self.cleaned_data["quantity"], self.option
        if going is None or option is None or option.held is None:
            return None
        if going > option.held.quantity or going % option.step:
            raise forms.ValidationError(
                _("Choose a number from %(least)s to %(most)s, in steps of %(step)s.")
                % {
                    "least": format_number(option.step, spoken()),
                    "most": format_number(option.held.quantity, spoken()),
                    "step": format_number(option.step, spoken()),
                }
            )
        return int(option.held.quantity - going)

    @property
    def asked(self) -> Asked:
        """What was written, once the form is valid."""
        values = self.cleaned_data
        return Asked(
            kind=values["kind"],
            contact_email=values["contact_email"],
            product=self.option.product if self.option else None,
            quantity=values.get("quantity"),
            wanted_on=values["wanted_on"],
            reason=values["reason"],
            notes=values["notes"],
        )


class MessageForm(forms.Form):
    """What somebody writes into the thread."""

    text = forms.CharField(
        label=gettext_lazy("Message"),
        max_length=4000,
        error_messages={"required": gettext_lazy("Write your message.")},
        widget=forms.Textarea(attrs={"rows": 4}),
    )


def _label(option: Option) -> str:
    """The product by name, and how many of it are held."""
    name, held = named(option.product), option.held
    if held is None or not option.step:
        return name
    return f"{name} · {quantity_of(held.quantity, unit_of(option.product), spoken())}"
