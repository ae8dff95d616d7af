"""Pages of a run: one worker at a time, and free again when it falls silent."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from billing import leases
from billing.models import BillingRun, RunPage

NOW = datetime(2026, 2, 1, 10, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> BillingRun:
    run = BillingRun.objects.create(at=NOW, source="command", state="running", started_at=NOW)
    for number in (1, 2):
        RunPage.objects.create(
            run=run, number=number, first_payer=number, last_payer=number, payers=1
        )
    return run


def claim(run: BillingRun, worker: str, at: datetime = NOW) -> int | None:
    page = leases.claim(run_id=run.pk, worker=worker, at=at)
    return page.number if page else None


def claimed(run: BillingRun, at: datetime = NOW) -> RunPage:
    page = leases.claim(run_id=run.pk, worker="a", at=at)
    assert page is not None
    return page


def test_each_page_is_claimed_once(run):
    assert [claim(run, "a"), claim(run, "b"), claim(run, "a")] == [1, 2, None]


def test_a_page_of_a_silent_worker_is_free_once_its_lease_has_run_out(run):
    claim(run, "silent")
    claim(run, "b")

    just_before = claim(run, "c", NOW + leases.lease() - timedelta(seconds=1))
    afterwards = claim(run, "c", NOW + leases.lease())

    assert (just_before, afterwards) == (None, 1)


def test_work_that_is_counted_renews_the_lease(run):
    claim(run, "slow")
    claim(run, "b")
    later = NOW + leases.lease() - timedelta(seconds=1)

    leases.add(run.pages.get(number=1).pk, at=later, invoices=1, done=False)

    assert claim(run, "c", NOW + leases.lease()) == 2


def test_a_page_that_is_given_back_is_free_at_once(run):
    page = claimed(run)

    leases.give_back(page)

    assert claim(run, "b") == 1


def test_a_page_cannot_be_given_back_by_a_worker_that_has_lost_it(run):
    lost = claimed(run)
    leases.claim(run_id=run.pk, worker="b", at=NOW + leases.lease())

    leases.give_back(lost)

    assert run.pages.get(number=1).state == RunPage.State.CLAIMED


def test_a_page_that_is_done_stays_done_and_keeps_its_figures(run):
    page = claimed(run)
    leases.add(page.pk, at=NOW, invoices=2, amounts={"EUR": Decimal("10.10")}, done=True)

    leases.add(page.pk, at=NOW, invoices=0, amounts={}, done=True)

    page.refresh_from_db()
    assert (page.state, page.invoices, page.amounts) == ("done", 2, {"EUR": "10.10"})
    assert claim(run, "b", NOW + timedelta(days=1)) == 2


def test_amounts_add_up_by_currency(run):
    page = claimed(run)

    leases.add(page.pk, at=NOW, amounts={"EUR": Decimal("0.10")}, done=False)
    leases.add(page.pk, at=NOW, amounts={"EUR": Decimal("0.20"), "JPY": Decimal("5")}, done=False)

    page.refresh_from_db()
    assert page.amounts == {"EUR": "0.30", "JPY": "5"}
