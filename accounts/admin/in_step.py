"""Two people on one page: this file is how a form writes only what was changed in it.

A page carries which entry of the log it was opened on. What its person left alone keeps the value
that the row has by now; what somebody else changed meanwhile is told beside the field, and written
over only by saving once more.
"""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.forms.models import model_to_dict
from django.utils.formats import date_format

SEEN: Final = "seen"
_DIGITS: Final = 18


class InStep(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """A form of a row with an audit log. ``seen``: the entry it was opened on, and the one told."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.opened, self.told = _entries(self.instance, self.data.get(SEEN, ""))
        self.untouched: frozenset[str] = frozenset()
        self.overtaken = False

    @property
    def changed_data(self) -> list[str]:
        return [name for name in super().changed_data if name not in self.untouched]

    def seen(self) -> str:
        """What the page carries when it is shown again."""
        latest = _latest(self.instance)
        if self.opened is None or self.told is None:
            return f"{latest}-{latest}"
        return f"{self.opened.pk}-{latest if self.overtaken else self.told.pk}"

    def _clean_fields(self) -> None:
        # Before the fields are judged together: they are what will stand in the row together.
        super()._clean_fields()  # type: ignore[misc]  # missing in the stubs
        if self.opened is None or self.told is None:
            return
        opened, told, now = (_values(row) for row in (self.opened, self.told, self.instance))
        kept = {name for name in opened.keys() & self.fields.keys() if self._kept(name, opened)}
        for name in kept:
            self.errors.pop(name, None)
            self.cleaned_data[name] = getattr(self.instance, name)
        self.untouched = frozenset(kept)
        for name in (opened.keys() & self.fields.keys()) - kept - self.errors.keys():
            if told[name] != now[name] and self.fields[name].has_changed(
                now[name], self._raw(name)
            ):
                self.overtaken = True
                self.add_error(name, self._overtaken(name, now[name]))

    def _kept(self, name: str, opened: dict[str, Any]) -> bool:
        return not self.fields[name].has_changed(opened[name], self._raw(name))

    def _raw(self, name: str) -> Any:
        return self[name].data

    def _overtaken(self, name: str, now: Any) -> str:
        entry = _who_changed(self.told, name)
        who = (entry and entry.history_user) or "The system"
        at = f" on {date_format(entry.history_date, 'j M Y, H:i')} UTC" if entry else ""
        value = "nothing" if now in (None, "") else now
        return (
            f"{who} changed this to {value}{at}, while it was open here. "
            "To write yours all the same, save again."
        )


def _latest(row: Any) -> int:
    return row.history.order_by("-pk").values_list("pk", flat=True).first() or 0


def _entries(row: Any, seen: str) -> tuple[Any, Any]:
    """The entries that a page names, if both are of this row; it is trusted with nothing else."""
    opened, _, told = seen.partition("-")
    if row.pk is None or not (names_a_row(opened) and names_a_row(told)):
        return None, None
    found = row.history.in_bulk([int(opened), int(told)])
    both = found.get(int(opened)), found.get(int(told))
    return both if all(both) else (None, None)


def names_a_row(text: str) -> bool:
    """Whether this can be the number of a row, as an address or a page gives it."""
    return text.isdecimal() and len(text) <= _DIGITS


def _values(row: Any) -> dict[str, Any]:
    """The row's plain values as forms start with them; rows of other tables are left out."""
    shown = getattr(row, "instance", row)
    many = {field.name for field in shown._meta.many_to_many}
    values = model_to_dict(shown)
    return {name: value for name, value in values.items() if name not in many}


def _who_changed(told: Any, name: str) -> Any:
    """The last entry since that changed this field."""
    found, before = None, _values(told)[name]
    since = told.instance.history.filter(pk__gt=told.pk).select_related("history_user")
    for entry in since.order_by("pk"):
        value = _values(entry)[name]
        if value != before:
            found = entry
        before = value
    return found
