"""Databases of their own that tests walk through migrations, and what stands in them."""

from __future__ import annotations

import gc
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from django.apps import apps
from django.core import serializers
from django.core.management import call_command
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState, StateApps
from django.db.utils import load_backend

from tests.house.source import APPS

# The app and the name of a migration; as a target, None is before the first.
Key = tuple[str, str]
Target = tuple[str, str | None]


class OldLoader(MigrationLoader):
    """Knows the migrations as they were written, and none of ours that replace others."""

    def load_disk(self) -> None:
        super().load_disk()
        ours = {key: it for key, it in self.disk_migrations.items() if key[0] in APPS}
        last = {key: it.replaces[-1] for key, it in ours.items() if it.replaces}
        for key in last:
            del self.disk_migrations[key]
        for it in self.disk_migrations.values():
            vars(it)["dependencies"] = [last.get(one, one) for one in it.dependencies]


@contextmanager
def another_database(settings_of_it: dict[str, Any]) -> Iterator[BaseDatabaseWrapper]:
    """For as long as this lasts, `default` is this database."""
    usual = connections["default"]
    engine = load_backend(settings_of_it["ENGINE"])
    connections["default"] = it = engine.DatabaseWrapper(settings_of_it, "default")
    try:
        yield it
    finally:
        it.close()
        connections["default"] = usual


def sqlite(file: Path) -> dict[str, Any]:
    """The settings of a SQLite database in this file, whatever the tests run on."""
    options = {
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA synchronous=OFF; PRAGMA recursive_triggers=ON;",
    }
    engine = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(file), "OPTIONS": options}
    return connections.configure_settings({"default": engine})["default"]


def copy(file: Path) -> None:
    """What stands in this SQLite database stands in `default` too."""
    connection.close()
    shutil.copyfile(file, connection.settings_dict["NAME"])


@contextmanager
def postgres(name: str) -> Iterator[dict[str, Any]]:
    """The settings of an empty PostgreSQL database, there for as long as this lasts."""
    usual = connections["default"]
    name = f"{usual.settings_dict['NAME']}_{name}"
    with usual._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
        try:
            yield {**usual.settings_dict, "NAME": name}
        finally:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def migrate(*arguments: str) -> None:
    """As an operator does."""
    with _less_garbage_collection():
        call_command("migrate", *arguments, verbosity=0, skip_checks=True)


def walk(*targets: Target) -> None:
    """To these targets, forwards or backwards."""
    _walk(targets, MigrationLoader(connection))


def walk_the_old_way(*targets: Target, look_after: Key | None = None) -> set[str]:
    """To these targets, forwards or backwards, as it was before any migration replaced others.

    Returns the schema at the end, or as it is once this migration has been applied or unapplied.
    """
    seen: set[str] = set()

    def look(migration: Migration) -> None:
        if (migration.app_label, migration.name) == look_after:
            seen.update(schema())

    forget_what_replaces()
    _walk(targets, OldLoader(connection), look)
    return seen if look_after else schema()


def _walk(
    targets: Sequence[Target],
    loader: MigrationLoader,
    look: Callable[[Migration], None] = lambda _: None,
) -> None:
    bare_clones = patch.object(ProjectState, "clone", _bare_clone)

    def hear(action: str, migration: Migration | None = None, fake: bool | None = False) -> None:
        if action == "render_start":
            bare_clones.start()
        elif action == "render_success":
            bare_clones.stop()
        elif action in {"apply_success", "unapply_success"} and migration is not None:
            look(migration)

    executor = MigrationExecutor(connection, hear)
    executor.loader = loader
    with _less_garbage_collection():
        executor.migrate(list(targets))


_clone = ProjectState.clone


def _bare_clone(state: ProjectState) -> ProjectState:
    """A clone without classes: before it goes back, Django has them made after each operation."""
    classes = vars(state).pop("apps", None)
    clone = _clone(state)
    if classes is not None:
        vars(state)["apps"] = classes
    return clone


def forget_what_replaces() -> None:
    """The database is one that has never heard of migrations which replace others."""
    recorder = MigrationRecorder(connection)
    for app, name in replacing():
        recorder.record_unapplied(app, name)


def others() -> list[Target]:
    """The last migrations of the packages that this project uses."""
    leaves = OldLoader(connection).graph.leaf_nodes()
    return [(app, name) for app, name in leaves if app not in APPS]


def old_models_at(*targets: Key) -> StateApps:
    return OldLoader(connection).project_state(list(targets)).apps


def replacing() -> set[Key]:
    """Those of ours that replace others."""
    disk = MigrationLoader(None).disk_migrations
    return {key for key, it in disk.items() if key[0] in APPS and it.replaces}


def recorded() -> set[Key]:
    return set(MigrationRecorder(connection).applied_migrations())


def still_to_do() -> list[Key]:
    """What `migrate` would run."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [(it.app_label, it.name) for it, _ in plan]


@contextmanager
def _less_garbage_collection() -> Iterator[None]:
    """Thousands of classes are made, and looking for garbage takes a third of the time.

    At the end they are thrown away: with them about, what comes after is slow.
    """
    usual = gc.get_threshold()
    gc.set_threshold(100_000, 50, 50)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.collect()


def schema() -> set[str]:
    """All that the database knows of its tables, each thing in words of its own."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRES)
            return {" ".join(row) for row in cursor.fetchall()}
        cursor.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        found = cursor.fetchall()
    things = {f"{name}: {sql}" for type_, name, sql in found if type_ != "table"}
    tables = ((name, sql) for type_, name, sql in found if type_ == "table")
    return things | {f"{name}: {part}" for name, sql in tables for part in _parts(sql)}


def _parts(table: str) -> Iterator[str]:
    """The columns and constraints of a CREATE TABLE, which stand between commas."""
    depth, quote, part = 0, "", ""
    for sign in table[table.index("(") + 1 : table.rindex(")")]:
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        elif sign in "()":
            depth += 1 if sign == "(" else -1
        elif sign == "," and not depth:
            yield part.strip()
            part = ""
            continue
        part += sign
    yield part.strip()


def rows() -> set[str]:
    """What migrations have put in; content types and permissions by name, not by number."""
    models = sorted(apps.get_models(), key=lambda model: model._meta.label)
    found = (row for model in models for row in model._base_manager.all())
    written = serializers.serialize(
        "json", found, use_natural_foreign_keys=True, use_natural_primary_keys=True
    )
    return {json.dumps(row, sort_keys=True) for row in json.loads(written)}


_POSTGRES = """
    SELECT 'column', concat_ws(' ', attrelid::regclass, attname, format_type(atttypid, atttypmod),
        attnotnull, attidentity, attgenerated, attcollation::regcollation,
        pg_get_expr(adbin, adrelid))
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
      AND attnum > 0 AND NOT attisdropped
    UNION SELECT 'constraint',
        concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid))
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION SELECT 'index', indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION SELECT 'trigger', concat_ws(' ', pg_get_triggerdef(pg_trigger.oid), tgenabled)
    FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
    WHERE relnamespace = 'public'::regnamespace AND NOT tgisinternal
    UNION SELECT 'function', pg_get_functiondef(oid)
    FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION SELECT 'sequence',
        concat_ws(' ', sequencename, data_type, start_value, increment_by, cycle)
    FROM pg_sequences WHERE schemaname = 'public'
    UNION SELECT 'extension', extname FROM pg_extension
"""
