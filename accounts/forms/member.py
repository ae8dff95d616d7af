"""What is typed about one member: how they are called and written to, and their Access."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.forms.saying import chosen_of
from accounts.models import Access, Member

# The administrators' Access may not be made yet, so it is named by its kind.
ADMINISTRATORS: Final = Access.Kind.ADMINISTRATORS.value
NONE: Final = "none"


class DetailsForm(forms.Form):
    """A member's name and, where the account writes it, their e-mail address."""

    name = forms.CharField(
        label=pgettext_lazy("person", "Name"),
        max_length=Member._meta.get_field("name").max_length,
        error_messages={"required": _("A member has a name. Write it.")},
    )
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=Member._meta.get_field("email").max_length,
        required=False,
        error_messages={"invalid": _("Write a whole address, for example jana@example.com.")},
    )

    def __init__(self, data: Any = None, *, member: Member, with_email: bool) -> None:
        super().__init__(data, initial={"name": member.name, "email": member.email})
        if not with_email:
            del self.fields["email"]


class AccessForm(forms.Form):
    """Which Access a member has; ``aware``: the person knows what they take from themselves."""

    access = forms.ChoiceField(
        label=_("Access"),
        error_messages=chosen_of(_("Choose one of the Accesses that are listed.")),
    )
    aware = forms.BooleanField(label=_("Yes, take this from me"), required=False)

    def __init__(self, data: Any = None, *, member: Member, choices: Sequence[Access]) -> None:
        super().__init__(data, initial={"access": _value(member.access)})
        field = self.fields["access"]
        named = [(NONE, _("No Access")), *((_value(one), str(one)) for one in choices)]
        field.choices = named  # type: ignore[attr-defined]  # a ChoiceField's own


def _value(one: Access | None) -> str:
    if one is None:
        return NONE
    return ADMINISTRATORS if one.is_administrators else str(one.pk)
