"""The test databases: made once, and put back between tests by copying a template.

Tables that are written once refuse to be emptied, so Django's way (a flush after each test that
commits) cannot work. Copying a migrated database also brings back what migrations have put in.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psycopg
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import TransactionTestCase


class SQLiteTemplate:
    """A file beside the test database. Takes 2 ms to copy."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.database = Path(connection.settings_dict["NAME"])
        self.template = Path(f"{self.database}.template")
        # The same file, opened by SQLite itself in a way that refuses to write.
        connections["readonly"].settings_dict["NAME"] = f"file:{self.database}?mode=ro"
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connections.close_all()
        shutil.copyfile(self.database, self.template)

    def restore(self) -> None:
        connections.close_all()
        for ending in ("-wal", "-shm"):
            Path(f"{self.database}{ending}").unlink(missing_ok=True)
        # A new file, so that a connection left open somewhere cannot spoil it.
        fresh = Path(f"{self.database}.fresh")
        shutil.copyfile(self.template, fresh)
        fresh.replace(self.database)

    def drop(self) -> None:
        self.template.unlink()


class PostgresTemplate:
    """The rows that each table had, kept beside it, and a second database to copy.

    A test's rows are taken out again, which takes a tenth of the time of copying. The database is
    copied where a test has changed more than rows, or has left much room that rows have taken.
    """

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection
        self.database = connection.settings_dict["NAME"]
        self.template = f"{self.database}_template"
        connections["readonly"].settings_dict["NAME"] = self.database
        with connection.cursor() as cursor:
            self._restore_rows = self._keep_rows(cursor)
            self._shape = self._read(cursor, _SHAPE)
            self._size = self._read(cursor, _SIZE)
            # Triggers that refuse to delete are passed over, which is for superusers alone.
            self._may = self._read(cursor, "SELECT current_setting('is_superuser') = 'on'")
        self._copy(self.database, to=self.template)
        self._own = self._connected()

    def restore(self) -> None:
        connections.close_all()
        try:
            by_rows = self._restored_by_rows()
        except psycopg.OperationalError:  # a test has ended each connection that it found
            self._own.close()
            self._own = self._connected()
            by_rows = self._restored_by_rows()
        if not by_rows:
            self._own.close()
            self._copy(self.template, to=self.database)
            self._own = self._connected()

    def _connected(self) -> psycopg.Connection[Any]:
        """One of its own that stays: a browser's loop in this thread has Django's in another place.

        A new one looks up each table anew, which takes as long as all the rest of restoring.
        """
        address = self.connection.get_connection_params() | {"dbname": self.database}
        address.pop("cursor_factory", None)
        address.pop("context", None)
        return psycopg.connect(**address, autocommit=True)

    def _restored_by_rows(self) -> bool:
        with self._own.cursor() as cursor:
            cursor.execute(_END_OTHERS)
            only_rows = self._may and self._read(cursor, _SHAPE) == self._shape
            if not only_rows or self._read(cursor, _SIZE) >= self._size + _ROOM:
                return False
            cursor.execute(self._restore_rows)
            return True

    def drop(self) -> None:
        self._own.close()
        with self.connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{self.template}" WITH (FORCE)')

    @staticmethod
    def _read(cursor: Any, query: str) -> Any:
        cursor.execute(query)
        return cursor.fetchone()[0]

    @staticmethod
    def _keep_rows(cursor: Any) -> str:
        """Copies of the rows beside their tables; what brings them back, in one transaction."""
        cursor.execute("CREATE SCHEMA kept")
        cursor.execute(_TABLES)
        tables = cursor.fetchall()
        back = ["BEGIN", "SET LOCAL session_replication_role = replica"]
        for table, columns in tables:
            cursor.execute(f'SELECT EXISTS (SELECT FROM public."{table}")')
            if not cursor.fetchone()[0]:
                back.append(f'DELETE FROM public."{table}"')
                continue
            rows = f'SELECT {columns} FROM public."{table}"'
            cursor.execute(f'CREATE TABLE kept."{table}" AS {rows}')
            # What is as it was stays where it is.
            row, within = f"ROW({columns})::text", f'SELECT ROW({columns})::text FROM %s."{table}"'
            back.append(f'DELETE FROM public."{table}" WHERE {row} NOT IN ({within % "kept"})')
            rows = f'SELECT {columns} FROM kept."{table}" WHERE {row} NOT IN ({within % "public"})'
            back.append(f'INSERT INTO public."{table}" ({columns}) {rows}')
        cursor.execute("CREATE TABLE kept.numbers AS SELECT * FROM pg_sequences")
        return "; ".join([*back, _NUMBERS, "COMMIT"])

    def _copy(self, source: str, *, to: str) -> None:
        connections.close_all()
        with self.connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{to}" WITH (FORCE)')
            cursor.execute(f'CREATE DATABASE "{to}" TEMPLATE "{source}" STRATEGY wal_log')


