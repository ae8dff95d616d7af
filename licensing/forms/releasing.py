"""Who is to hold a licence no longer. LIC-4."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from licensing.releasing import Holder


class ReleaseForm(forms.Form):
    """At least as many of the holders as have to go for the number that is wanted.

    The number itself is read from the address; what is wrong with it stands among the mistakes.
    """

    to = forms.IntegerField(label=gettext_lazy("Own from now on"), required=False)
    member = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(
        self,
        *args: Any,
        holders: Sequence[Holder],
        goes: int,
        in_use: int,
        wrong_number: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._goes, self._in_use, self._wrong_number = goes, in_use, wrong_number
        field = cast(forms.MultipleChoiceField, self.fields["member"])
        field.label = _("Who holds it")
        field.choices = [(str(one.member.pk), one.member.name) for one in holders]
        field.error_messages["invalid_choice"] = _(
            "Somebody you chose holds it no longer. Look at who does, and choose again."
        )

    def clean_to(self) -> None:
        """Refuse where the address asks for no number that can be owned."""
        if self._wrong_number:
            raise forms.ValidationError(self._wrong_number)

    def clean_member(self) -> list[str]:
        """The ids of those who were chosen."""
        chosen: list[str] = self.cleaned_data["member"]
        if len(chosen) < self._goes:
            words = ngettext(
                "Choose at least %(goes)s person: %(used)s hold it.",
                "Choose at least %(goes)s people: %(used)s hold it.",
                self._goes,
            )
            raise forms.ValidationError(words % {"goes": self._goes, "used": self._in_use})
        return chosen
