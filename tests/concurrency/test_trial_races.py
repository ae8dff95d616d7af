"""Workers that meet at the end of a trial: what was kept in it is written once."""

from __future__ import annotations

import pytest

from billing import trial_ends
from billing.auditing import audit
from billing.models import Event, Trial
from tests.billing.running import bill
from tests.billing.test_trials import GRANTED, OVER, held, keep, told, trying
from tests.concurrency.threads import together

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True, databases=["default", "readonly"]),
]


@pytest.mark.parametrize("turn", range(3))
def test_five_workers_end_it_once(turn):  # JOBS-4, JOBS-5
    here = trying()
    keep(here, 5)

    ended = together(*[lambda: trial_ends.end_due(at=OVER)] * 5)
    bill(at=OVER)

    assert sum(ended) == 1
    assert held(here) == 5
    assert Event.objects.filter(item__product__code="agents").count() == 1
    assert len(told("trial_ended")) == 1
    assert list(audit()) == []


def test_a_worker_meets_who_keeps_another_number_at_the_last_moment():
    here = trying()
    keep(here, 5)

    together(lambda: trial_ends.end_due(at=OVER), lambda: keep(here, 8, at=GRANTED))

    # Whoever came first: what is held is what the trial says was kept.
    trial = Trial.objects.get()
    assert held(here) == trial.keeps in (5, 8)
