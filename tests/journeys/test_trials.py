"""Trials told in days through the jobs: one is bought, and its plan goes up; one just ends."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Final

import pytest

from accounts import mail
from accounts.access import Standing
from accounts.models import Letter
from billing import collecting, trial_ends, trial_notices
from billing.auditing import audit
from billing.models import Invoice, PaymentAttempt, Receivable, Trial
from tests.billing import plan_book
from tests.billing.buying import GATEWAY
from tests.billing.running import bill, clock
from tests.billing.test_levels import in_force, takes
from tests.billing.test_trials import ended, grant, keep, told
from tests.factories import PriceFactory, instant

pytestmark = pytest.mark.django_db(databases=["default", "readonly"])

# Half past eight in the morning, and half past midnight of the next day in Prague.
_HOURS: Final = (timedelta(hours=7, minutes=30), timedelta(hours=23, minutes=30))


@pytest.fixture
def here() -> Standing:
    """Marketing Plus, 84.00 a month from 31 January; 20 agents at 28.00 free until 20 February."""
    found = plan_book.holder()
    PriceFactory(code="agents", amount=28)
    grant(found)
    return found


def days(first: str, until: str) -> None:
    """Each day twice, each time twice over: trials end, the run bills, cards pay, letters go."""
    day, last = instant(f"{first} 00:00"), instant(f"{until} 00:00")
    while day < last:
        for at in (day + hour for hour in _HOURS):
            for _ in range(2):
                trial_ends.end_due(at=at)
                trial_notices.tell_ahead(at=at)
                bill(at=at)
                collecting.collect(clock=clock(at), gateway=GATEWAY)
                mail.deliver_due(clock=clock(at))
        day += timedelta(days=1)
    assert list(map(str, audit())) == []


def totals(reason: str) -> list[Decimal]:
    """Of the invoices after the first one, the oldest first."""
    found = Invoice.objects.filter(reason=reason).order_by("pk")
    return [one.total.amount for one in found if one.cycle_date.isoformat() > "2026-01-31"]


def test_three_and_then_five_are_kept_and_the_plan_goes_up_meanwhile(here):  # JOBS-4, PLAN-5
    """Pro on 10 February: 112.00 less 84.00 for 18 of 28 days. 5 agents from the 20th: 8 days."""
    days("2026-02-03", "2026-02-05")
    assert told("trial_ends") == []
    keep(here, 3, at=instant("2026-02-04 09:00"))
    days("2026-02-05", "2026-02-10")
    assert len(told("trial_ends")) == 1
    takes(here, "marketing-pro", at=instant("2026-02-10 09:00"))
    keep(here, 5, at=instant("2026-02-12 09:00"))
    days("2026-02-12", "2026-02-19")
    assert "agents" not in in_force()

    days("2026-02-19", "2026-03-03")

    assert (in_force()["agents"], ended()) == (5, Trial.Ended.BOUGHT)
    # 28.00 × 18/28 = 18.00 and 5 × 28.00 × 8/28 = 40.00, each with 21 % of tax.
    assert totals("change") == [Decimal("21.78"), Decimal("48.40")]
    # Pro with its three seats, 112.00, and 5 × 28.00, with tax.
    assert totals("cycle") == [Decimal("304.92")]
    assert set(PaymentAttempt.objects.values_list("state", flat=True)) == {"charged"}
    assert set(Receivable.objects.values_list("state", flat=True)) == {"paid"}
    assert len(told("trial_ended")) == 1
    assert not Letter.objects.filter(state=Letter.State.WAITING).exists()


def test_one_that_nobody_keeps_just_ends(here):  # JOBS-4, CONV-7
    days("2026-02-03", "2026-03-03")

    assert ("agents" in in_force(), ended()) == (False, Trial.Ended.OVER)
    assert totals("change") == []
    assert totals("cycle") == [Decimal("101.64")]
    assert [len(told(f"trial_{name}")) for name in ("granted", "ends", "ended")] == [1, 1, 1]
    assert "nothing is charged" in told("trial_ended")[0]


def test_one_that_was_kept_and_not_any_more_just_ends_too(here):  # JOBS-4
    keep(here, 5)
    keep(here, 0, at=instant("2026-02-19 09:00"))

    days("2026-02-19", "2026-02-21")

    assert ended() == Trial.Ended.OVER
    assert totals("change") == []
