"""The forms of a queue and of a QA form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.forms.saying import chosen_of, number_of
from licensing.models import Queue
from licensing.queues import HIGHEST_NUMBER


class NameField(forms.CharField):
    """A name of up to 100 characters, without spaces to spare; ``without`` one, this is said."""

    def __init__(self, *, without: Promise) -> None:
        super().__init__(
            label=_("Name"),
            max_length=100,
            error_messages=chosen_of(without),
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        )

    def clean(self, value: object) -> str:
        return " ".join(str(super().clean(value)).split())


class QueueForm(forms.Form):
    """A queue: what it is called, and what waits in it; where ``licensed``, also what it takes."""

    _takes: Mapping[str, Promise] = {
        "channel": _("Who is logged in holds the licence of this channel."),
        "outbound": _("Of a voice queue: who is logged in holds Outbound besides Voice."),
    }

    name = NameField(without=_("Write the name of the queue, for example Orders."))
    number = forms.IntegerField(
        label=pgettext_lazy("queue", "Number"),
        min_value=1,
        max_value=HIGHEST_NUMBER,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages=number_of(_("Choose a number.")),
    )
    channel = forms.ChoiceField(
        label=_("Channel"),
        choices=Queue.Channel.choices,
        error_messages=chosen_of(_("Choose one of the channels.")),
    )
    outbound = forms.BooleanField(
        label=_("Calls out"),
        required=False,
        help_text=_("Of a voice queue."),
    )

    def __init__(self, data: Any = None, *, licensed: bool, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        words = gettext("Choose a number from 1 to %(most)s.") % {"most": HIGHEST_NUMBER}
        self.fields["number"].error_messages |= number_of(words)
        for name, takes in self._takes.items() if licensed else ():
            self.fields[name].help_text = str(takes)


class ChangedQueueForm(QueueForm):
    """The same of a queue that there is: it may be put to rest."""

    _takes = {
        **QueueForm._takes,
        "active": _("An inactive queue takes no new logins. Who is logged in keeps the licence."),
    }

    active = forms.BooleanField(
        label=_("Active"),
        required=False,
        help_text=_("An inactive queue takes no new logins."),
    )


class QaFormForm(forms.Form):
    """A QA form: its name, and whether AI QA may use it (LIC-9)."""

    name = NameField(without=_("Write the name of the form, for example Friendliness."))
    allowed_for_ai = forms.BooleanField(
        label=_("Allow for AI QA"),
        required=False,
        help_text=_("Only an allowed form can be chosen for AI QA in a queue."),
    )
