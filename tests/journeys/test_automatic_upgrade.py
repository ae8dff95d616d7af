"""A contact limit that is raised by itself, told in days: agreed to, used up, billed, used up."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts import mail
from accounts.models import Letter
from billing import collecting
from billing.auditing import audit
from billing.models import Invoice
from tests.billing import plan_book
from tests.billing.agreeing import agree, limit, store, sweep, told
from tests.billing.buying import GATEWAY
from tests.billing.running import bill, clock
from tests.factories import instant

pytestmark = pytest.mark.django_db(databases=["default", "readonly"])


def test_a_winter_in_which_forms_bring_contacts():  # PLAN-10, JOBS-5
    here = plan_book.holder()
    agree(here, 5000, at=instant("2026-02-02 09:00"))
    for day in range(2, 57):
        at = instant("2026-02-01 12:00") + timedelta(days=day)
        store(here, 100, at=at)
        # Beat comes again and again, and so does the run.
        for later in (1, 6):
            sweep(at=at + timedelta(minutes=5 * later))
        bill(at=at)
        collecting.collect(clock=clock(at), gateway=GATEWAY)
        mail.deliver_due(clock=clock(at))

    # The 25th time was on 27 February: 28.00 more for the one day left, and 21 % of tax.
    assert limit(here) == 5000
    assert [str(one.total.amount) for one in Invoice.objects.filter(reason="change")] == ["1.210"]
    assert len(told("contacts_upgraded")) == 1
    renewals = Invoice.objects.exclude(reason="change").order_by("pk")
    # 84.00 and two seats above the one included at 14.00, with tax.
    assert [str(one.total.amount) for one in renewals][1:] == ["135.520"]
    # At 5,000 nothing more was agreed to: the ordinary notices say how much is used.
    assert [one.details["percent"] for one in told("contacts_used")] == [
        50,
        75,
        90,
        100,
        50,
        75,
        90,
        100,
    ]
    assert not Letter.objects.filter(state="queued").exists()
    assert list(audit()) == []
