"""What is typed about an Access: its name, and what it opens."""

from __future__ import annotations

from typing import cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import Access
from accounts.rights import GRANTABLE, Right

Rights = frozenset[Right]


class SeenForm(forms.Form):
    """``seen`` is what the page showed, so that the later of two tabs is told."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, strip=False)

    def show_again(self, *, seen: str) -> None:
        """Draw what was typed once more, beside what is so now."""
        typed = cast(QueryDict, self.data).copy()
        typed["seen"] = seen
        self.data = typed


class NameForm(SeenForm):
    """An Access by its name."""

    name = forms.CharField(
        label=_("Name"),
        max_length=Access._meta.get_field("name").max_length,
        help_text=_("What its members have in common, for example Sales."),
        error_messages={"required": _("An Access has a name, for example Sales. Write one.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class RightsForm(SeenForm):
    """What an Access opens; ``aware``: the person knows what they take from themselves."""

    rights = forms.MultipleChoiceField(
        label=_("What it opens"),
        choices=[(right.value, right.value) for right in GRANTABLE],
        required=False,
    )
    aware = forms.BooleanField(label=_("Yes, take this from me"), required=False)

    def __init__(self, data: QueryDict | None = None, *, opens: Rights) -> None:
        super().__init__(data)
        self._opens = opens
        self.initial = {"seen": words(opens)}

    def clean_rights(self) -> Rights:
        return frozenset(Right(value) for value in self.cleaned_data["rights"])

    def clean_seen(self) -> Rights:
        known = {right.value for right in GRANTABLE}
        return frozenset(Right(one) for one in self.cleaned_data["seen"].split() if one in known)

    @property
    def ticked(self) -> Rights:
        """What is ticked: as typed, or as the Access opens it."""
        if not self.is_bound:
            return self._opens
        typed = cast(QueryDict, self.data).getlist("rights")
        return frozenset(right for right in GRANTABLE if right.value in typed)


def words(rights: Rights) -> str:
    """These rights for a hidden field."""
    return " ".join(sorted(right.value for right in rights))
