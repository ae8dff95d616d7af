"""The form of what a member works as: type, calls without a queue, and queues by channel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.forms.saying import chosen_of
from accounts.models import Member
from licensing.models import Queue

_PREFIX: Final = "queues_"


class WorkForm(forms.Form):
    """``queues`` are those that can be chosen and those that the member is in, ``now`` the latter.

    ``sees_queues`` False: who fills it in may not see queues, so the logins stay as they are.
    """

    type = forms.ChoiceField(
        label=_("Type"),
        choices=Member.Type.choices,
        widget=forms.RadioSelect,
        error_messages=chosen_of(_("Choose one of the types.")),
    )
    calls_without_queue = forms.BooleanField(
        label=_("May call without a queue"),
        required=False,
        help_text=_("Of a back-office user."),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        member: Member,
        queues: Sequence[Queue],
        now: Sequence[Queue],
        sees_queues: bool,
    ) -> None:
        self._now = {queue.pk for queue in now}
        super().__init__(
            data,
            initial={
                "type": member.type,
                "calls_without_queue": member.calls_without_queue,
                "seen": written(self._now),
            },
        )
        if member.account.licensing_enabled:
            self.fields["calls_without_queue"].help_text = _(
                "Of a back-office user: holds Cloudphone besides Back-office."
            )
        for channel in Queue.Channel if sees_queues else ():
            if of_it := [queue for queue in queues if queue.channel == channel]:
                self.fields[f"{_PREFIX}{channel}"] = self._field(channel, of_it)

    def _field(self, channel: Queue.Channel, queues: Sequence[Queue]) -> forms.Field:
        field = forms.TypedMultipleChoiceField(
            label=_("%(channel)s queues") % {"channel": channel.label},
            required=False,
            coerce=int,
            choices=[(queue.pk, _label(queue)) for queue in queues],
            widget=forms.CheckboxSelectMultiple,
            initial=[queue.pk for queue in queues if queue.pk in self._now],
        )
        return field

    @property
    def queue_fields(self) -> list[forms.BoundField]:
        """The queues to log in to, one field a channel."""
        return [self[name] for name in self.fields if name.startswith(_PREFIX)]

    @property
    def changes(self) -> Mapping[str, Any]:
        """What was filled in, as `work_as` takes it."""
        chosen = {
            queue_id
            for name, ids in self.cleaned_data.items()
            if name.startswith(_PREFIX)
            for queue_id in ids
        }
        return {
            "type": self.cleaned_data["type"],
            "calls_without_queue": self.cleaned_data["calls_without_queue"],
            "queue_ids": chosen if self.queue_fields else None,
            "seen": self._seen,
        }

    @property
    def _seen(self) -> set[int]:
        parts = self.cleaned_data["seen"].split()
        return {int(part) for part in parts if part.isdecimal() and len(part) < 19}

    def look_again(self, now: Iterable[Queue]) -> None:
        """Keep what was typed, with the logins as they are now for those that were seen."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["seen"] = written(queue.pk for queue in now)
        self.data = data


def written(queue_ids: Any) -> str:
    """Ids as the form carries them."""
    return " ".join(map(str, sorted(queue_ids)))


def _label(queue: Queue) -> str:
    words = f"{queue.name} · {queue.number}"
    if queue.outbound:
        words = gettext("%(queue)s · calls out") % {"queue": words}
    return words if queue.active else gettext("%(queue)s · inactive") % {"queue": words}
