"""Numbers without gaps, by series and year of the day of issue."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from threading import Thread

import pytest
from django.db import connections, transaction

from billing.models import NumberSeries
from billing.numbering import draw, number

JUNE = datetime(2026, 6, 1, 12, tzinfo=UTC)


def clock_of(*instants: datetime):
    ticks: Iterator[datetime] = iter(instants)
    return lambda: next(ticks)


def draw_at(instant: datetime, **wanted: int):
    with transaction.atomic():
        return draw(wanted=wanted, zone="Europe/Prague", clock=lambda: instant)


@pytest.mark.django_db
def test_numbers_go_on_where_the_last_ones_ended():
    draw_at(JUNE, SL=3)

    drawn = draw_at(JUNE, SL=2, CN=1)

    assert drawn.first == {"SL": 4, "CN": 1}
    assert NumberSeries.objects.get(code="SL").last == 5


@pytest.mark.django_db
def test_a_series_that_is_not_wanted_is_not_touched():
    drawn = draw_at(JUNE, SL=1, CN=0)

    assert drawn.first == {"SL": 1}
    assert not NumberSeries.objects.filter(code="CN").exists()


@pytest.mark.django_db
def test_the_year_is_that_of_the_sellers_local_day():
    draw_at(JUNE, SL=7)

    drawn = draw_at(datetime(2026, 12, 31, 23, 30, tzinfo=UTC), SL=1)

    assert (drawn.issued_on, drawn.first) == (date(2027, 1, 1), {"SL": 1})


@pytest.mark.django_db
def test_a_year_that_ends_while_waiting_for_the_lock_gives_numbers_of_the_new_year():
    before, after = (
        datetime(2026, 12, 31, 22, 59, tzinfo=UTC),
        datetime(2026, 12, 31, 23, tzinfo=UTC),
    )

    with transaction.atomic():
        drawn = draw(wanted={"SL": 1}, zone="Europe/Prague", clock=clock_of(before, after, after))

    assert drawn.issued_at == after
    assert (drawn.year, drawn.first) == (2027, {"SL": 1})
    assert NumberSeries.objects.get(code="SL", year=2026).last == 0


@pytest.mark.django_db
def test_a_rollback_gives_the_numbers_back():
    draw_at(JUNE, SL=3)

    with transaction.atomic():
        draw(wanted={"SL": 5}, zone="UTC", clock=lambda: JUNE)
        transaction.set_rollback(True)

    assert draw_at(JUNE, SL=1).first == {"SL": 4}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_pages_that_draw_at_the_same_time_share_neither_a_number_nor_leave_a_gap():
    taken: list[int] = []

    def take_often() -> None:
        for _ in range(20):
            with transaction.atomic():
                first = draw(wanted={"SL": 3, "CN": 1}, zone="UTC", clock=lambda: JUNE).first
                taken.extend(range(first["SL"], first["SL"] + 3))
        connections.close_all()

    threads = [Thread(target=take_often) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(taken) == list(range(1, 4 * 20 * 3 + 1))


def test_a_number_names_series_and_year():
    assert number(series="SL", year=2026, sequence=42) == "SL-2026-000042"
    assert number(series="CN", year=2026, sequence=1_234_567) == "CN-2026-1234567"
