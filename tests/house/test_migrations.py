"""Migrations: named by hand, reversible, nothing changed without one, short way and old alike."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

from accounts.models import Account, SupportVisit
from billing.models import Subscription
from tests.factories import instant
from tests.house import migrated
from tests.house.source import APPS


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


PEOPLE = ("accounts", "0005_people_and_what_they_may")
ACCOUNTS = ("accounts", "0016_deeds_about_conversations")
EARLY = ("billing", "0004_find_payments")
# Of all that are replaced together some have been applied, so the old ones go on.
MIDDLE = (("accounts", "0007_deeds_about_queues"), EARLY, ("licensing", "0001_queues"))
LAST_OF_THE_SHORT_WAY = (
    ("accounts", "0006_the_deeds_and_terms_squashed_0016"),
    ("billing", "0001_the_whole_of_billing_squashed_0027"),
    ("licensing", "0001_queues_and_conversations_squashed_0003"),
)


class Short(NamedTuple):
    """A fresh SQLite database: its file, and what stands in it."""

    file: Path
    holds: set[str]


@pytest.fixture(scope="module")
def short_way(tmp_path_factory, django_db_blocker) -> Short:
    file = tmp_path_factory.mktemp("short") / "site.sqlite3"
    with django_db_blocker.unblock(), migrated.another_database(migrated.sqlite(file)):
        migrated.migrate()
        assert migrated.replacing() <= migrated.recorded()
        return Short(file, everything())


@pytest.fixture
def on_sqlite(tmp_path, django_db_blocker) -> Iterator[None]:
    """An empty SQLite database as `default`."""
    file = tmp_path / "site.sqlite3"
    with django_db_blocker.unblock(), migrated.another_database(migrated.sqlite(file)):
        yield


@pytest.fixture
def on_postgres(db) -> Iterator[None]:
    """An empty PostgreSQL database as `default`."""
    with migrated.postgres("walked") as settings, migrated.another_database(settings):
        yield


def everything() -> set[str]:
    return migrated.schema() | migrated.rows()


def go_on_with_the_old_ones() -> None:
    """At the end those that replace them count as applied too."""
    rest = migrated.still_to_do()
    assert {app for app, _ in rest} >= {"billing", "licensing"}
    assert not set(rest) & migrated.replacing()

    migrated.migrate()

    assert migrated.replacing() <= migrated.recorded()
    assert migrated.still_to_do() == []


# Nobody touches a migration that is replaced or replaces, and these walks take two minutes.
@pytest.mark.proof
def test_the_old_way_and_the_short_way_lead_to_the_same_and_the_old_one_back(on_sqlite, short_way):
    """One walk for all that it shows, since each is long: guards of altered tables on the way."""
    walk = migrated.walk_the_old_way
    people = walk(*migrated.others(), PEOPLE)
    accounts = walk(ACCOUNTS)
    assert walk(PEOPLE) == people
    early = walk(ACCOUNTS, EARLY)
    assert accounts < early
    walk(("licensing", "0001_queues"))

    go_on_with_the_old_ones()
    assert everything() == short_way.holds

    next_one = ("billing", "0005_invoice_credit_used")
    back = (ACCOUNTS, ("licensing", None), ("billing", None))
    assert walk(*back, look_after=next_one) == early
    assert migrated.schema() == accounts


@pytest.mark.proof
@pytest.mark.postgres
def test_the_old_way_and_the_short_way_lead_to_the_same_on_postgresql_too(db):
    with migrated.postgres("walked") as settings, migrated.another_database(settings):
        migrated.walk_the_old_way(*migrated.others(), *MIDDLE)
        go_on_with_the_old_ones()
        old_way = everything()

    assert everything() == old_way


@pytest.mark.django_db
def test_a_database_that_has_them_all_runs_none():
    migrated.forget_what_replaces()
    assert migrated.still_to_do() == []

    migrated.migrate()

    assert migrated.replacing() <= migrated.recorded()


@pytest.mark.once
@pytest.mark.django_db(transaction=True)
def test_what_came_after_the_short_way_can_go_back_and_forth():
    before = everything()

    migrated.walk(*LAST_OF_THE_SHORT_WAY)
    assert len(migrated.still_to_do()) >= 15
    migrated.migrate()

    assert everything() == before


@pytest.mark.proof
def test_a_database_that_has_them_all_can_go_back(on_sqlite, short_way):
    migrated.copy(short_way.file)

    migrated.migrate("accounts", "0001_the_people_and_accounts_squashed_0005")
    assert not {one for one in migrated.schema() if one.startswith(("billing_", "licensing_"))}
    migrated.migrate()
    assert everything() == short_way.holds


def put_rows_right() -> None:
    """Rows can stand before the second step of accounts, and before the one of licensing."""
    migrated.walk_the_old_way(PEOPLE)
    old = migrated.old_models_at(PEOPLE).get_model
    at = instant("2026-03-10 09:00")
    eva = old("accounts", "User").objects.create(
        email="Eva@example.com", name="Eva", password=make_password("long enough"), joined_at=at
    )
    account = old("accounts", "Account")(
        name="Dvořák", country="CZ", pays_by="transfer", opened_at=at, pk=1, payer_id=1
    )
    account.save(force_insert=True)
    member = old("accounts", "Member").objects.create(account=account, reference="1", name="Eva")
    for hours in (0, 3):
        begun = at + timedelta(hours=hours)
        old("accounts", "SupportVisit").objects.create(
            account=account, member=member, person=eva, reason="7", began_at=begun,
            expires_at=begun + timedelta(hours=1),
        )  # fmt: skip
    migrated.migrate("billing")
    Subscription.objects.create(
        account_id=1, payer_id=1, code="licensing", currency="EUR", time_zone="UTC",
        starts_on=at.date(), next_opening=at.date(),
    )  # fmt: skip

    migrated.migrate()

    address = EmailAddress.objects.get()
    assert (address.user_id, address.email, address.verified) == (eva.pk, "eva@example.com", True)
    ended = SupportVisit.objects.order_by("began_at").values_list("ended_at", flat=True)
    assert list(ended) == [instant("2026-03-10 10:00"), None]
    assert Account.objects.get().agreed_terms
    assert Account.objects.get().licensing_enabled


@pytest.mark.proof
def test_rows_that_stand_before_the_short_way_are_put_right(on_sqlite):
    put_rows_right()


@pytest.mark.proof
@pytest.mark.postgres
def test_rows_that_stand_before_the_short_way_are_put_right_on_postgresql_too(on_postgres):
    put_rows_right()
