"""Querysets that are built once and read together: the same rows as each of them reads alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import (
    NotSupportedError,
    close_old_connections,
    connection,
    connections,
    transaction,
)
from django.db.models import Count, F, JSONField, Value
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, InboxMessage, Member, User
from accounts.statements import Statement
from billing.models import Price
from tests.factories import AccountFactory, MemberFactory, PriceFactory

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def _asked(account, names, since):
    members = Member.objects.filter(account=account).select_related("account", "user")
    return (
        members.order_by("-name"),
        Account.objects.filter(name__in=names).order_by("name").values_list("name", "opened_at"),
        User.objects.filter(members__account=account, joined_at__gte=since)
        .annotate(of=Count("members"), also=F("email"))
        .order_by("pk"),
    )


ASKED = Statement(_asked)


@pytest.fixture
def account():
    found = AccountFactory(name="Alpha")
    for name in ("Ada", "Ben", "Cyd"):
        MemberFactory(account=found, name=name, signs_in=True)
    return found


def test_each_queryset_has_the_rows_that_it_has_alone_in_its_order(account):
    other = AccountFactory(name="Beta")
    MemberFactory(account=other, name="Zoe", signs_in=True)

    for one, names in ((account, ["Beta", "Alpha"]), (other, ["Beta"]), (account, ["Nobody"])):
        read = ASKED.read(account=one.pk, names=names, since=AT - timedelta(days=9999))

        assert read == [list(rows) for rows in _asked(one.pk, names, AT - timedelta(days=9999))]


def test_what_is_read_beside_a_row_is_not_read_again(account, django_assert_num_queries):
    with django_assert_num_queries(1):
        members, _, people = ASKED.read(
            account=account.pk, names=["x"], since=datetime.min.replace(tzinfo=UTC)
        )
        told = [(one.name, one.account.name, one.user.email) for one in members]

    assert [name for name, _, _ in told] == ["Cyd", "Ben", "Ada"]
    assert [(one.of, one.also) for one in people] == [(1, one.email) for one in people]
    assert {name for _, name, _ in told} == {"Alpha"}


def test_values_are_those_of_the_querysets_whatever_their_kind(account):
    PriceFactory(code="odd", amount=Decimal("19.900"), allowance=2**40)
    MemberFactory(account=account, name='Z"oë\\ {%s}\t\U0001f600', bot=True)
    details = {"name": 'Z"oë\\', "list": [1, 2.5, None, {"at": "2026-03-01"}], "number": 2**60}
    person = account.members.exclude(user=None)[0].user
    for key, one in (("all", details), ("text", "x"), ("none", Value(None, JSONField()))):
        InboxMessage.objects.create(person=person, account=account, key=key, details=one, at=AT)

    def asked(account, code):
        members = Member.objects.filter(account=account).order_by("pk")
        prices = Price.objects.filter(product__code=code)
        told = InboxMessage.objects.filter(account=account).order_by("pk")
        return (
            members.values_list("name", "bot", "account__opened_at", "account__closed_at"),
            prices.values_list("amount", "allowance", "valid_from", "size", "product"),
            told.values_list("details", "details__list", "details__missing"),
            told.annotate(name_in=F("details__name")),
        )

    with CaptureQueriesContext(connection) as seen:
        read = Statement(asked).read(account=account.pk, code="odd")

    alone = [list(rows) for rows in asked(account.pk, "odd")]
    assert list(map(repr, read)) == list(map(repr, alone))
    assert list(map(_documents, read[-1])) == list(map(_documents, alone[-1]))
    assert ("json_agg" in seen[-1]["sql"]) is (connection.vendor == "postgresql")


def _documents(message):
    return message.details, message.name_in


def test_instants_are_compared_as_they_are(account):
    _, _, none = ASKED.read(account=account.pk, names=["x"], since=datetime(2999, 1, 1, tzinfo=UTC))

    assert none == []


def test_one_queryset_may_stand_alone(account, django_assert_num_queries):
    alone = Statement(lambda account: (Member.objects.filter(account=account).order_by("pk"),))
    alone.read(account=0)

    with django_assert_num_queries(1):
        [members] = alone.read(account=account.pk)

    assert [one.name for one in members] == ["Ada", "Ben", "Cyd"]


@pytest.mark.parametrize("many", [1, 2, 3, 5])
def test_a_collection_may_be_of_any_length(account, many):
    names = ["Alpha", *(f"none {number}" for number in range(many - 1))]

    _, accounts, _ = ASKED.read(account=account.pk, names=names, since=AT)

    assert [name for name, _ in accounts] == ["Alpha"]


def test_what_is_computed_of_an_argument_is_refused():
    later = Statement(lambda at: (User.objects.filter(joined_at__gt=at - timedelta(days=1)),))

    with pytest.raises(ValueError, match="computes"):
        later.read(at=AT)


def test_what_hangs_on_an_argument_is_refused():
    def build(number):
        rows = Account.objects.filter(pk=number)
        return (rows if number % 1_000_000 < 500_000 else rows.filter(name="x"),)

    with pytest.raises(ValueError, match="hangs"):
        Statement(build).read(number=1)


def test_an_argument_that_nothing_is_compared_with_is_refused():
    with pytest.raises(ValueError, match="nothing about unused"):
        Statement(lambda account, unused: (Account.objects.filter(pk=account),)).read(
            account=1, unused=2
        )


def test_nothing_cannot_be_asked_about():
    with pytest.raises(ValueError, match="not about nothing"):
        ASKED.read(account=1, names=[], since=AT)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_column_that_a_migration_widened_is_read_by_who_has_planned_it_before():
    """A deployment migrates, and then stops the old processes: until then they answer."""
    account = AccountFactory(city="Brno")
    where = Statement(lambda account: (Account.objects.filter(pk=account).values_list("city"),))
    for _ in range(3):
        assert where.read(account=account.pk) == [[("Brno",)]]

    with widened():
        assert where.read(account=account.pk) == [[("Brno",)]]
    assert where.read(account=account.pk) == [[("Brno",)]]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_within_a_transaction_it_fails_once_for_a_connection():
    account = AccountFactory(city="Brno")
    where = Statement(lambda account: (Account.objects.filter(pk=account).values_list("city"),))
    for _ in range(3):
        where.read(account=account.pk)

    with widened():
        with pytest.raises(NotSupportedError), transaction.atomic():
            where.read(account=account.pk)
        close_old_connections()  # as between two requests
        with transaction.atomic():
            assert where.read(account=account.pk) == [[("Brno",)]]


@contextmanager
def widened() -> Iterator[None]:
    """A city has more letters meanwhile, as another connection has made it."""
    changes = "ALTER TABLE accounts_account ALTER COLUMN city TYPE varchar"
    beside = connections["default"].copy()
    try:
        with beside.cursor() as cursor:
            cursor.execute(f"{changes}(101)")
        yield
        with beside.cursor() as cursor:
            cursor.execute(f"{changes}(100)")
    finally:
        beside.close()


def test_a_long_statement_is_sent_as_it_is_however_many_signs_it_has(account):
    account.name = "50 % off, %s and $1"
    account.save()
    names = [account.name, *(f"Nobody {number} %" for number in range(300))]

    def build(account_id):
        own = Account.objects.filter(pk=account_id)
        return (own.filter(name__in=names), own.filter(name__contains="% off, %s and $1"))

    statement = Statement(build)

    assert [statement.read(account_id=account.pk) for _ in range(3)] == [[[account]] * 2] * 3
