"""Finding things at the desk: by what people have at hand, and through an index."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.db.models import Model
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.models import Account, Letter
from billing.models import Invoice, Payment, PaymentAttempt, Receivable, Subscription
from tests.admin import book
from tests.factories import AccountFactory, MemberFactory, UserFactory
from tests.lasting import lasting

pytestmark = pytest.mark.django_db


def listed(client: Client, model: str, **query: str) -> list[Any]:
    page = client.get(reverse(f"admin:{model}_changelist"), query)
    assert page.status_code == 200
    return list(page.context["cl"].result_list)


@pytest.mark.parametrize("term", ["alfa te", "ALFA", "A-77", "bills@a.example", "jan@a.example"])
def test_an_account_is_found_by_what_support_has_at_hand(root, term):
    alfa = AccountFactory(name="Alfa Telefon", reference="A-77", email="bills@a.example")
    AccountFactory(name="Beta", reference="A-78", email="bills@beta.example")
    MemberFactory(account=alfa, email="jan@a.example")

    assert listed(root, "accounts_account", q=term) == [alfa]


def test_an_account_is_found_by_its_id(root):
    AccountFactory(reference="X")
    wanted = AccountFactory(reference="Y")

    assert wanted in listed(root, "accounts_account", q=str(wanted.pk))


def test_a_name_is_found_by_how_it_begins_and_not_by_its_middle(root):
    AccountFactory(name="Alfa Telefon")

    assert listed(root, "accounts_account", q="telefon") == []


def test_searches_take_live_accounts_unless_sandboxes_are_asked_for(root):
    live = AccountFactory(name="Alfa live")
    sandbox = AccountFactory(name="Alfa sandbox", sandbox=True)

    assert listed(root, "accounts_account", q="alfa") == [live]
    assert listed(root, "accounts_account", q="alfa", kind="sandbox") == [sandbox]


def test_a_document_is_found_by_its_number_its_payer_and_its_day_of_issue(root):
    payer, _ = book.customers(2)
    invoice = payer.invoices.get()

    for query in ({"q": invoice.number}, {"q": payer.reference}, {"q": payer.name}):
        assert invoice in listed(root, "billing_invoice", **query)
    assert listed(root, "billing_invoice", q=invoice.number) == [invoice]
    day = {"issued_on__gte": "2026-01-01", "issued_on__lte": "2026-01-01"}
    assert len(listed(root, "billing_invoice", **day)) == 2
    assert listed(root, "billing_invoice", issued_on__gte="2026-01-02") == []


def test_money_is_found_by_the_invoice_the_payer_and_the_banks_number(root):
    payer, _ = book.customers(2)
    payment, invoice = payer.payments.get(), payer.invoices.get()

    for term in (payment.reference, invoice.number, str(payer.reference)):
        assert listed(root, "billing_payment", q=term) == [payment]
    assert listed(root, "billing_paymentattempt", q=invoice.number)[0].payer == payer
    assert listed(root, "billing_receivable", q=invoice.number, state="all")[0].payer == payer


def test_open_amounts_show_what_is_open_unless_all_is_asked_for(root):
    book.customers(2)

    assert listed(root, "billing_receivable") == []
    assert len(listed(root, "billing_receivable", state="all")) == 2


def test_a_list_counts_its_first_rows_alone(root, monkeypatch):
    from accounts.admin import desk

    monkeypatch.setattr(desk, "COUNTED", 3)
    for _ in range(5):
        AccountFactory()

    page = root.get(reverse("admin:accounts_account_changelist"))

    assert page.context["cl"].paginator.more_than_counted
    assert "more than" in page.content.decode()


# Through an index: asked of PostgreSQL with 20,000 rows in each table.

FEW = 100

SEARCHES = {
    "an account's name": (Account, {"q": "customer 19999"}),
    "an account's reference": (Account, {"q": "R-19999"}),
    "an e-mail address": (Account, {"q": "bills19999@example.com"}),
    "the first accounts": (Account, {}),
    "an invoice's number": (Invoice, {"q": "SL-2026-019999"}),
    "an invoice's payer": (Invoice, {"q": "customer 19999"}),
    "a day of issue": (Invoice, {"issued_on__gte": "2001-01-01", "issued_on__lte": "2001-01-02"}),
    "the latest invoices": (Invoice, {}),
    "a payer's payments": (Payment, {"q": "customer 19999"}),
    "a payment's number": (Payment, {"q": "pay_19999"}),
    "attempts that were declined": (PaymentAttempt, {"state": "declined"}),
    "attempts for support": (PaymentAttempt, {"state": "support"}),
    "a payer's open amounts": (Receivable, {"q": "customer 19999"}),
    "the next to be billed": (Subscription, {}),
    "an account by a member's address": (Account, {"q": "m19999@example.com"}),
    "an account by its id": (Account, {"q": "19999"}),
    "an account's letters": (Letter, {"q": "customer 19999"}),
    "letters that failed": (Letter, {"state": "failed"}),
}


def multiply(row: Model, **columns: str) -> None:
    """20,000 rows like this one but for these columns: SQL expressions of n, 10,001 to 30,000."""
    table = row._meta.db_table
    others = [
        field.column
        for field in row._meta.concrete_fields
        if not field.generated and field.column not in columns
    ]
    quoted = ", ".join(f'"{name}"' for name in others)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}, {quoted}) "
            f"SELECT {', '.join(columns.values())}, {quoted} "
            f"FROM {table}, generate_series(10001, 30000) AS n WHERE {row._meta.pk.column} = %s",
            [row.pk],
        )
        cursor.execute(f"ANALYZE {table}")


@lasting
def large_book() -> None:
    (account,) = book.customers(1)
    member = MemberFactory(account=account)
    multiply(
        account,
        **{"id": "n", "payer_id": "n", "name": "'Customer ' || n", "reference": "'R-' || n"},
        email="'bills' || n || '@example.com'",
    )
    multiply(member, id="n", account_id="n", email="'m' || n || '@example.com'")
    numbered = {"id": "n", "payer_id": "n", "sequence": "n", "number": "'SL-2026-0' || n"}
    multiply(account.invoices.get(), issued_on="DATE '2000-01-01' + (n %% 3000)", **numbered)
    multiply(account.receivables.get(), invoice_id="n", payer_id="n")
    of_payer = {"id": "n", "payer_id": "n", "invoice_id": "n"}
    multiply(account.attempts.get(), **of_payer)
    multiply(account.payments.get(), attempt_id="n", reference="'pay_' || n", **of_payer)
    multiply(account.letters.get(), id="n", account_id="n", key="'invoice:' || n")
    multiply(
        account.subscriptions.get(),
        **{"id": "n", "account_id": "n", "payer_id": "n"},
        next_bill_at="next_bill_at + n * INTERVAL '1 minute'",
    )


def plan_of(model: type[Model], query: dict[str, str]) -> str:
    """How PostgreSQL answers the first page of a list, and how much it read for that."""
    request = RequestFactory().get("/", query)
    request.user = UserFactory(superuser=True)
    page: Any = admin.site._registry[model]
    page.request = request
    rows = page.get_changelist_instance(request).get_queryset(request)
    return rows[:50].explain(analyze=True)


def reads_many(model: type[Model], plan: str) -> bool:
    thrown_away = sum(int(rows) for rows in re.findall(r"Rows Removed by Filter: (\d+)", plan))
    return f"Seq Scan on {model._meta.db_table}" in plan or thrown_away > FEW


def test_a_list_without_rows_says_why(root):
    address = reverse("admin:billing_invoice_changelist")

    assert "There are no invoices yet." in root.get(address).content.decode()
    assert "No invoices fit “xyz”." in root.get(address, {"q": "xyz"}).content.decode()
    assert "No invoices fit these filters." in root.get(address, {"state": "open"}).content.decode()


def test_the_search_box_and_its_button_have_names(root):
    page = root.get(reverse("admin:billing_invoice_changelist")).content.decode()

    assert 'aria-label="A number (also 418' in page
    assert ">Search</button>" in page


@pytest.mark.postgres
def test_searches_and_filters_of_20000_rows_read_few_of_them(large_book):  # STAFF-1
    plans = {what: (model, plan_of(model, query)) for what, (model, query) in SEARCHES.items()}

    assert {what: plan for what, (model, plan) in plans.items() if reads_many(model, plan)} == {}


@pytest.mark.postgres
def test_a_search_through_no_index_would_be_noticed(large_book):
    plan = Account.objects.filter(city="Brno").explain(analyze=True)

    assert reads_many(Account, plan)
