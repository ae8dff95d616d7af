"""Many rows like a few: what the real verbs wrote, written again under other keys.

Whatever a row refers to is copied with it, so no two rows share what they would not share if each
had been written by the verbs, and a page that reads something for each row reads it as often.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.db import models

# More than any sequence has given.
APART = 10_000_000
CHANGED = (models.CharField, models.TextField, models.DateField, models.IntegerField)
Keys = Mapping[Any, set[Any]]


def keys() -> Keys:
    """The keys of all rows that are numbered."""
    return {
        model: set(_rows(model).values_list("pk", flat=True))
        for model in apps.get_models(include_auto_created=True)
        if isinstance(model._meta.pk, models.AutoField | models.ForeignKey)
    }


def copy_what_is_new(since: Keys, *, times: int) -> None:
    """So many copies of each row that was not there then."""
    new = {model: found - since[model] for model, found in keys().items()}
    for model, found in new.items():
        originals = list(_rows(model).filter(pk__in=found))
        _rows(model).bulk_create(
            _copied(row, new, time) for time in range(1, times + 1) for row in originals
        )


def _rows(model: type[models.Model]) -> models.QuerySet[Any]:
    return models.QuerySet(model)


def _copied(row: models.Model, new: Keys, time: int) -> models.Model:
    fields = row._meta.concrete_fields
    values = {field.attname: getattr(row, field.attname) for field in fields}
    for field in fields:
        to = field.remote_field.model._meta.concrete_model if field.remote_field else None
        if values[field.attname] in new.get(to, ()) or (field.primary_key and to is None):
            values[field.attname] += APART * time
    for together in _unique(type(row)):
        if all(values[one.attname] == getattr(row, one.attname) for one in together):
            for field in [one for one in together if isinstance(one, CHANGED) and not one.choices]:
                values[field.attname] = _another(values[field.attname], field, time)
    return type(row)(**values)


def _unique(model: type[models.Model]) -> list[list[Any]]:
    """Which fields are no other row's, alone or together."""
    meta = model._meta
    found = [[one.name] for one in meta.concrete_fields if one.unique and not one.primary_key]
    found += [[*names] for names in meta.unique_together]
    found += [[*one.fields] for one in meta.constraints if isinstance(one, models.UniqueConstraint)]
    return [[meta.get_field(name) for name in names] for names in found if names]


def _another(value: Any, field: Any, time: int) -> Any:
    if isinstance(value, str):
        return f"{time}-{value}"[: field.max_length]
    if isinstance(value, date):
        return value + timedelta(days=time)
    return None if value is None else value + 100 * time
