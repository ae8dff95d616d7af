"""`manage.py bill`: when, for whom, what it says, and how it ends."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from billing.management.commands.bill import _day, _instant
from billing.models import BillingRun, Invoice, Payment, RunFailure
from tests.billing.running import clock
from tests.factories import AccountFactory, PriceFactory, SellerFactory, SubscriptionFactory
from tests.lasting import lasting

pytestmark = pytest.mark.django_db

AT = "2026-03-15T10:00:00+00:00"


@lasting(autouse=True)
def customer():
    SellerFactory()
    PriceFactory(code="seat")
    account = AccountFactory(tax_exempt=True)
    SubscriptionFactory(account=account, items={"seat": 5})
    return account


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("bill", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_it_bills_who_is_due_and_says_what_it_did():
    words = said("--at", AT)

    assert [line.split() for line in words.splitlines()[1:]] == [
        ["due", "1", "payers"],
        ["issued", "3", "documents"],
        ["failures", "0", "payers"],
        ["total", "150.00", "EUR"],
    ]
    assert Invoice.objects.count() == 3


def test_on_a_date_means_once_that_date_has_begun_everywhere_on_earth():  # decision 2
    assert _day("2026-03-01") == datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_an_instant_is_turned_to_utc():
    assert _instant("2026-03-01T00:00:00+01:00") == datetime(2026, 2, 28, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--at", "2026-03-01T00:00"], "Write date, time and offset"),
        (["--on", "1 March"], "Write it like 2026-03-01"),
        (["--workers", "0"], "Write a whole number from 1 up"),
        (["--page-size", "501"], "A page has 1 to 500 payers"),
        (["--account", "abc"], "'abc' is no number of a row. The admin shows it"),
        (["--account", "9" * 30], "is no number of a row"),
        (["--account", "987654"], "There is no account 987654"),
        (["--run", "987654"], "There is no run 987654"),
        (["--run", "0"], "There is no run 0"),
        (["--run", "1", "--dry-run"], "--run goes on with a run as it was started"),
        (["--run", "1", "--account", "3"], "Leave out --dry-run, --account and --page-size"),
        (["--at", "9999-12-31T23:59:59-12:00"], "Choose a day from 1990 to 2199"),
        (["--at", "0001-01-01T00:00:00+14:00"], "Choose a day from 1990 to 2199"),
        (["--dry-run", "--on", "9999-12-31"], "Choose a day from 1990 to 2199"),
        (["--at", "2199-01-01T00:00:00Z"], "has not come yet"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_billed(arguments, expected):
    with pytest.raises(CommandError, match=expected):
        said(*arguments)

    assert not Invoice.objects.exists()


def test_only_the_payer_of_one_account():
    other = AccountFactory()
    SubscriptionFactory(account=other, items={"seat": 1})

    said("--at", AT, "--account", str(other.pk))

    assert set(Invoice.objects.values_list("payer", flat=True)) == {other.pk}


def test_the_documents_can_be_printed_as_json():
    documents = [json.loads(line) for line in said("--at", AT, "--documents").splitlines()]

    assert [one["cycle_date"] for one in documents] == ["2026-01-01", "2026-02-01", "2026-03-01"]
    assert {one["total"] for one in documents} == {"50"}


def test_a_run_that_stopped_goes_on():
    from billing import run

    at = datetime.fromisoformat(AT)
    stopped = run.start(at=at, clock=clock(at), source="command")

    said("--run", str(stopped.pk))

    stopped.refresh_from_db()
    assert stopped.state == BillingRun.State.DONE
    assert Invoice.objects.count() == 3


def test_it_can_charge_at_once():
    words = said("--at", AT, "--collect")

    assert Payment.objects.count() == 3
    assert "charged" in words


def test_a_failure_is_named_and_the_exit_tells():
    from billing.models import Bill, Subscription

    Bill.objects.create(
        subscription=Subscription.objects.get(), reason="cycle", number=0, subtotal=0, state={},
        starts_on=date(2026, 1, 1), ends_on=date(2026, 2, 1), at=datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    out = StringIO()

    with pytest.raises(CommandError, match="1 payer could not be billed"):
        call_command("bill", "--at", AT, stdout=out)

    assert f"payer {RunFailure.objects.get().payer_id}:" in out.getvalue()
