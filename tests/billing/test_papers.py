"""Invoices, credit notes, payments and refunds in one list; what is in credit as a statement."""

from __future__ import annotations

import csv
from decimal import Decimal
from io import StringIO

import pytest
from django.test import Client
from django.urls import reverse
from djmoney.money import Money

from accounts.models import Account, Member
from billing import collecting, credit_moves, papers, receivables, transfers
from billing.models import Invoice, Payment
from billing.owed import standing_of
from billing.papers import Kind, State, Wanted
from tests.billing.buying import GATEWAY
from tests.billing.crediting_book import JANUARY, MARCH, raised, two_products
from tests.billing.refunding_book import asked, paid_and_credited, refunded
from tests.billing.running import bill, clock
from tests.billing.test_overview_pages import copy_of, signed_in
from tests.factories import AccountFactory, MemberFactory, instant

pytestmark = pytest.mark.django_db

FEBRUARY = instant("2026-02-01 08:00")


def listed(payer: Account, **wanted: str) -> list[tuple[str, str, str]]:
    found = papers.all_of(payer, wanted=Wanted.read(wanted), language="en", zone="Europe/Prague")
    return [(one.kind.value, one.state.value, f"{one.amount.amount:.2f}") for one in found]


def shown(client: Client, name: str, *arguments: object, **query: str) -> str:
    answer = client.get(reverse(name, args=arguments), query)
    assert answer.status_code == 200
    return answer.content.decode().replace("\N{NO-BREAK SPACE}", " ")


def money_back() -> Account:
    """50.00 paid in January and credited; 30.00 of it gone back, 10.00 on its way."""
    note = paid_and_credited()
    refunded(note, "30.00")
    asked(note, "10.00")
    return note.payer


# ---- the list ----


def test_invoices_credit_notes_payments_and_refunds_stand_in_one_list():  # PLAN-12
    payer = money_back()

    assert listed(payer) == [
        ("refund", "on_its_way", "-10.00"),
        ("refund", "returned", "-30.00"),
        ("credit_note", "credit", "-50.00"),
        ("payment", "received", "50.00"),
        ("invoice", "paid", "50.00"),
    ]


@pytest.mark.parametrize(
    ("wanted", "kinds"),
    [
        ({"kind": "invoice"}, ["invoice"]),
        ({"kind": "credit_note"}, ["credit_note"]),
        ({"kind": "payment"}, ["payment"]),
        ({"kind": "refund"}, ["refund", "refund"]),
        ({"state": "credit"}, ["credit_note"]),
        ({"state": "on_its_way"}, ["refund"]),
        ({"state": "received"}, ["payment"]),
        ({"state": "open"}, []),
        ({"year": "2026"}, ["refund", "refund", "credit_note", "payment", "invoice"]),
        ({"year": "2025"}, []),
        ({"kind": "nonsense", "year": "nonsense", "state": "open"}, []),
    ],
    ids=str,
)
def test_the_list_is_narrowed_by_kind_year_and_state(wanted, kinds):  # PLAN-12
    payer = money_back()

    assert [kind for kind, _, _ in listed(payer, **wanted)] == kinds


def test_a_number_finds_the_document_and_the_money_paid_for_it():  # PLAN-12
    payer = money_back()
    invoice = Invoice.objects.get(kind="invoice")
    payment = Payment.objects.get(amount__gt=0)

    assert [kind for kind, _, _ in listed(payer, q=invoice.number.lower())] == [
        "payment",
        "invoice",
    ]
    assert [kind for kind, _, _ in listed(payer, q=payment.reference)][-1] == "payment"


def test_each_document_names_its_products_in_the_readers_language():  # PLAN-12
    payer = two_products().payer

    (paper,) = papers.all_of(payer, wanted=Wanted(), language="en", zone="Europe/Prague")

    assert paper.products == ("Plan", "Seat")
    assert (paper.kind, paper.state, paper.open) == (
        Kind.INVOICE,
        State.OPEN,
        Money("95.59", "EUR"),
    )


def test_the_page_shows_them_with_their_states():  # PLAN-12
    payer = money_back()
    client = signed_in(payer, paying=True)

    page = shown(client, "billing:papers", payer.pk)

    for document in Invoice.objects.all():
        assert reverse("billing:document", args=[payer.pk, document.pk]) in page
    for words in ("On its way", "Given back", "Received", "In credit", "Paid", "by card"):
        assert words in page


def test_the_file_has_all_that_the_list_shows_as_plain_numbers():  # PLAN-12
    payer = money_back()
    client = signed_in(payer, paying=True)

    answer = client.get(reverse("billing:papers_csv", args=[payer.pk]), {"kind": "credit_note"})

    text = answer.getvalue().decode().removeprefix("\ufeff")
    headings, note = csv.reader(StringIO(text))
    found = dict(zip(headings, note, strict=True))
    assert (found["Amount"], found["Open"], found["Currency"]) == ("-50.00", "-20.00", "EUR")
    assert found["Belongs to"] == Invoice.objects.get(kind="invoice").number


