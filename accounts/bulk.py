"""The fast way to write many new rows: COPY on PostgreSQL, one prepared statement on SQLite."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db import DataError, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

Row = Sequence[Any]
Convert = Callable[[Any], Any]

BLOCK = 5000


def insert_rows(
    model: type[models.Model],
    *,
    fields: Sequence[str],
    rows: Iterable[Row],
    using: str = "default",
) -> None:
    """Insert one row of the model's table for each of ``rows``, in their order.

    ``fields`` are attribute names (``account_id``), in the order of each row's values; fields left
    out get their default. Values are plain Python: aware instants, ``Decimal``, ``dict`` or
    ``list`` for JSON; of a money field its amount, the currency being a field of its own. The rows
    may be a generator: they are never all in memory. Nothing is checked but what the database
    checks, and no history is written.
    """
    connection = connections[using]
    columns = [_field(model, name) for name in fields]
    left_out = [
        field for field in _written(model) if field not in columns and not field.primary_key
    ]
    columns += left_out
    converted = _converted(rows, columns, connection, [field.get_default() for field in left_out])
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in columns)
    table = connection.ops.quote_name(model._meta.db_table)
    # Django wraps the errors of its own calls alone, and COPY is none of them.
    with connection.wrap_database_errors, connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in converted:
                    copy.write_row(row)
        else:
            places = ", ".join(["%s"] * len(columns))
            statement = f"INSERT INTO {table} ({names}) VALUES ({places})"
            while block := list(islice(converted, BLOCK)):
                cursor.executemany(statement, block)


def _written(model: type[models.Model]) -> Iterator[Any]:
    """The fields that have a column of their own which is not computed by the database."""
    for field in model._meta.concrete_fields:
        if not isinstance(field, models.GeneratedField):
            yield field


def _field(model: type[models.Model], name: str) -> Any:
    for field in _written(model):
        if name in (field.attname, field.name):
            return field
    raise ValueError(f"{model.__name__} has no column {name!r} that can be written.")


def _converted(
    rows: Iterable[Row],
    columns: Sequence[Any],
    connection: BaseDatabaseWrapper,
    constants: Row,
) -> Iterator[list[Any]]:
    """Each row with the constants after it, its values as the driver takes them."""
    converts = [
        (place, convert)
        for place, field in enumerate(columns)
        if (convert := _convert(field, connection)) is not None
    ]
    for row in rows:
        values = [*row, *constants]
        if len(values) != len(columns):
            raise ValueError(f"A row has {len(row)} values, expected {len(columns)}: {row!r}")
        for place, convert in converts:
            if values[place] is not None:
                values[place] = convert(values[place])
        yield values


def _convert(field: models.Field[Any, Any], connection: BaseDatabaseWrapper) -> Convert | None:
    """How a value of this field becomes one of the driver; None where it already is one."""
    if isinstance(field, models.JSONField):
        return json.dumps
    if connection.vendor == "postgresql":
        return None
    if isinstance(field, models.DecimalField):
        return _decimal(field, connection)
    if isinstance(field, models.DateTimeField | models.DateField):
        return lambda value: field.get_db_prep_save(value, connection)
    return None


def _decimal(field: models.DecimalField[Any, Any], connection: BaseDatabaseWrapper) -> Convert:
    """An amount as SQLite keeps it, which itself would keep any number of digits.

    More than the column has are refused: Django could not read them back.
    """
    whole_digits = field.max_digits - field.decimal_places

    def convert(value: Any) -> Any:
        number = Decimal(value)
        scaled = number.scaleb(field.decimal_places)
        if abs(number) >= 10**whole_digits or scaled != int(scaled):
            raise DataError(
                f"{field.model.__name__}.{field.name} takes {field.max_digits} digits, "
                f"{field.decimal_places} of them decimals, got {number:f}."
            )
        return field.get_db_prep_save(number, connection)

    return convert
