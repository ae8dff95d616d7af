"""The fast way to change many rows, each to values of its own: one statement for all of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

Row = Sequence[Any]


def update_rows(
    model: type[models.Model], *, fields: Sequence[str], rows: Sequence[Row], using: str = "default"
) -> None:
    """Set ``fields`` of the rows named by the first value of each of ``rows`` (the primary key).

    The other values stand in the order of ``fields``, which are attribute names (``price_id``).
    Keys that name no row are passed over. No history is written.
    """
    if not rows:
        return
    connection = connections[using]
    columns = [model._meta.pk, *(model._meta.get_field(name) for name in fields)]
    if connection.vendor == "postgresql":
        _update_from_arrays(model, columns, rows, connection)
    else:
        _update_one_by_one(model, columns, rows, connection)


def _update_from_arrays(
    model: type[models.Model],
    columns: Sequence[Any],
    rows: Sequence[Row],
    connection: BaseDatabaseWrapper,
) -> None:
    quote = connection.ops.quote_name
    names = [quote(field.column) for field in columns]
    arrays = ", ".join(f"%s::{field.db_type(connection)}[]" for field in columns)
    sets = ", ".join(f"{name} = new.{name}" for name in names[1:])
    table = quote(model._meta.db_table)
    values = [
        [_as_json(value) for value in column] if _is_json(field) else list(column)
        for field, column in zip(columns, zip(*rows, strict=True), strict=True)
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {sets} FROM unnest({arrays}) AS new ({', '.join(names)}) "
            f"WHERE {table}.{names[0]} = new.{names[0]}",
            values,
        )


def _update_one_by_one(
    model: type[models.Model],
    columns: Sequence[Any],
    rows: Sequence[Row],
    connection: BaseDatabaseWrapper,
) -> None:
    quote = connection.ops.quote_name
    key, *others = columns
    sets = ", ".join(f"{quote(field.column)} = %s" for field in others)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {quote(model._meta.db_table)} SET {sets} WHERE {quote(key.column)} = %s",
            [
                (
                    *(
                        field.get_db_prep_save(value, connection)
                        for field, value in zip(others, row[1:], strict=True)
                    ),
                    row[0],
                )
                for row in rows
            ],
        )


def _is_json(field: Any) -> bool:
    return isinstance(field, models.JSONField)


def _as_json(value: Any) -> str | None:
    return None if value is None else json.dumps(value)
