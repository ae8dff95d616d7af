"""The ground on which the other tests stand: clean databases, and a second way in that only reads.

The names of the fixtures and markers are explained in `tests/conftest.py`.
"""

import subprocess
import sys
from threading import Thread

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import DatabaseError, connections

committing = pytest.mark.django_db(transaction=True, databases=["default", "readonly"])


@committing
@pytest.mark.parametrize("turn", ["first", "second"])
def test_a_test_that_commits_leaves_nothing_behind(turn):
    assert not Group.objects.exists()
    assert Permission.objects.exists(), "what migrations put in must survive"

    Group.objects.create(name="left behind")
    Permission.objects.all().delete()


@committing
@pytest.mark.parametrize("turn", ["first", "second"])
def test_numbers_begin_again_for_each_test_that_commits(turn):
    last = Permission.objects.latest("pk").pk
    assert Group.objects.create(name="first of its kind").pk == 1
    copied = Permission.objects.get(pk=last)
    copied.pk, copied.codename = None, "another"
    copied.save()

    assert copied.pk == last + 1


@committing
@pytest.mark.postgres
@pytest.mark.parametrize("turn", ["first", "second"])
def test_a_test_that_changes_more_than_rows_leaves_nothing_behind_either(turn):
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT to_regclass('odd') IS NULL")
        assert cursor.fetchone() == (True,)
        cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgenabled = 'D'")
        assert cursor.fetchone() == (0,)

        cursor.execute("CREATE TABLE odd (number int)")
        cursor.execute("ALTER TABLE billing_event DISABLE TRIGGER USER")


@committing
def test_the_readonly_alias_reads_what_is_committed():
    Group.objects.create(name="support")

    assert Group.objects.using("readonly").get().name == "support"


@committing
def test_the_readonly_alias_is_a_connection_of_its_own():
    Group.objects.using("readonly").exists()

    assert connections["readonly"].connection is not connections["default"].connection


@committing
def test_a_write_through_the_readonly_alias_is_refused_by_the_database():
    with pytest.raises(DatabaseError, match=r"read-?only"):
        Group.objects.using("readonly").create(name="support")


@committing
@pytest.mark.postgres
def test_a_transaction_on_the_readonly_alias_sees_one_picture_of_the_data():
    from django.db import transaction

    with transaction.atomic(using="readonly"):
        before = Group.objects.using("readonly").count()
        Group.objects.create(name="support")

        assert Group.objects.using("readonly").count() == before


@committing
def test_a_thread_works_on_the_same_test_database():
    def create() -> None:
        Group.objects.create(name="support")
        connections.close_all()

    thread = Thread(target=create)
    thread.start()
    thread.join()

    assert Group.objects.get().name == "support"


@committing
def test_a_process_works_on_the_same_test_database(process_environment):
    code = (
        "import django; django.setup(); "
        "from django.contrib.auth.models import Group; Group.objects.create(name='support')"
    )

    subprocess.run([sys.executable, "-c", code], env=process_environment, check=True)

    assert Group.objects.get().name == "support"


@pytest.mark.django_db
@pytest.mark.parametrize("turn", ["first", "second"])
def test_a_test_that_does_not_commit_is_rolled_back(turn):
    assert not Group.objects.exists()

    Group.objects.create(name="left behind")
