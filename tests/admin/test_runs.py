"""Runs at the desk: started, watched, retried; a dry run shows what a real one would issue."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.access import Role
from billing import run as running
from billing.models import BillingRun, Invoice, Price, RunDraft, RunFailure
from config.celery import app
from tests.admin import book
from tests.billing.running import bill, clock
from tests.factories import AccountFactory, PriceFactory, SubscriptionFactory, instant

pytestmark = pytest.mark.django_db

NOW = instant("2026-02-01 06:00")
START = "admin:billing_billingrun_add"


def start(client: Client, **fields: str) -> Any:
    return client.post(reverse(START), {"at_0": "", "at_1": "", "account": "", **fields})


def page_of(run: BillingRun) -> str:
    return reverse("admin:billing_billingrun_change", args=[run.pk])


def progress(run: BillingRun) -> str:
    return reverse("admin:billing_billingrun_progress", args=[run.pk])


def broken() -> RunFailure:
    """A payer that could not be billed: its pinned price was spoiled behind our back."""
    (account,) = book.customers(1)
    Price.objects.update(model=Price.Model.VOLUME, amount=None)
    bill(at=NOW)
    return RunFailure.objects.get(payer=account)


def test_a_run_is_started_with_who_started_it_and_workers_are_called(
    root, broker, django_capture_on_commit_callbacks
):  # JOBS-5
    book.customers(1)

    with django_capture_on_commit_callbacks(execute=True):
        answer = start(root)

    run = BillingRun.objects.latest("pk")
    assert answer["Location"] == page_of(run)
    assert (run.source, str(run.started_by), run.dry_run) == ("admin", "Rita", False)
    assert run.state == BillingRun.State.RUNNING
    assert abs(run.at - timezone.now()) < timedelta(minutes=1)
    assert waiting_in(broker) == 1


def waiting_in(broker: str) -> int:
    import redis

    with redis.Redis.from_url(broker.replace("redis+socket://", "unix://")) as connection:
        return int(connection.llen("celery"))


@pytest.fixture
def no_broker(monkeypatch) -> None:
    """The address of the broker leads nowhere."""
    monkeypatch.setattr(app.conf, "broker_write_url", "redis://127.0.0.1:1/0")
    monkeypatch.setattr(app.amqp, "_producer_pool", None)


@pytest.mark.django_db(transaction=True)
def test_a_run_is_prepared_also_when_no_worker_can_be_called(root, no_broker):
    book.customers(1)

    page = root.get(start(root)["Location"]).content.decode()

    assert BillingRun.objects.latest("pk").state == BillingRun.State.RUNNING
    assert "no worker could be called" in page


def test_an_instant_that_has_not_come_is_for_dry_runs_alone(root):
    day = (timezone.now() + timedelta(days=400)).date()
    ahead = {"at_0": day.isoformat(), "at_1": "06:00"}

    refused = start(root, **ahead)

    assert "has not come" in str(refused.context["adminform"].form.errors["at"])
    assert not BillingRun.objects.exists()
    start(root, **ahead, dry_run="on")
    assert BillingRun.objects.get().at == datetime.combine(day, time(6), UTC)


def test_a_dry_run_does_not_look_more_than_three_years_ahead(root):
    refused = start(root, at_0="2190-01-01", dry_run="on")

    assert "more than three years ahead" in str(refused.context["adminform"].form.errors["at"])
    assert not BillingRun.objects.exists()


def test_a_date_without_a_time_is_its_first_instant(root):
    start(root, at_0="2026-02-01")

    assert BillingRun.objects.get().at == instant("2026-02-01")


@pytest.mark.parametrize(
    "asked",
    [{"at": "abc"}, {"at": "2026-02-31"}, {"account": "abc"}, {"account": "9" * 40}, {"x": "1"}],
    ids=str,
)
def test_nonsense_in_the_address_is_left_out_of_the_form(root, asked):
    assert root.get(reverse(START), asked).status_code == 200
    assert start(root, **{f"{name}_0": text for name, text in asked.items()}).status_code < 500


def test_the_form_begins_with_what_its_address_says(root):
    (account,) = book.customers(1)

    page = root.get(reverse(START), {"at": "2026-02-01 06:00", "account": str(account.pk)})

    form = page.context["adminform"].form
    assert form.initial == {"at": NOW, "account": account}
    assert account.name in page.content.decode()


def test_the_form_says_how_many_are_due_and_each_button_what_it_does(root):
    book.customers(2)

    page = root.get(reverse(START)).content.decode()

    assert "2 payers are due now." in page
    assert "Start the dry run" in page
    assert "Bill who is due" in page
    assert page.count('aria-label="Date"') == page.count('aria-label="Time"') == 1


def test_the_head_of_the_form_says_what_it_starts_and_one_way_leads_there(root):
    form = root.get(reverse(START)).content.decode()
    runs = root.get(reverse("admin:billing_billingrun_changelist")).content.decode()

    assert "Run or dry run" in form[form.index("<h1") : form.index("</h1>")]
    assert "Run or dry run" in runs
    assert "addlink" not in form + runs


def test_a_run_may_be_of_one_account_alone(root):
    first, _ = book.customers(2)

    start(root, account=str(first.pk))

    assert BillingRun.objects.latest("pk").account == first


def test_the_page_moves_while_the_run_goes_on_and_is_drawn_anew_when_it_ends(root):
    book.customers(2)
    run = running.start(at=NOW, clock=clock(NOW), source=BillingRun.Source.ADMIN, payers_a_page=1)
    running.work(run.pk, worker="test", clock=clock(NOW), pages=1)

    going = root.get(progress(run))
    running.work(run.pk, worker="test", clock=clock(NOW))
    ended = root.get(progress(run))

    assert "1 of 2" in going.content.decode()
    assert "every 2s" in going.content.decode()
    assert "HX-Refresh" not in going
    assert "every 2s" not in ended.content.decode()
    assert ended["HX-Refresh"] == "true"


def test_the_page_tells_amounts_by_currency(root):
    book.customers(1)
    PriceFactory(code="desk-seat", currency="USD")
    american = AccountFactory(currency="USD", tax_exempt=True)
    SubscriptionFactory(account=american, items={"desk-seat": 1})

    run = bill(at=NOW)

    page = root.get(page_of(run)).content.decode()
    assert "€10.00" in page
    assert "$20.00" in page


def test_a_failure_says_its_reason_and_is_retried_with_a_click(root):  # JOBS-5
    failure = broken()
    assert failure.reason in root.get(page_of(failure.run)).content.decode().replace("&#x27;", "'")

    Price.objects.update(model=Price.Model.PER_UNIT, amount="10.00")
    answer = root.post(
        reverse("admin:billing_billingrun_retry", args=[failure.run_id, failure.pk]), follow=True
    )

    failure.refresh_from_db()
    assert failure.resolved_at is not None
    issued = Invoice.objects.get(payer=failure.payer, cycle_date="2026-02-01")
    assert f"{failure.payer}: {issued.number} issued." in answer.content.decode()


def test_a_retry_of_what_is_no_longer_due_does_not_say_that_it_billed(root):
    failure = broken()
    Price.objects.update(model=Price.Model.PER_UNIT, amount="10.00")
    bill(at=NOW)

    answer = root.post(
        reverse("admin:billing_billingrun_retry", args=[failure.run_id, failure.pk]), follow=True
    )

    assert f"Nothing is due of {failure.payer} any more" in answer.content.decode()


@pytest.mark.django_db(transaction=True, databases=["default", "readonly"])
def test_a_retry_of_a_dry_run_names_what_would_be_issued(root):
    (account,) = book.customers(1)
    Price.objects.update(model=Price.Model.VOLUME, amount=None)
    failure = RunFailure.objects.get(run=bill(at=NOW, dry_run=True))
    Price.objects.update(model=Price.Model.PER_UNIT, amount="10.00")

    answer = root.post(
        reverse("admin:billing_billingrun_retry", args=[failure.run_id, failure.pk]), follow=True
    )

    assert f"{account}: Invoice of €10.00 would be issued." in answer.content.decode()


def test_a_retry_that_fails_again_says_so(root):
    failure = broken()

    answer = root.post(
        reverse("admin:billing_billingrun_retry", args=[failure.run_id, failure.pk]), follow=True
    )

    failure.refresh_from_db()
    assert failure.tries == 2
    assert "It failed again" in answer.content.decode()


def test_only_roles_that_may_can_start_and_retry(seat):
    failure = broken()
    retry = reverse("admin:billing_billingrun_retry", args=[failure.run_id, failure.pk])

    assert start(seat(Role.READ_ONLY)).status_code == 403
    assert seat(Role.READ_ONLY).post(retry).status_code == 403
    assert "Retry" not in seat(Role.READ_ONLY).get(page_of(failure.run)).content.decode()
    assert seat(Role.SUPPORT).post(retry).status_code == 302
    assert seat(Role.SUPPORT).get(retry).status_code == 405
    assert start(seat(Role.SUPPORT)).status_code == 302


@pytest.mark.django_db(transaction=True, databases=["default", "readonly"])
def test_a_dry_run_shows_each_document_as_the_real_one_issues_it(root):  # JOBS-5
    (account,) = book.customers(1)

    run = bill(at=NOW, dry_run=True)

    page = root.get(page_of(run)).content.decode()
    draft = RunDraft.objects.get(run=run)
    document = root.get(reverse("admin:billing_billingrun_draft", args=[run.pk, draft.pk]))
    assert account.name in page
    assert "€10.00" in document.content.decode()
    assert "nothing of it was issued" in document.content.decode()
    assert not Invoice.objects.filter(cycle_date="2026-02-01").exists()


def test_drafts_and_failures_of_another_run_are_not_found(root):
    failure = broken()
    other = bill(at=NOW)

    retry = reverse("admin:billing_billingrun_retry", args=[other.pk, failure.pk])

    assert root.post(retry).status_code == 404
    draft = reverse("admin:billing_billingrun_draft", args=[other.pk, 1])
    assert root.get(draft).status_code == 404


def test_the_list_shows_what_came_out_of_each_run_and_finds_those_with_failures(root):  # JOBS-5
    failure = broken()
    quiet = bill(at=instant("2026-01-01 07:00"))
    billed = BillingRun.objects.earliest("pk")
    address = reverse("admin:billing_billingrun_changelist")

    def listed(**query: str) -> list[Any]:
        return list(root.get(address, query).context["cl"].result_list)

    outcomes = {run.pk: run.outcome for run in listed()}
    page = root.get(address).content.decode()

    assert (outcomes[billed.pk].documents, outcomes[billed.pk].failures) == (1, 0)
    assert outcomes[billed.pk].amounts == {"EUR": 10}
    assert (outcomes[failure.run_id].documents, outcomes[failure.run_id].failures) == (0, 1)
    assert "€10.00" in page
    assert listed(outcome="failures") == [failure.run]
    assert listed(outcome="documents") == [billed]
    assert quiet in listed()