def test_the_list_costs_the_same_with_one_document_and_with_two_pages(
    django_assert_num_queries,
):
    payer = two_products().payer
    client = signed_in(payer, primary_admin=True)
    address = reverse("billing:papers", args=[payer.pk])
    client.get(address)

    with django_assert_num_queries(QUERIES):
        client.get(address)
    for number in range(2, 56):
        copy_of(payer.invoices.get(part=1), number)
    with django_assert_num_queries(QUERIES):
        client.get(address)


# Session, person, member with account and Access, the account switcher with unread messages, a
# hand-over for the banners; the number of papers, their keys, the
# documents, what they charge, the years (2), and the time zone of their days.
QUERIES = 12


@pytest.mark.parametrize(
    "name", ["billing:papers", "billing:papers_csv", "billing:credit", "billing:credit_csv"]
)
def test_who_may_not_see_billing_sees_none_of_it(name):  # ALL-1
    account = AccountFactory()
    member: Member = MemberFactory(account=account, signs_in=True)
    client = Client()
    assert member.user is not None
    client.force_login(member.user)

    assert client.get(reverse(name, args=[account.pk])).status_code == 403


# ---- the credit ----


def told(payer: Account) -> list[tuple[str, str, str]]:
    return [
        (one.what.value, f"{one.amount.amount:.2f}", f"{one.balance.amount:.2f}")
        for one in credit_moves.moves(payer)
    ]


def in_credit(payer: Account) -> str:
    return f"{sum((one.left.amount for one in credit_moves.balances(payer)), Decimal(0)):.2f}"


def test_the_credit_is_told_from_note_to_use():  # PLAN-12
    """95.59 paid, 77.44 of it credited, all of that used by the next invoice."""
    january = two_products()
    collecting.collect(clock=clock(JANUARY), gateway=GATEWAY)
    raised(january, at=instant("2026-01-20 10:00"), plan="49.00", seat="15.00")

    assert told(january.payer) == [("credit_note", "77.44", "77.44")]
    assert in_credit(january.payer) == "77.44"

    bill(at=FEBRUARY)

    assert told(january.payer) == [("credit_note", "77.44", "77.44"), ("used", "-77.44", "0.00")]
    assert in_credit(january.payer) == "0.00"


def test_what_covers_its_own_invoice_is_no_credit():
    """59.29 of a note go off the open 95.59; nothing is left to pay others with."""
    january = two_products()

    raised(january, plan="49.00")

    assert told(january.payer) == []
    assert in_credit(january.payer) == "0.00"


def test_money_that_was_too_much_and_money_on_account_are_credit():
    january = two_products()
    transfers.receive(invoice_id=january.pk, amount=Decimal("100.00"), at=MARCH, reference="bank-1")
    deposit = Payment(
        payer=january.payer,
        amount=Money(20, "EUR"),
        at=MARCH,
        gateway="bank",
        reference="bank-2",
    )
    receivables.keep(deposit)

    assert told(january.payer) == [("overpaid", "4.41", "4.41"), ("deposit", "20.00", "24.41")]
    assert in_credit(january.payer) == "24.41"


def test_money_on_account_is_credit_on_the_page_too():  # PLAN-1
    account = AccountFactory()
    deposit = Payment(
        payer=account, amount=Money(20, "EUR"), at=MARCH, gateway="bank", reference="bank-2"
    )
    receivables.keep(deposit)

    (owed,) = standing_of(account)

    assert (owed.open, owed.credit) == (Money(0, "EUR"), Money(20, "EUR"))


def test_the_statement_says_what_goes_back_and_why():  # PLAN-12, STAFF-2
    payer = money_back()
    client = signed_in(payer, paying=True)

    page = shown(client, "billing:credit", payer.pk)

    assert told(payer) == [("credit_note", "50.00", "50.00"), ("refund", "-30.00", "20.00")]
    assert "Of it on its way back" in page
    assert "Sold by mistake" in page
    (balance,) = credit_moves.balances(payer)
    assert (balance.left, balance.going_back) == (Money(20, "EUR"), Money(10, "EUR"))


def test_the_statement_is_a_file_too():  # PLAN-12
    payer = money_back()
    client = signed_in(payer, paying=True)

    answer = client.get(reverse("billing:credit_csv", args=[payer.pk]))

    text = answer.getvalue().decode().removeprefix("\ufeff")
    _, *rows = csv.reader(StringIO(text))
    assert [(row[1], row[5], row[6]) for row in rows] == [
        ("Refund", "-30.00", "20.00"),
        ("Credit note", "50.00", "50.00"),
    ]
