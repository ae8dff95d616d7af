"""The migration operation by which the database itself refuses change and deletion of rows.

A migration that alters such a table stands between two ``RefuseChange(…, again=True)``: on SQLite
an altered table is copied, and the copy has lost its triggers.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION seatledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is written once: rows are never changed or deleted', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
"""

POSTGRES_TRIGGERS = """
DROP TRIGGER IF EXISTS {table}_refuse_change ON {table};
CREATE TRIGGER {table}_refuse_change BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION seatledger_refuse_change();
DROP TRIGGER IF EXISTS {table}_refuse_truncate ON {table};
CREATE TRIGGER {table}_refuse_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION seatledger_refuse_change();
"""

POSTGRES_REMOVAL = """
DROP TRIGGER IF EXISTS {table}_refuse_change ON {table};
DROP TRIGGER IF EXISTS {table}_refuse_truncate ON {table};
"""

SQLITE_TRIGGER = """
CREATE TRIGGER IF NOT EXISTS {table}_refuse_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is written once: rows are never changed or deleted'); END
"""

# INSERT OR REPLACE deletes the old row without asking the triggers of DELETE.
SQLITE_REPLACE_TRIGGER = """
CREATE TRIGGER IF NOT EXISTS {table}_refuse_REPLACE BEFORE INSERT ON {table}
WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, '{table} is written once: rows are never changed or deleted'); END
"""


class RefuseChange(Operation):
    """Install the triggers that refuse UPDATE, DELETE (and TRUNCATE) on one model's table.

    Running it again is harmless. Reversing it removes the triggers, unless they were there before:
    a migration that alters such a table has it with ``again`` before and after the alteration, so
    that the triggers are back whichever way it is walked.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, model_name: str, again: bool = False) -> None:
        self.model_name = model_name
        self.again = again

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The models look the same with and without triggers."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        self._install(self._table(app_label, to_state), schema_editor)

    def _install(self, table: str, schema_editor: BaseDatabaseSchemaEditor) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(POSTGRES_FUNCTION, params=None)
            schema_editor.execute(POSTGRES_TRIGGERS.format(table=table), params=None)
        else:
            for verb in ("UPDATE", "DELETE"):
                schema_editor.execute(SQLITE_TRIGGER.format(table=table, verb=verb))
            schema_editor.execute(SQLITE_REPLACE_TRIGGER.format(table=table))

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        table = self._table(app_label, from_state)
        if self.again:
            self._install(table, schema_editor)
            return
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(POSTGRES_REMOVAL.format(table=table), params=None)
        else:
            for verb in ("UPDATE", "DELETE", "REPLACE"):
                schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_refuse_{verb}")

    def describe(self) -> str:
        return f"Refuse change and deletion of {self.model_name} rows"

    @property
    def migration_name_fragment(self) -> str:
        return f"refuse_change_{self.model_name.lower()}"

    def _table(self, app_label: str, state: ProjectState) -> Any:
        return state.apps.get_model(app_label, self.model_name)._meta.db_table
