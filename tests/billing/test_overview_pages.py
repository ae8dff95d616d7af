"""Customers' pages about money: what is held, what was billed, who may see the amounts."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account, Member
from billing.documents.einvoice import invoice_xml
from billing.models import Invoice, Receivable
from tests.admin.book import customers, told
from tests.billing.running import bill
from tests.factories import (
    AccountFactory,
    MemberFactory,
    PriceFactory,
    SellerFactory,
    SubscriptionFactory,
    instant,
)

pytestmark = pytest.mark.django_db


def signed_in(account: Account, **facts: object) -> Client:
    member: Member = MemberFactory(account=account, signs_in=True, **facts)
    client = Client()
    assert member.user is not None
    client.force_login(member.user)
    return client


def page(client: Client, name: str, account: Account, *more: object) -> str:
    answer = client.get(reverse(name, args=[account.pk, *more]))
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode().replace("\N{NO-BREAK SPACE}", " ")


def test_who_pays_sees_what_is_held_at_what_price_and_every_invoice():  # PLAN-1
    account = told().account

    shown = page(signed_in(account, purchase_permission=True), "billing:overview", account)

    assert "2 units" in shown
    assert "Billed next on 31 March 2026." in shown
    for number in account.invoices.values_list("number", flat=True):
        assert number in shown


@pytest.mark.parametrize("facts", [{"paying": True}, {"primary_admin": True}])
def test_the_billing_role_and_the_primary_admin_see_billing(facts):  # PLAN-1
    account = AccountFactory()

    assert "Nothing is held here yet" in page(
        signed_in(account, **facts), "billing:overview", account
    )


def test_others_read_who_may_see_billing():  # PLAN-1
    account = AccountFactory()
    MemberFactory(account=account, name="Jana Primary", primary_admin=True)

    answer = signed_in(account).get(reverse("billing:overview", args=[account.pk]))

    assert answer.status_code == 403
    assert "Jana Primary" in answer.content.decode()


def test_an_invoice_opens_as_a_pdf_in_the_readers_language():
    account = told().account
    document = account.invoices.first()
    assert document is not None

    answer = signed_in(account, paying=True).get(
        reverse("billing:invoice", args=[account.pk, document.pk])
    )

    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert document.number in answer.headers["Content-Disposition"]


def test_an_invoice_of_somebody_else_is_not_found():  # ALL-1
    ours, theirs = customers(2)
    document = Invoice.objects.get(payer=theirs)

    answer = signed_in(ours, primary_admin=True).get(
        reverse("billing:invoice", args=[ours.pk, document.pk])
    )

    assert answer.status_code == 404


def test_a_client_that_its_reseller_pays_for_sees_what_it_has_and_no_amount():  # RSL-2
    SellerFactory()
    PriceFactory(code="team", members=True)
    reseller = AccountFactory(reseller=True, name="Partner")
    client = AccountFactory(client=True, paid_by=reseller)
    SubscriptionFactory(account=client, items={"team": 0})
    bill(at=instant("2026-01-01 06:00"))

    shown = page(signed_in(client, primary_admin=True), "billing:overview", client)

    assert "Partner pays for this account." in shown
    assert "Team" in shown
    assert "€" not in shown
    for number in Invoice.objects.values_list("number", flat=True):
        assert number not in shown


def copy_of(first: Invoice, number: int) -> None:
    names = {field.attname for field in Invoice._meta.concrete_fields}
    same = {name: getattr(first, name) for name in names - {"id", "number", "sequence", "part"}}
    copy = Invoice.objects.create(
        **same, number=f"copy-{number}", sequence=1000 + number, part=number
    )
    Receivable.objects.create(
        invoice=copy, payer_id=first.payer_id, open=first.total, due_on=first.due_on
    )


@pytest.mark.parametrize("months", [1, 55])
def test_the_page_costs_the_same_with_one_invoice_and_with_two_pages(
    months, django_assert_num_queries
):
    [account] = customers(1)
    for number in range(2, months + 1):
        copy_of(account.invoices.get(part=1), number)
    client = signed_in(account, primary_admin=True)
    address = reverse("billing:overview", args=[account.pk])
    client.get(address)

    with django_assert_num_queries(QUERIES):
        client.get(address)


# Session, person, member with account and Access; the account whole; what is open, trials, the
# contacts that are stored, requests and who may buy; the card that pays, and invoices; what could
# be added, with the cart; the account switcher with unread messages, and a hand-over.
QUERIES = 9


@pytest.mark.parametrize("months", [1, 50])
def test_the_page_of_a_child_costs_its_parent_no_more_than_twelve(
    months, django_assert_max_num_queries
):
    reseller = AccountFactory(reseller=True)
    child = AccountFactory(client=True, paid_by=reseller)
    PriceFactory(code="team", members=True)
    SubscriptionFactory(account=child, items={"team": 0})
    [other] = customers(1)
    for number in range(2, months + 1):
        copy_of(other.invoices.get(part=1), number)
    client = signed_in(reseller, primary_admin=True)
    address = reverse("billing:overview", args=[child.pk])
    client.get(address)

    with django_assert_max_num_queries(12):
        client.get(address)


def test_an_invoice_is_downloaded_as_xml_in_the_readers_language():  # ALL-2
    account = told().account
    document = account.invoices.first()
    assert document is not None
    client = signed_in(account, paying=True)
    address = reverse("billing:einvoice", args=[account.pk, document.pk])

    answer = client.get(address, headers={"Accept-Language": "it"})

    assert address in page(client, "billing:overview", account)
    assert answer.headers["Content-Type"] == "application/xml"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{document.number}.xml"'
    assert answer.content == invoice_xml(document.pk, language="it")
    assert answer.content != invoice_xml(document.pk, language="en")


def test_an_invoice_in_dinars_says_why_it_is_pdf_only():
    account = AccountFactory(currency="KWD")
    PriceFactory(code="seat", currency="KWD", amount=Decimal("1.005"))
    SellerFactory()
    SubscriptionFactory(account=account, items={"seat": 1})
    bill(at=instant("2026-01-01 06:00"))
    document = account.invoices.get()
    client = signed_in(account, paying=True)
    reason = "KWD has 3 decimals; an e-invoice (EN 16931) takes two."

    refused = client.get(reverse("billing:einvoice", args=[account.pk, document.pk]))

    assert (refused.status_code, reason in refused.content.decode()) == (409, True)
    assert f"PDF only: {reason}" in page(client, "billing:overview", account)


def test_an_e_invoice_of_somebody_else_is_not_found():  # ALL-1
    ours, theirs = customers(2)
    document = Invoice.objects.get(payer=theirs)

    answer = signed_in(ours, primary_admin=True).get(
        reverse("billing:einvoice", args=[ours.pk, document.pk])
    )

    assert answer.status_code == 404
