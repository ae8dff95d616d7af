"""Charges by product: twelve months as they were invoiced, and the next three as the run will."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.access import Standing
from billing import collecting
from billing.forecast import forecast, month_after
from billing.models import Invoice
from billing.months import AHEAD, BEHIND, months
from billing.spending import charged
from tests.billing.buying import GATEWAY, buy, customer, waiting
from tests.billing.running import bill, clock
from tests.factories import AccountFactory, MemberFactory, PriceFactory, instant
from tests.lasting import lasting

pytestmark = pytest.mark.django_db

here = lasting(customer)

MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)


def total_of(month: date) -> Decimal:
    """What the documents issued in this month come to."""
    found = Invoice.objects.filter(issued_on__gte=month, issued_on__lt=month_after(month, 1))
    return sum((one.total.amount for one in found), Decimal(0))


def test_each_month_adds_up_to_its_documents(here):  # PLAN-1
    buy(here, seat=8)
    buy(here, at=instant("2026-02-27 12:00"), seat=9)

    found = charged(payer=here.account, since=date(2026, 1, 1))

    assert found[date(2026, 1, 1)].by_product == {"seat": Decimal("95.00")}
    february = found[date(2026, 2, 1)]
    # 3 seats for 8 of 28 days are 16.29, one more for its last is 0.68.
    assert february.by_product == {"seat": Decimal("16.97")}
    assert february.total == total_of(date(2026, 2, 1)) == Decimal("20.53")
    assert february.total == february.by_product["seat"] - february.discount + february.tax


def test_the_forecast_is_what_the_run_then_charges(here):  # PLAN-1
    buy(here, seat=8)
    buy(here, at=instant("2026-02-21 12:00"), seat=6)  # waits for the renewal

    ahead = forecast(payer=here.account, at=instant("2026-02-22 12:00"), months=3)

    assert ahead.known
    assert not ahead.estimated
    for day in ("2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"):
        bill(at=instant(f"{day} 08:00"))
    came = charged(payer=here.account, since=date(2026, 2, 28))
    assert ahead.months == came
    assert came[MARCH].by_product == {"seat": Decimal("114.00")}


def test_nothing_is_written_by_a_forecast(here):
    with CaptureQueriesContext(connection) as asked:
        forecast(payer=here.account, at=instant("2026-02-22 12:00"), months=3)

    assert not [one["sql"] for one in asked if not one["sql"].lstrip("(").startswith("SELECT")]


def test_what_is_counted_later_makes_an_estimate_of_it(here):  # PLAN-1
    assert not forecast(payer=here.account, at=instant("2026-02-22 12:00"), months=1).estimated

    PriceFactory(code="voice", basis="peak", timing="arrears", amount=Decimal(30))
    buy(here, voice=2)

    assert forecast(payer=here.account, at=instant("2026-02-22 12:00"), months=1).estimated


def test_while_an_order_is_paid_there_is_no_forecast(here):
    waiting(here, seat=7)

    assert not forecast(payer=here.account, at=instant("2026-02-20 13:00"), months=3).known


def test_a_row_says_whether_its_month_is_behind_or_ahead(here):  # PLAN-1
    buy(here, seat=8)

    shown = months(payer=here.account, at=instant("2026-02-21 12:00"), language="en")

    assert len(shown.rows) == BEHIND + 1 + AHEAD
    assert [column.name for column in shown.columns] == ["Seat"]
    states = {row.label: (row.partly, row.ahead) for row in shown.rows}
    assert states["Jan 2026"] == (False, False)
    assert states["Feb 2026"] == (True, False)
    assert states["Mar 2026"] == (False, True)
    february = next(row for row in shown.rows if row.label == "Feb 2026")
    # 16.29 was charged, and 8 × 19.00 come on the 28th.
    assert [str(one.amount) for one in february.amounts] == ["168.29"]


def test_many_products_are_named_up_to_five_and_the_rest_together(here):
    for number in range(7):
        PriceFactory(code=f"extra-{number}", amount=Decimal(10 + number))
        changes: dict[str, Any] = {f"extra-{number}": 1}
        buy(here, **changes)

    shown = months(payer=here.account, at=instant("2026-02-21 12:00"), language="en")

    assert [column.name for column in shown.columns][-1] == "Other products"
    assert len(shown.columns) == 6
    assert len({column.colour for column in shown.columns}) == 6
    for row in shown.rows:
        parts = sum(one.amount for one in row.amounts)
        assert parts + row.discount.amount + row.tax.amount == row.total.amount


def page_of(here: Standing) -> str:
    return reverse("billing:charges", args=[here.account.pk])


def test_the_page_asks_as_often_for_a_year_as_for_a_month(here, client: Client):
    client.force_login(here.person)
    client.get(page_of(here))
    with CaptureQueriesContext(connection) as few:
        client.get(page_of(here))
    for month in range(2, 12):
        at = instant(f"2026-{month:02}-28 12:00")
        bill(at=at)
        collecting.collect(clock=clock(at), gateway=GATEWAY)

    with CaptureQueriesContext(connection) as many:
        answer = client.get(page_of(here))

    assert answer.status_code == 200
    assert len(many) <= len(few)


def test_the_page_is_whole_or_its_chart_alone(here, client: Client):
    client.force_login(here.person)

    whole = client.get(page_of(here)).content.decode()
    part = client.get(page_of(here), headers={"HX-Request": "true", "HX-Target": "charges"})

    assert "<html" in whole
    assert "<table" in whole
    assert "<html" not in part.content.decode()
    assert "<svg" in part.content.decode()


def test_where_the_parent_pays_no_amount_is_shown(client: Client):  # RSL-2 AGY-3
    agency = AccountFactory(agency=True)
    child = AccountFactory(paid_by=agency, workspace=True)
    boss = MemberFactory(account=child, primary_admin=True, signs_in=True)
    client.force_login(boss.user)

    answer = client.get(reverse("billing:charges", args=[child.pk]))

    assert b"Your agency pays for this account." in answer.content
    assert b'class="chart' not in answer.content
