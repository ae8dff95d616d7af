"""The base of every table whose rows are written once and never changed.

The model refuses in Python; the triggers of ``accounts.triggers`` refuse in the database. The
subclasses of ``AppendOnly`` are the one list of such tables (``append_only_models``).
"""

from __future__ import annotations

from typing import Any, NoReturn

from django.apps import apps
from django.db import models


class WrittenOnce(Exception):
    """Somebody tried to change or delete a row that is written once."""


def _refuse(model: type[models.Model]) -> NoReturn:
    raise WrittenOnce(
        f"{model._meta.verbose_name_plural} are written once and never changed or deleted. "
        "Write a correcting entry instead."
    )


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """Reads and inserts; refuses ``update`` and ``delete`` with ``WrittenOnce``."""

    def update(self, **kwargs: Any) -> NoReturn:
        _refuse(self.model)

    def delete(self) -> NoReturn:
        _refuse(self.model)

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        _refuse(self.model)


class AppendOnly(models.Model):
    """A row that is written once: a second ``save`` and any ``delete`` raise ``WrittenOnce``."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            _refuse(type(self))
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        _refuse(type(self))


def append_only_models() -> list[type[models.Model]]:
    """Every table that is written once, in the order of its database name."""
    found = [model for model in apps.get_models() if issubclass(model, AppendOnly)]
    return sorted(found, key=lambda model: model._meta.db_table)
