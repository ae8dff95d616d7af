"""What is nobody's fault: deadlocks and a database that fails are no failures of a payer."""

from __future__ import annotations

import pytest
from django.db import OperationalError, connection

from billing import run
from billing.models import BillingRun, Invoice, RunFailure, RunPage
from tests.billing.running import clock
from tests.factories import PriceFactory, SellerFactory, SubscriptionFactory, instant

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True, databases=["default", "readonly"]),
]

NEW_YEAR = instant("2026-01-01")

BREAKING = """
CREATE SEQUENCE breakdowns;
CREATE FUNCTION break_down() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF nextval('breakdowns') <= {times} THEN
        RAISE EXCEPTION 'broken down' USING ERRCODE = '{code}';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER breaking_down BEFORE INSERT ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION break_down();
"""
DEADLOCK = "40P01"
DISK_FULL = "53100"


@pytest.fixture
def started() -> BillingRun:
    SellerFactory()
    PriceFactory(code="seat")
    for _ in range(3):
        SubscriptionFactory(items={"seat": 1})
    return run.start(at=NEW_YEAR, clock=clock(NEW_YEAR), source="command")


def break_down(table: str, *, code: str, times: int) -> None:
    """The database fails the first so many inserts into this table."""
    with connection.cursor() as cursor:
        cursor.execute(BREAKING.format(table=table, code=code, times=times))


def work(started: BillingRun) -> int:
    return run.work(started.pk, worker="a", clock=clock(NEW_YEAR))


@pytest.mark.parametrize("table", ["billing_bill", "billing_line", "billing_receivable"])
def test_a_deadlock_is_tried_again_and_nobody_has_failed(started, table):
    break_down(table, code=DEADLOCK, times=2)

    work(started)

    assert Invoice.objects.count() == 3
    assert sorted(Invoice.objects.values_list("sequence", flat=True)) == [1, 2, 3]
    assert not RunFailure.objects.exists()


def test_a_database_that_stays_broken_stops_the_worker_and_frees_its_page(started):
    break_down("billing_invoice", code=DISK_FULL, times=1000)

    with pytest.raises(OperationalError, match="broken down"):
        work(started)

    assert RunPage.objects.get().state == RunPage.State.WAITING
    assert not RunFailure.objects.exists()
    assert run.unfinished(at=NEW_YEAR) == [started.pk]


def test_a_connection_that_is_cut_is_opened_again(started):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    cut_when_a_line_is_written(backend)

    work(started)

    assert Invoice.objects.count() == 3
    assert not RunFailure.objects.exists()


def cut_when_a_line_is_written(backend: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF pg_backend_pid() = {backend} THEN
                    PERFORM pg_terminate_backend({backend});
                END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER cutting BEFORE INSERT ON billing_line
                FOR EACH STATEMENT EXECUTE FUNCTION cut();
            """
        )
