"""The pages of payment methods and of paying by hand, and the steps at the bank between them."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.access import Standing
from accounts.models import Account
from billing import carts
from billing.gateways.sandbox_cards import Behaviour
from billing.models import (
    Invoice,
    MethodSetup,
    Order,
    PaymentAttempt,
    PaymentMethod,
    Receivable,
)
from tests.billing.buying import NOW, seats
from tests.billing.keeping import kept, typed
from tests.factories import AccountFactory, CardFactory, MemberFactory
from tests.lasting import lasting
from tests.standing import chief, stands

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield


@lasting
def here() -> Standing:
    """The primary account admin of a payer by card who has none yet."""
    return chief(AccountFactory(card=None))


def signed_in(here: Standing) -> Client:
    client = Client()
    client.force_login(here.person)
    return client


def address(here: Standing, name: str, *more: object) -> str:
    return reverse(f"billing:{name}", args=[here.account.pk, *more])


def words(answer: Any) -> str:
    return answer.content.decode().replace("\N{NO-BREAK SPACE}", " ")


def adds(client: Client, here: Standing, behaviour: Behaviour = Behaviour.GOOD, **data: str) -> Any:
    """From the list to the bank's form, and back with the card that is typed in there."""
    form = client.post(address(here, "method_add"), data)
    return client.post(path(form), typed(behaviour), follow=True)


def path(leads: Any) -> str:
    """The address without the site: of a redirect, where it leads to."""
    url = leads if isinstance(leads, str) else leads.headers["Location"]
    return "/" + url.split("/", 3)[3]


def test_a_card_is_added_through_the_banks_form(here):  # PLAN-11
    client = signed_in(here)
    assert "No card is kept yet" in words(client.get(address(here, "methods")))

    page = words(adds(client, here))

    assert "Visa ···· 1111 is kept, and is charged from now on." in page
    assert "12/40" in page
    assert "Default" in page
    assert MethodSetup.objects.get().state == "done"


def test_a_card_that_the_bank_refuses_is_said(here):
    page = words(adds(signed_in(here), here, Behaviour.UNKEPT))

    assert "The bank declined the card and gives no reason" in page
    assert not PaymentMethod.objects.exists()


def test_who_leaves_the_form_reads_that_nothing_was_added(here):
    client = signed_in(here)
    client.post(address(here, "method_add"))

    answer = client.get(address(here, "method_added", MethodSetup.objects.get().pk), follow=True)

    assert "No card was added" in words(answer)


def test_who_came_from_the_cart_goes_back_there(customer):  # CONV-3
    cart = address(customer, "cart")
    answer = adds(signed_in(customer), customer, next=cart)

    assert answer.redirect_chain[-1][0] == cart


@pytest.mark.parametrize(
    "page", ["https://evil.example/", "//evil.example", "/accounts/1/\\x", "x"]
)
def test_nobody_is_sent_elsewhere(customer, page):
    answer = adds(signed_in(customer), customer, next=page)

    assert answer.redirect_chain[-1][0] == address(customer, "methods")


def test_a_card_is_replaced_made_the_default_and_removed(here):  # PLAN-11
    client = signed_in(here)
    old = kept(here, at=NOW)
    form = client.post(address(here, "method_replace", old.pk))
    client.post(path(form), typed(Behaviour.SECURE), follow=True)
    second = kept(here, Behaviour.FUNDS, at=NOW)

    page = words(client.post(address(here, "method_default", second.pk), follow=True))
    assert "Visa ···· 0018 is charged from now on." in page
    dialog = words(client.get(address(here, "method_remove", second.pk)))
    assert "Visa ···· 0059 is charged from then on." in dialog
    page = words(client.post(address(here, "method_remove", second.pk), follow=True))
    assert "Visa ···· 0018 is removed. Visa ···· 0059 is charged from now on." in page


def test_the_only_card_is_not_removed_and_the_dialog_says_what_to_do(customer):  # PLAN-11
    method = PaymentMethod.objects.get(payer=customer.account)
    remove = address(customer, "method_remove", method.pk)
    client = signed_in(customer)

    assert "is your only card" in words(client.get(remove))
    answer = client.post(remove)

    assert (answer.status_code, PaymentMethod.objects.get().removed_at) == (409, None)