_ROOM = 4_000_000  # bytes
# Who is still there may hold a lock, and shall write nothing more.
_END_OTHERS = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_TABLES = """
    SELECT relname, string_agg(quote_ident(attname), ', ' ORDER BY attnum)
    FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
      AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
    GROUP BY relname
"""
_SHAPE = """
    SELECT md5(string_agg(thing, ' ' ORDER BY thing)) FROM (
        SELECT concat('c', oid, relname, relnatts) FROM pg_class
        WHERE relnamespace IN ('public'::regnamespace, 'kept'::regnamespace)
        UNION ALL SELECT concat('t', oid, tgenabled) FROM pg_trigger
        UNION ALL SELECT concat('k', oid) FROM pg_constraint
        UNION ALL SELECT concat('f', oid, prosrc) FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace
    ) AS things (thing)
"""
_SIZE = """
    SELECT sum(pg_relation_size(oid)) FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i')
"""
# A sequence that gave no number yet begins again at its first.
_NUMBERS = """
    SELECT setval(
        format('public.%I', sequencename)::regclass,
        coalesce(last_value, start_value),
        last_value IS NOT NULL
    ) FROM kept.numbers
"""


class Restoring:
    """Brings the migrated database back after each test that commits, or after some together."""

    def __init__(self, template: SQLiteTemplate | PostgresTemplate) -> None:
        self.template = template
        self.waits = False

    def after_a_test(self) -> None:
        if not self.waits:
            self.template.restore()

    @contextmanager
    def once(self) -> Iterator[None]:
        """For as long as this lasts, tests find what those before them have left."""
        self.waits = True
        try:
            yield
        finally:
            self.waits = False
            self.template.restore()


@contextmanager
def restored_between_tests() -> Iterator[Restoring]:
    """For as long as this lasts, a test that commits leaves the migrated database behind."""
    connection = connections["default"]
    name, wanted = connection.settings_dict["NAME"], connection.settings_dict["TEST"]["NAME"]
    if not str(name).startswith(str(wanted)):
        raise RuntimeError(f"{name} is no database of the tests, so it is not overwritten.")
    kind = SQLiteTemplate if connection.vendor == "sqlite" else PostgresTemplate
    restoring = Restoring(kind(connection))
    restore = patch.object(
        TransactionTestCase, "_fixture_teardown", lambda _: restoring.after_a_test()
    )
    try:
        with restore:
            yield restoring
    finally:
        restoring.template.drop()


def environment_of_processes() -> dict[str, str]:
    """The environment in which a real process of the site works on the test database."""
    settings = connections["default"].settings_dict
    if connections["default"].vendor == "sqlite":
        address = f"sqlite:///{settings['NAME']}"
    else:
        given = os.environ["DATABASE_URL"].partition("?")
        address = f"{given[0].rpartition('/')[0]}/{settings['NAME']}{given[1]}{given[2]}"
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": address,
        "REDIS_URL": broker_address(),
        "PYTHONUNBUFFERED": "1",
    }


def broker_address() -> str:
    from django.conf import settings

    return str(settings.REDIS_URL)
