"""Primary keys reserved ahead of the rows that will carry them."""

from __future__ import annotations

from django.db import connections, models, router, transaction


def reserve(model: type[models.Model], *, count: int) -> list[int]:
    """``count`` unused keys of the model's table, ascending; nobody else will get them.

    Keys that are then not used stay unused: primary keys may have gaps, numbers may not. On SQLite
    this takes the write lock, so call it inside the transaction that writes the rows.
    """
    if count <= 0:
        return []
    connection = connections[router.db_for_write(model)]
    table = model._meta.db_table
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [table, count],
            )
            return sorted(key for (key,) in cursor.fetchall())
        cursor.execute("UPDATE sqlite_sequence SET seq = seq + %s WHERE name = %s", [count, table])
        if cursor.rowcount == 0:
            cursor.execute(
                "INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, count]
            )
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = int(cursor.fetchone()[0])
    return list(range(last - count + 1, last + 1))
