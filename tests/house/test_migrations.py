"""Migrations: named by hand, reversible, and nothing changed without one."""

import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

from tests.house.source import APPS, ROOT


def own_migrations():
    loader = MigrationLoader(None)
    return [it for (app, _), it in sorted(loader.disk_migrations.items()) if app in APPS]


def test_migrations_are_named_for_what_they_do():
    unnamed = [str(it) for it in own_migrations() if re.search(r"auto_|_alter_|^\d+$", it.name)]

    assert unnamed == []


def test_each_operation_can_be_reversed():
    stuck = [
        (str(it), type(operation).__name__)
        for it in own_migrations()
        for operation in it.operations
        if not operation.reversible
    ]

    assert stuck == []


@pytest.mark.django_db
def test_no_model_has_changed_without_its_migration():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


@pytest.fixture
def manage(tmp_path: Path):
    """Runs manage.py on a SQLite database of its own."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "VAR_DIR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'migrated.sqlite3'}",
    }

    def run(*arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments, "--verbosity", "0"]
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_the_way_back_and_forth_again_works(manage, tmp_path: Path):
    """One walk for all that it shows, since each is long: guards of altered tables on the way."""

    def guards() -> set[tuple[str]]:
        with sqlite3.connect(tmp_path / "migrated.sqlite3") as database:
            return set(database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"))

    manage("migrate", "accounts")
    manage("migrate", "billing", "0004")
    early = guards()
    manage("migrate")
    latest = guards()

    manage("migrate", "billing", "0004")
    assert guards() == early
    assert early <= latest

    for app in ("agencies", "licensing", "billing"):
        if apps.get_app_config(app).models_module:
            manage("migrate", app, "zero")
    manage("migrate")
    assert guards() == latest