def test_the_way_to_pay_is_chosen(here):  # PLAN-11
    client = signed_in(here)
    way = address(here, "pays_by")

    page = words(client.get(address(here, "methods")))
    assert "waits for your transfer" in page
    Account.objects.update(agreed_terms=True)
    page = words(client.get(address(here, "methods")))
    assert "its invoice is due within 14 days" in page
    assert "Saved." in words(client.post(way, {"pays_by": "transfer"}, follow=True))
    answer = client.post(way, {"pays_by": "card"})
    assert (answer.status_code, "Add one first" in words(answer)) == (409, True)
    assert client.post(way, {"pays_by": "shells"}).status_code == 422


def test_the_overview_names_the_card_and_its_month(customer):  # PLAN-1
    client = signed_in(customer)
    page = words(client.get(address(customer, "overview")))
    assert "Visa ···· 1111" in page
    assert "good until 12/99" in page

    PaymentMethod.objects.update(expires_year=2026, expires_month=1)
    assert "Expired" in words(client.get(address(customer, "overview")))


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        ({"is_default": False, "removed_at": NOW}, "There is no card to charge"),
        ({"expires_year": 2026, "expires_month": 1}, "The card that is charged has expired"),
    ],
    ids=["missing", "expired"],
)
def test_a_card_that_will_not_do_is_said_before_confirming(customer, spoil, says):  # CONV-3
    client = signed_in(customer)
    PaymentMethod.objects.filter(payer=customer.account).update(**spoil)
    mend = f"{address(customer, 'methods')}?next="

    price = words(client.get(address(customer, "change", "seat"), {"number": "8"}))
    assert says in price
    assert f"{mend}{address(customer, 'change', 'seat')}" in price
    carts.put(here=customer, changes={"seat": 8}, at=NOW)
    cart = client.get(address(customer, "cart"))
    assert says in words(cart)
    assert f"{mend}{address(customer, 'cart')}" in words(cart)
    assert "Confirm purchase" not in words(cart)

    refused = client.post(address(customer, "cart"), {"seen": cart.context["seen"]})
    assert (refused.status_code, Order.objects.exists(), seats(customer)) == (409, False, 5)


def test_what_costs_nothing_today_is_confirmed_without_a_card(customer):
    PaymentMethod.objects.filter(payer=customer.account).update(is_default=False, removed_at=NOW)
    client = signed_in(customer)
    carts.put(here=customer, changes={"seat": 3}, at=NOW)

    cart = client.get(address(customer, "cart"))
    assert "There is no card to charge" not in words(cart), "it saves money"
    client.post(address(customer, "cart"), {"seen": cart.context["seen"]})

    assert Order.objects.get().state == "done"


def buys_with_the_banks_step(customer: Standing, client: Client) -> Any:
    CardFactory(payer=customer.account, behaviour=Behaviour.SECURE)
    carts.put(here=customer, changes={"seat": 8}, at=NOW)
    cart = client.get(address(customer, "cart"))
    return client.post(address(customer, "cart"), {"seen": cart.context["seen"]}, follow=True)


def test_the_order_sends_its_buyer_to_the_bank_and_is_done_when_they_come_back(
    customer,
):  # PLAN-8
    client = signed_in(customer)
    page = buys_with_the_banks_step(customer, client)
    url = PaymentAttempt.objects.latest("pk").action_url
    assert f'<meta http-equiv="refresh" content="0; url={url}">' in words(page)
    assert "http-equiv" not in words(client.get(address(customer, "order", Order.objects.get().pk)))

    assert "Pay €19.71?" in words(client.get(path(url)))
    back = client.post(path(url), {"answer": "confirm"})
    page = client.get(path(back), follow=True)

    assert "Done" in words(page)
    assert seats(customer) == 8
    assert "This is answered already" in words(client.get(path(url)))


def test_who_refuses_at_the_bank_reads_it_and_may_try_again(customer):
    client = signed_in(customer)
    buys_with_the_banks_step(customer, client)
    url = PaymentAttempt.objects.latest("pk").action_url

    assert client.post(path(url), {"answer": "perhaps"}).status_code == 200
    back = client.post(path(url), {"answer": "refuse"})
    page = words(client.get(path(back), follow=True))

    assert "The payment was not confirmed at your bank" in page
    assert "Try again" in page


