"""Rows written in bulk are the rows that were given, on both databases."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import DataError, transaction

from accounts.bulk import insert_rows
from accounts.models import Account, Letter, Member
from billing.models import Bill, BillingRun, RunDraft, TaxRate
from tests.factories import AccountFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db

AT = datetime(2026, 2, 10, 13, 5, 7, 123456, tzinfo=UTC)


def test_values_come_back_as_they_were_given():
    rows = [("CZ", Decimal("21"), date(2024, 1, 1)), ("FI", Decimal("25.5"), date(2024, 9, 1))]

    insert_rows(TaxRate, fields=("country", "percent", "valid_from"), rows=iter(rows))

    assert list(TaxRate.objects.values_list("country", "percent", "valid_from")) == rows


def test_fields_left_out_get_their_default():
    account = AccountFactory()
    names = ("account_id", "reference", "name")

    insert_rows(Member, fields=names, rows=[(account.pk, "m-1", "Tabs\tand \\N and “quotes”\n")])

    member = Member.objects.get()
    assert (member.status, member.bot, member.user) == (Member.Status.INVITED, False, None)
    assert member.name == "Tabs\tand \\N and “quotes”\n"


def test_an_instant_keeps_its_microseconds():
    account = AccountFactory()
    names = ("name", "key", "account", "subject_id", "to", "queued_at", "next_try_at")

    insert_rows(Letter, fields=names, rows=[("invoice", "k", account.pk, 1, "a@b.cz", AT, AT)])

    assert Letter.objects.get().queued_at == AT


def test_more_rows_than_one_block_are_all_written():
    account = AccountFactory()
    rows = ((account.pk, f"m-{number}", "Member") for number in range(5001))

    insert_rows(Member, fields=("account_id", "reference", "name"), rows=rows)

    assert Member.objects.count() == 5001


def test_no_rows_are_no_mistake():
    insert_rows(Member, fields=("account_id", "reference", "name"), rows=[])

    assert not Member.objects.exists()


def test_a_column_that_the_database_computes_is_left_to_it():
    with pytest.raises(ValueError, match="no column 'name_key'"):
        insert_rows(Account, fields=("name_key",), rows=[("x",)])


def test_a_row_of_another_length_is_refused():
    with pytest.raises(ValueError, match="A row has 1 values"):
        insert_rows(TaxRate, fields=("country", "percent", "valid_from"), rows=[("CZ",)])


def test_what_is_json_is_written_as_such():
    document = {"total": "1.00", "lines": [None, {"ř": True}]}
    run = BillingRun.objects.create(at=AT, started_at=AT, source=BillingRun.Source.COMMAND)
    names = ("run_id", "payer_id", "position", "document")

    insert_rows(RunDraft, fields=names, rows=[(run.pk, AccountFactory().pk, 1, document)])

    assert RunDraft.objects.values_list("document", flat=True).get() == document


@pytest.mark.parametrize("amount", ["1000000000000.000", "-1000000000000.000"])
def test_more_digits_than_a_column_has_are_refused(amount):
    plan = SubscriptionFactory()
    day = date(2026, 1, 1)
    row = (plan.pk, Bill.Reason.CYCLE, 0, day, day, AT, Decimal(amount))
    names = ("subscription_id", "reason", "number", "starts_on", "ends_on", "at", "subtotal")

    with pytest.raises(DataError), transaction.atomic():
        insert_rows(Bill, fields=names, rows=[row])

    assert not Bill.objects.exists()


def test_all_digits_that_a_column_has_come_back():
    plan = SubscriptionFactory()
    day, most = date(2026, 1, 1), Decimal("-999999999999.999")
    names = ("subscription_id", "reason", "number", "starts_on", "ends_on", "at", "subtotal")

    insert_rows(Bill, fields=names, rows=[(plan.pk, Bill.Reason.CYCLE, 0, day, day, AT, most)])

    assert Bill.objects.get().subtotal == most
