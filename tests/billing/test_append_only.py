"""What is written once stays as it was: the models refuse, and so does the database itself."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Model
from djmoney.money import Money

from accounts import deeds
from accounts.append_only import WrittenOnce, append_only_models
from accounts.models import AccountEvent
from billing import contacts, ledger
from billing.models import (
    CalledOff,
    ChangeRequest,
    Correction,
    DealtWith,
    Dispute,
    DisputeMove,
    Invoice,
    Order,
    Payment,
    RefundAttempt,
    RequestMessage,
)
from licensing.models import UsageLimitStep
from tests.billing.running import bill
from tests.factories import (
    MemberFactory,
    PriceFactory,
    SellerFactory,
    SubscriptionFactory,
    TaxRateFactory,
    UserFactory,
    instant,
)
from tests.lasting import lasting

TRIGGERS = {
    "postgresql": """
        SELECT event_object_table, event_manipulation FROM information_schema.triggers
        WHERE action_timing = 'BEFORE' AND trigger_name LIKE '%refuse%'
    """,
    "sqlite": """
        SELECT tbl_name, substr(name, instr(name, '_refuse_') + 8)
        FROM sqlite_master WHERE type = 'trigger'
    """,
}
WRITTEN_ONCE = pytest.mark.parametrize(
    "model", append_only_models(), ids=lambda model: model._meta.db_table
)

pytestmark = pytest.mark.django_db


@lasting
def book() -> None:
    """At least one row in each table that is written once."""
    SellerFactory()
    TaxRateFactory()
    PriceFactory(code="seat")
    member = MemberFactory()
    deeds.write(
        account_id=member.account_id,
        kind=AccountEvent.Kind.COMPANY,
        at=instant("2026-01-01"),
        by=deeds.NOBODY,
    )
    contacts.count_anew(
        account_id=member.account_id,
        stored=1,
        at=instant("2026-01-01"),
        by=deeds.NOBODY,
        note="",
    )
    UsageLimitStep.objects.create(
        account=member.account, service="ai-qa", at=instant("2026-01-01"), over=1
    )
    SubscriptionFactory(account=member.account, items={"seat": 1})
    bill(at=instant("2026-01-01"))
    invoice = Invoice.objects.get()
    payment = Payment.objects.create(
        payer=invoice.payer, invoice=invoice, amount=Money("12.10", "EUR"),
        at=instant("2026-01-10"), gateway="bank", reference="1",
    )  # fmt: skip
    ledger.enter_payment(payment)
    Correction.objects.create(
        note=invoice, reason="Sold by mistake", person=UserFactory(), at=instant("2026-01-11")
    )
    refund = RefundAttempt.objects.create(
        payment=payment, payer=invoice.payer, number=1, amount=payment.amount, state="refused",
        note="Sold by mistake", person=UserFactory(), queued_at=payment.at, next_try_at=payment.at,
    )  # fmt: skip
    DealtWith.objects.create(
        refund=refund, reason="Transferred it", person=refund.person, at=payment.at
    )
    dispute = Dispute.objects.create(
        gateway="sandbox", reference="1", payment=payment, payer=invoice.payer,
        amount=payment.amount, state="won", opened_at=payment.at, heard_at=payment.at,
    )  # fmt: skip
    DisputeMove.objects.create(dispute=dispute, number=1, payment=payment, credit=0)
    request = ChangeRequest.objects.create(
        account=member.account, kind="question", source="portal", opened_at=payment.at,
        since=payment.at,
    )  # fmt: skip
    RequestMessage.objects.create(request=request, deed="opened", at=payment.at)
    order = Order.objects.create(
        account=member.account, payer=invoice.payer, person=UserFactory(), token="1",
        at=payment.at, fingerprint="", changes=[], quote={}, total=payment.amount,
        pays_by="card", state="cancelled",
    )  # fmt: skip
    CalledOff.objects.create(order=order, reason="Sold no more", person=order.person, at=payment.at)


def in_sql(statement: str) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.rowcount


def test_the_list_is_the_one_of_decision_14():
    assert [model.__name__ for model in append_only_models()] == [
        "AccountEvent", "MemberEvent", "Bill", "CalledOff", "ContactEntry", "Correction",
        "DealtWith", "DisputeMove", "Event", "Invoice", "LedgerEntry", "Line", "Payment",
        "PricePin", "RequestMessage", "SellerDetails", "UsageLimitStep",
    ]  # fmt: skip


def test_after_all_migrations_the_database_guards_exactly_these_tables():
    with connection.cursor() as cursor:
        cursor.execute(TRIGGERS[connection.vendor])
        guarded = set(cursor.fetchall())

    tables = [model._meta.db_table for model in append_only_models()]
    verbs = ["UPDATE", "DELETE", *(["REPLACE"] if connection.vendor == "sqlite" else [])]
    assert guarded == {(table, verb) for table in tables for verb in verbs}


@WRITTEN_ONCE
def test_no_row_is_replaced_by_an_insert(book, model: type[Model]):
    table = model._meta.db_table
    rows = list(model._default_manager.order_by("pk").values_list())
    statement = {
        "sqlite": f"REPLACE INTO {table} SELECT * FROM {table}",
        "postgresql": f"INSERT INTO {table} SELECT * FROM {table}"
        " ON CONFLICT (id) DO UPDATE SET id = excluded.id",
    }[connection.vendor]

    with pytest.raises(DatabaseError, match="written once"):
        in_sql(statement)

    assert list(model._default_manager.order_by("pk").values_list()) == rows


@WRITTEN_ONCE
@pytest.mark.parametrize("verb", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_database_refuses_to_change_or_delete(book, model: type[Model], verb):
    table = model._meta.db_table
    rows = model._default_manager.count()
    assert rows

    with pytest.raises(DatabaseError, match=f"{table} is written once"):
        in_sql(verb.format(table))

    assert model._default_manager.count() == rows


@WRITTEN_ONCE
@pytest.mark.postgres
def test_the_database_refuses_to_empty(model: type[Model]):
    with pytest.raises(DatabaseError, match="is written once"):
        in_sql(f"TRUNCATE {model._meta.db_table} CASCADE")


@WRITTEN_ONCE
def test_the_model_refuses_before_the_database_is_asked(book, model: type[Model]):
    row = model._default_manager.first()
    assert row is not None

    with pytest.raises(WrittenOnce, match="written once"):
        row.save()
    with pytest.raises(WrittenOnce, match="written once"):
        row.delete()
    with pytest.raises(WrittenOnce, match="written once"):
        model._default_manager.update(pk=row.pk)
    with pytest.raises(WrittenOnce, match="written once"):
        model._default_manager.all().delete()


def test_other_tables_may_change(book):
    assert in_sql("UPDATE billing_item SET quantity = quantity") == 1