def test_the_bank_is_called_off_from_the_order(customer):
    client = signed_in(customer)
    buys_with_the_banks_step(customer, client)
    call_off = address(customer, "order_call_off", Order.objects.get().pk)

    page = words(client.post(call_off, follow=True))
    assert "The payment was called off before anything was charged" in page
    assert "There is nothing to call off" in words(client.post(call_off, follow=True))


def test_a_declined_card_is_said_in_the_readers_language(customer):  # ALL-2
    CardFactory(payer=customer.account, behaviour=Behaviour.FUNDS)
    customer.person.language = "it"
    customer.person.save()
    client = signed_in(customer)
    carts.put(here=customer, changes={"seat": 8}, at=NOW)
    cart = client.get(address(customer, "cart"))

    page = client.post(address(customer, "cart"), {"seen": cart.context["seen"]}, follow=True)

    assert "Sulla carta non c" in words(page)
    assert address(customer, "methods") in words(page)


def test_an_open_invoice_is_paid_by_hand(customer):
    invoice = Invoice.objects.get()
    CardFactory(payer=customer.account, behaviour=Behaviour.SECURE)
    PaymentAttempt.objects.update(state="declined", cause="confirmation")
    Receivable.objects.update(state="open", open=invoice.total)
    client = signed_in(customer)
    pay = address(customer, "pay", invoice.pk)
    assert pay in words(client.get(address(customer, "overview")))

    page = words(client.get(pay))
    assert f'href="{address(customer, "document", invoice.pk)}"' in page
    assert "Your bank asks you to confirm this payment yourself" in page
    assert "Visa ···· 1111" in page
    page = words(client.post(pay, follow=True))
    assert "Continue at your bank" in page
    url = PaymentAttempt.objects.latest("pk").action_url
    back = client.post(path(url), {"answer": "confirm"})
    page = words(client.get(path(back), follow=True))

    assert f"{invoice.number} is paid" in page
    assert Receivable.objects.get(invoice=invoice).state == "paid"


def test_a_payment_by_hand_is_called_off(customer):
    invoice = Invoice.objects.get()
    CardFactory(payer=customer.account, behaviour=Behaviour.SECURE)
    PaymentAttempt.objects.update(state="declined")
    Receivable.objects.update(state="open", open=invoice.total)
    client = signed_in(customer)
    client.post(address(customer, "pay", invoice.pk))

    page = words(client.post(address(customer, "pay_call_off", invoice.pk), follow=True))

    assert "The payment was called off before anything was charged" in page
    assert "Pay €114.95" in page


def test_who_only_reads_sees_the_card_and_changes_nothing(customer):
    reader = stands(MemberFactory(account=customer.account, signs_in=True, billing_role=True))
    client = signed_in(reader)
    method = PaymentMethod.objects.get(payer=customer.account)

    page = words(client.get(address(reader, "methods")))
    assert "Visa ···· 1111" in page
    assert "Remove" not in page
    for name, arguments in (
        ("method_add", ()),
        ("method_replace", (method.pk,)),
        ("method_default", (method.pk,)),
        ("method_remove", (method.pk,)),
        ("pays_by", ()),
    ):
        assert client.post(address(reader, name, *arguments)).status_code == 403


def test_of_a_card_that_is_gone_there_is_no_page(here):
    client = signed_in(here)
    method = kept(here, at=NOW)
    client.post(address(here, "method_remove", method.pk))

    for name in ("method_replace", "method_default", "method_remove"):
        assert client.post(address(here, name, method.pk)).status_code == 404


def test_an_account_that_is_paid_for_says_who_pays():
    payer = AccountFactory(reseller=True, name="Harbour Partners")
    client = chief(AccountFactory(client=True, paid_by=payer))

    page = words(signed_in(client).get(address(client, "methods")))

    assert "Harbour Partners pays for this account." in page
    assert "Add a card" not in page


@pytest.mark.parametrize("rows", [1, 50])
def test_the_list_costs_the_same_with_one_card_and_with_fifty(
    here, rows, django_assert_num_queries
):
    for _ in range(rows):
        CardFactory(payer=here.account)
    client = signed_in(here)
    client.get(address(here, "methods"))

    with django_assert_num_queries(METHODS_QUERIES):
        client.get(address(here, "methods"))


# The shell, who stands where, and the cards.
METHODS_QUERIES = 6
