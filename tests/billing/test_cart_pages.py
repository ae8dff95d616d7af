"""Customers' pages of changes: chosen with the price in view, confirmed in the cart, done."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.access import Standing
from billing import carts, events
from billing.models import CartLine, Item, Order, Price, Product, SandboxCharge, Subscription
from tests.billing import buying
from tests.billing.buying import NOW, OPENS, issued
from tests.factories import (
    AccountFactory,
    MemberFactory,
    PriceFactory,
    TierFactory,
)
from tests.standing import chief, holder, stands

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def contacts(customer) -> Standing:
    """The customer, with a contact limit of 2,500 besides."""
    price = PriceFactory(code="contacts", volume=True)
    for up_to, flat in ((1000, 15), (2500, 30), (5000, 45)):
        TierFactory(price=price, up_to=up_to, unit=0, flat=flat)
    buying.buy(customer, at=OPENS, contacts=2500)
    return customer


def signed_in(here: Standing) -> Client:
    client = Client()
    client.force_login(here.person)
    return client


def address(here: Standing, name: str, *more: object) -> str:
    return reverse(f"billing:{name}", args=[here.account.pk, *more])


def words(answer: Any) -> str:
    return answer.content.decode().replace("\N{NO-BREAK SPACE}", " ")


def test_seats_are_bought_from_the_page_to_the_receipt(customer):  # PLAN-4, PLAN-8
    client = signed_in(customer)
    change = address(customer, "change", "seat")

    assert change in words(client.get(address(customer, "overview")))
    price = words(client.get(change, {"number": "8"}, headers={"HX-Target": "price"}))
    assert "19.71" in price
    assert "Next invoice, 28 February 2026" in price
    cart = client.post(change, {"number": "8"}, follow=True)
    assert "Confirm purchase and pay €19.71" in words(cart)
    # In a narrow window the amount stays in view, and leads to all that it costs.
    content = cart.content.decode()
    assert 'class="price-bar" href="#costs"' in content
    assert 'id="costs"' in content
    done = client.post(address(customer, "cart"), {"seen": cart.context["seen"]}, follow=True)

    order = Order.objects.get()
    assert (order.state, order.total.amount) == ("done", Decimal("19.71"))
    assert issued(order).number in words(done)
    assert Item.objects.get(product__code="seat").quantity == 8


def test_the_contact_limit_is_a_slider_of_the_steps_there_are(contacts):  # PLAN-3
    client = signed_in(contacts)
    change = address(contacts, "change", "contacts")

    page = client.get(change)
    assert page.context["form"].stops == ["1,000", "2,500", "5,000"]
    assert page.context["form"]["number"].value() == 1
    client.post(change, {"number": "2"})

    assert CartLine.objects.get().becomes == 5000


@pytest.mark.parametrize(
    ("code", "number", "said"),
    [
        ("seat", "", "Choose a number from 0"),
        ("seat", "x", "Choose a number from 0"),
        ("seat", "-1", "Choose a number from 0"),
        ("seat", "9" * 30, "Choose a number from 0"),
        ("contacts", "3", "Choose one of the steps"),
        ("contacts", "", "Choose one of the steps"),
    ],
)
def test_a_wrong_number_is_told_beside_the_field(contacts, code, number, said):  # ALL-4
    """Once beside it, and once above the form; beside the price only where that alone is asked."""
    client = signed_in(contacts)

    page = client.post(address(contacts, "change", code), {"number": number})

    assert page.status_code == 200
    assert words(page).count(said) == 2
    assert not CartLine.objects.exists()
    followed = client.get(
        address(contacts, "change", code), {"number": number}, headers={"HX-Target": "price"}
    )
    assert words(followed).count(said) == 1


def test_what_was_not_shown_is_shown_again(customer):
    client = signed_in(customer)
    carts.put(here=customer, changes={"seat": 8}, at=NOW)
    cart = client.get(address(customer, "cart"))
    carts.put(here=customer, changes={"seat": 9}, at=NOW)

    page = client.post(address(customer, "cart"), {"seen": cart.context["seen"]})

    assert page.status_code == 409
    assert "The amounts have changed since they were shown" in words(page)
    assert "€26.27" in words(page)
    assert not SandboxCharge.objects.filter(key__startswith="order").exists()


def test_sending_the_same_page_twice_leads_to_the_same_order(customer):
    client = signed_in(customer)
    carts.put(here=customer, changes={"seat": 8}, at=NOW)
    seen = client.get(address(customer, "cart")).context["seen"]

    first, second = (
        client.post(address(customer, "cart"), {"seen": seen}).headers["Location"] for _ in range(2)
    )

    assert first == second
    assert Order.objects.count() == 1


def test_a_change_is_taken_out_of_the_cart(contacts):
    client = signed_in(contacts)
    carts.put(here=contacts, changes={"seat": 8, "contacts": 5000}, at=NOW)

    page = client.post(address(contacts, "take_out", "seat"), follow=True)

    assert [line.product.code for line in page.context["lines"]] == ["contacts"]


def test_a_lower_number_is_scheduled_and_called_off(customer):  # PLAN-9, PRICE-5
    client = signed_in(customer)
    cart = client.post(address(customer, "change", "seat"), {"number": "3"}, follow=True)
    assert "This saves nothing before." in words(cart)
    client.post(address(customer, "cart"), {"seen": cart.context["seen"]})

    page = words(client.get(address(customer, "overview")))
    assert "Scheduled changes" in page
    assert "28 February 2026" in page
    page = words(client.post(address(customer, "scheduled_cancel", "seat"), follow=True))
    assert "What is in force stays." in page
    assert "Scheduled changes" not in page
    again = words(client.post(address(customer, "scheduled_cancel", "seat"), follow=True))
    assert "Nothing is scheduled here any more" in again


def test_a_lower_number_by_request_leads_to_support(customer):  # PRICE-5
    Price.objects.filter(product__code="seat").update(decrease=Price.Decrease.BY_REQUEST)
    client = signed_in(customer)

    page = client.post(address(customer, "change", "seat"), {"number": "3"})

    assert "Choose a number from 5" in words(page)
    carts.put(here=customer, changes={"seat": 3}, at=NOW)
    cart = client.get(address(customer, "cart"))
    assert "asked of support" in words(cart)
    assert "Confirm purchase" not in words(cart)


def test_what_could_be_added_stands_on_the_page(customer):  # PLAN-7
    extra = PriceFactory(code="extra", flat=True, amount=Decimal(28))
    extra.product.requires.add(Product.objects.get(code="seat"))
    client = signed_in(customer)

    assert "Available add-ons" in words(client.get(address(customer, "overview")))
    cart = client.post(address(customer, "change", "extra"), {"number": "1"}, follow=True)
    client.post(address(customer, "cart"), {"seen": cart.context["seen"]})

    assert Item.objects.get(product__code="extra").quantity == 1
    assert "Available add-ons" not in words(client.get(address(customer, "overview")))


def test_an_order_leads_to_the_page_of_its_document(customer):  # PLAN-12
    client = signed_in(customer)
    carts.put(here=customer, changes={"seat": 8}, at=NOW)
    seen = client.get(address(customer, "cart")).context["seen"]
    client.post(address(customer, "cart"), {"seen": seen})
    order = Order.objects.get()
    assert order.invoice is not None

    page = words(client.get(address(customer, "order", order.pk)))

    assert f'href="{address(customer, "document", order.invoice.pk)}"' in page


def test_a_declined_order_says_why_and_is_tried_again(customer):  # PLAN-8
    PriceFactory(code="extra", amount=Decimal("29.31"))  # 8 of 28 days at 21 %: 10.13
    client = signed_in(customer)
    cart = client.post(address(customer, "change", "extra"), {"number": "1"}, follow=True)

    page = client.post(address(customer, "cart"), {"seen": cart.context["seen"]}, follow=True)

    assert "Declined: nothing was changed" in words(page)
    order = Order.objects.get()
    cart = client.post(address(customer, "order_again", order.pk), follow=True)
    assert [line.product.code for line in cart.context["lines"]] == ["extra"]


def test_who_may_not_buy_reads_who_may(customer):  # PRICE-6, LIC-2
    reader = holder(customer.account)
    client = signed_in(reader)

    for name, more in (("cart", ()), ("change", ("seat",))):
        page = client.get(address(customer, name, *more))
        assert page.status_code == 403
        assert customer.person.name in words(page)


def test_people_of_a_child_that_its_parent_pays_for_buy_nothing(customer):  # RSL-2, AGY-3
    child = AccountFactory(paid_by=customer.account, client=True)
    theirs = chief(child)

    assert signed_in(theirs).get(address(theirs, "cart")).status_code == 403


def test_what_is_not_chosen_leads_nowhere(customer):
    PriceFactory(code="calls", metered=True)
    client = signed_in(customer)

    for code in ("calls", "unknown"):
        assert client.get(address(customer, "change", code)).status_code == 404


@pytest.mark.parametrize("lines", [1, 8])
def test_the_cart_costs_the_same_with_one_change_and_with_many(
    customer, lines, django_assert_num_queries
):
    codes = [f"extra-{number}" for number in range(lines)]
    for code in codes:
        PriceFactory(code=code, amount=Decimal(10))
    carts.put(here=customer, changes=dict.fromkeys(codes, 1), at=NOW)
    client = signed_in(customer)
    client.get(address(customer, "cart"))

    with django_assert_num_queries(CART_QUERIES):
        client.get(address(customer, "cart"))


# Session, person, member; the cart; the account whole; what the products that are new to it need,
# and trials of them; credit with the card that is charged; the shell's two. However many changes
# there are.
CART_QUERIES = 10


@pytest.mark.parametrize("lines", [0, 1, 50])
def test_a_price_that_follows_the_slider_costs_eight_queries(
    customer, lines, django_assert_num_queries
):
    codes = [f"extra-{number}" for number in range(lines)]
    for code in codes:
        PriceFactory(code=code, amount=Decimal(10))
    if codes:
        carts.put(here=customer, changes=dict.fromkeys(codes, 1), at=NOW)
    client = signed_in(customer)
    change, follows = address(customer, "change", "seat"), {"HX-Target": "price"}
    client.get(change, {"number": "8"}, headers=follows)

    # Session, person, member; the cart; the account whole, with what lies in the cart; of what is
    # new in it what it needs, and trials; credit with the card that is charged. Without anything
    # new six.
    with django_assert_num_queries(8 if lines else 6):
        shown = client.get(change, {"number": "9"}, headers=follows)

    assert "21.71" in words(shown)


def test_a_member_with_purchase_permission_buys_what_they_may(customer):  # PRICE-6
    buyer = stands(MemberFactory(account=customer.account, signs_in=True, purchase_permission=True))
    PriceFactory(code="mine")
    Product.objects.filter(code="mine").update(who_may_buy=Product.Who.PRIMARY)
    client = signed_in(buyer)

    assert client.get(address(customer, "change", "seat")).status_code == 200
    assert client.get(address(customer, "change", "mine")).status_code == 403


def test_an_order_of_somebody_else_is_not_shown(customer):  # ALL-1
    stranger = chief(AccountFactory())
    carts.put(here=customer, changes={"seat": 8}, at=NOW)
    client = signed_in(customer)
    seen = client.get(address(customer, "cart")).context["seen"]
    client.post(address(customer, "cart"), {"seen": seen})
    order = Order.objects.get()

    assert signed_in(stranger).get(address(customer, "order", order.pk)).status_code == 404
    assert signed_in(stranger).get(address(stranger, "order", order.pk)).status_code == 404


def test_seats_changed_by_support_meanwhile_are_seen_in_the_cart(customer):
    carts.put(here=customer, changes={"seat": 8}, at=NOW)
    [subscription] = Subscription.objects.all()
    events.record(subscription_id=subscription.pk, changes={"seat": 6}, at=NOW)

    page = words(signed_in(customer).get(address(customer, "cart")))

    assert "there were 5 units when you put this into the cart, and there are 6 units now." in page
