"""What is written on the Team page: a reason, and the name of a bot."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Member, MemberEvent

_LONGEST = MemberEvent._meta.get_field("cause").max_length


def reason_field() -> forms.CharField:
    """Why support does in a visit what the customer pays for."""
    return forms.CharField(
        label=_("Reason"),
        max_length=_LONGEST,
        help_text=_("The customer pays for this. Write for example the number of their request."),
        error_messages={"required": _("Write the reason.")},
    )


class DeedForm(forms.Form):
    """A deed about members, with a reason where somebody asks for one."""

    reason = reason_field()

    def __init__(self, *args: Any, asks: bool, declines: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks:
            del self.fields["reason"]
        elif declines:
            self.fields["reason"].help_text = _("Whoever added them reads it.")


class BotForm(DeedForm):
    """A new bot."""

    name = forms.CharField(
        label=_("Name"),
        max_length=Member._meta.get_field("name").max_length,
        help_text=_("What the team knows it by, for example “Night shift”."),
        error_messages={"required": _("Write a name, for example “Night shift”.")},
    )
    field_order = ("name", "reason")
