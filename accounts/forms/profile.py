"""The form of a person's profile."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import profile
from accounts.inbox import Topic
from accounts.models import User
from accounts.models.users import LANGUAGES
from accounts.zones import written_zone


class ProfileForm(forms.Form):
    """How a person is called, how they read, and for each topic whether they want e-mails."""

    name = forms.CharField(
        label=pgettext_lazy("person", "Name"),
        max_length=150,
        required=False,
        help_text=_("Colleagues and support see it. Without one they see your e-mail address."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=[("", _("As your browser asks")), *LANGUAGES],
        help_text=_("Pages and e-mails to you. Invoices have a language of their own."),
    )
    time_zone = forms.CharField(
        label=_("Time zone"),
        max_length=64,
        required=False,
        help_text=_("Write a place, for example Prague. Empty: that of the account you are in."),
        widget=forms.TextInput(attrs={"list": "zones", "autocomplete": "off"}),
    )

    def __init__(self, data: Any = None, *, person: User) -> None:
        own = {name: getattr(person, name) for name in ("name", "language", "time_zone")}
        super().__init__(data, initial=own)
        for topic, wanted in profile.choices(person).items():
            self.fields[_field(topic)] = forms.BooleanField(
                label=topic.label, required=False, initial=wanted
            )

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean_time_zone(self) -> str:
        typed = self.cleaned_data["time_zone"].strip()
        try:
            return written_zone(typed) if typed else ""
        except ValueError:
            raise forms.ValidationError(
                _("There is no time zone of this name. Choose one of the list, like Europe/Prague.")
            ) from None

    @property
    def topics(self) -> list[forms.BoundField]:
        """The boxes of the e-mails, apart from the other fields."""
        return [self[_field(topic)] for topic in Topic]

    @property
    def by_email(self) -> dict[Topic, bool]:
        """What was ticked."""
        return {topic: self.cleaned_data[_field(topic)] for topic in Topic}


def _field(topic: Topic) -> str:
    return f"email_{topic.value}"
