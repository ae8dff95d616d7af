"""The plan on Billing & upgrade: its contact limit, seats and add-ons, and their dialogs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.access import Standing
from billing import carts
from billing.models import CartLine, Item, Order, Product, SandboxCharge
from tests.billing import plan_book
from tests.billing.buying import NOW
from tests.billing.test_cart_pages import address, signed_in, words
from tests.factories import MemberFactory, PriceFactory
from tests.lasting import lasting
from tests.standing import stands

pytestmark = pytest.mark.django_db

OVER = {"HX-Request": "true", "HX-Target": "over"}
FOLLOWING = {"HX-Request": "true", "HX-Target": "price"}


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield


@lasting
def here() -> Standing:
    return plan_book.holder()


@pytest.fixture
def client(here: Standing) -> Client:
    return signed_in(here)


def number_of(code: str) -> int:
    return Item.objects.get(product__code=code).quantity


def test_the_plan_its_limit_and_its_seats_stand_on_the_page(here, client):  # PLAN-1
    page = words(client.get(address(here, "overview")))

    for said in ("Plus", "Marketing", "2,500 contacts", "3 user seats", "1 included"):
        assert said in page
    assert "each month" in page
    # 56 + 2 × 14 a month, at 21 %.
    assert "Billed next on 28 February 2026." in page
    assert "Next invoice: €101.64 with discount and taxes." in page
    for code in ("marketing-plus", "users-plus"):
        assert address(here, "change", code) in page


def test_the_next_invoice_is_what_the_run_bills(here, client):  # PLAN-1
    here.account.discount_percent = Decimal(10)
    here.account.save()
    plan_book.buy(here, users_plus=4)
    plan_book.buy(here, marketing_plus=1000)

    page = words(client.get(address(here, "overview")))

    renewal = plan_book.renewed(here)
    assert f"Next invoice: €{renewal.total.amount:.2f} with" in page
    # 28 + 3 × 14, less 10 %, plus 21 %.
    assert renewal.total.amount == Decimal("76.23")


def test_the_contact_limit_is_edited_in_its_dialog(here, client):  # PLAN-3
    dialog = words(client.get(address(here, "change", "marketing-plus"), headers=OVER))
    assert "Edit contact limit" in dialog
    assert "Update contact limit" in dialog
    # From 56 to 84 a month, 8 of 28 days left: 24.00 less 16.00, at 21 %.
    price = client.get(
        address(here, "change", "marketing-plus"), {"number": "2"}, headers=FOLLOWING
    )
    assert "9.68" in words(price)

    review = client.post(address(here, "change", "marketing-plus"), {"number": "2"}, headers=OVER)
    assert review.status_code == 200
    assert "Review purchase" in words(review)
    assert "Confirm purchase and pay €9.68" in words(review)
    done = client.post(address(here, "cart"), {"seen": review.context["seen"]}, headers=OVER)

    assert done.headers["HX-Redirect"] == address(here, "overview")
    assert number_of("marketing-plus") == 5000
    page = words(client.get(address(here, "overview")))
    assert "Confirmed: Marketing Plus 2,500 → 5,000. €9.68 stand on invoice" in page


def test_user_seats_are_managed_in_their_dialog(here, client):  # PLAN-4
    dialog = words(client.get(address(here, "change", "users-plus"), headers=OVER))

    assert "Manage user seats" in dialog
    assert "Continue" in dialog
    assert "Included in your plan: 1." in dialog
    assert address(here, "user_seats") in dialog
    assert "How to manage user seats" in words(client.get(address(here, "user_seats")))
    review = client.post(address(here, "change", "users-plus"), {"number": "5"}, headers=OVER)
    client.post(address(here, "cart"), {"seen": review.context["seen"]})
    assert number_of("users-plus") == 5
    # 2 × 14 × 8/28 at 21 %.
    assert Order.objects.get().total.amount == Decimal("9.68")


def test_no_more_seats_are_given_back_than_saves_something(here, client):  # PLAN-4
    page = client.post(address(here, "change", "users-plus"), {"number": "0"})

    assert "Choose a number from 1" in words(page)


@pytest.fixture
def offered(here: Standing, client: Client) -> str:
    page = words(client.get(address(here, "overview")))
    assert "Available add-ons" in page
    assert "Add to plan" in page
    return address(here, "change", "extra")


def test_an_add_on_is_reviewed_and_bought_in_one_dialog(here, client, offered):  # PLAN-7
    dialog = client.get(offered, headers=OVER)
    assert "Review purchase" in words(dialog)
    assert "Confirm purchase and pay €9.68" in words(dialog)

    done = client.post(offered, {"number": "1", "seen": dialog.context["seen"]}, headers=OVER)

    assert done.headers["HX-Redirect"] == address(here, "overview")
    assert number_of("extra") == 1
    assert not CartLine.objects.exists()


def test_an_add_on_is_bought_with_what_lies_in_the_cart_and_says_so(here, client, offered):
    carts.put(here=here, changes={"users-plus": 5}, at=NOW)

    dialog = client.get(offered, headers=OVER)
    assert "With what lies in your cart:" in words(dialog)
    assert "Confirm purchase and pay €19.36" in words(dialog)
    client.post(offered, {"number": "1", "seen": dialog.context["seen"]})

    assert (number_of("extra"), number_of("users-plus")) == (1, 5)
    assert Order.objects.get().total.amount == Decimal("19.36")


def test_two_clicks_on_one_dialog_are_one_purchase(here, client, offered):  # decision 17
    dialog = client.get(offered, headers=OVER)
    sent = {"number": "1", "seen": dialog.context["seen"]}

    client.post(offered, sent)
    client.post(offered, sent)

    assert Order.objects.count() == 1
    assert SandboxCharge.objects.filter(key__startswith="order").count() == 1
    assert not CartLine.objects.exists()


def test_a_dialog_whose_amounts_have_changed_is_drawn_again(here, client, offered):
    dialog = client.get(offered, headers=OVER)
    carts.put(here=here, changes={"users-plus": 5}, at=NOW)

    page = client.post(offered, {"number": "1", "seen": dialog.context["seen"]}, headers=OVER)

    assert page.status_code == 409
    assert "The amounts have changed since they were shown" in words(page)
    assert "Confirm purchase and pay €19.36" in words(page)
    assert [line.product.code for line in CartLine.objects.all()] == ["users-plus"]
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "You have 12 seats already, and nothing was charged now."),
        ("it", "Hai già 12 seats, e ora non è stato addebitato nulla."),
        ("cs", "Už máte 12 seats a teď se nic neúčtovalo."),
    ],
)
def test_a_second_tab_says_that_so_many_are_there_already(  # PLAN-8, CONV-3
    here, client, language, said
):
    units = dict.fromkeys(("unit_en", "unit_it", "unit_cs"), "seat|seats")
    PriceFactory(code="legacy-seats", amount=Decimal(28))
    Product.objects.filter(code="legacy-seats").update(family="conversations", **units)
    seats, headers = address(here, "change", "legacy-seats"), {"Accept-Language": language}
    first, second = (client.get(seats, {"number": "12"}).context["seen"] for _tab in range(2))
    client.post(seats, {"number": "12", "seen": first})
    assert number_of("legacy-seats") == 12

    page = client.post(seats, {"number": "12", "seen": second}, headers=headers)

    assert page.status_code == 409
    assert said in words(page)
    assert "amounts have changed" not in words(page)
    assert Order.objects.count() == 1


def test_without_script_an_add_on_goes_by_way_of_the_cart(here, client, offered):  # PLAN-7
    answer = client.post(offered, {"number": "1"})

    assert answer.headers["Location"] == address(here, "cart")


def test_what_was_scheduled_gives_way_and_is_named(here, client):  # decision 4
    plan_book.buy(here, users_plus=1)

    price = client.get(address(here, "change", "users-plus"), {"number": "5"}, headers=FOLLOWING)

    said = "User seats Plus: this takes the place of the change to 1 user seat that was scheduled."
    assert said in words(price)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "This is in force already: take it out."),
        ("it", "È già in vigore: toglilo."),
        ("cs", "To už platí: vyjměte to."),
    ],
)
def test_what_another_tab_has_called_off_changes_nothing_any_more(  # PLAN-9, decision 4
    here, client, language, said
):
    """3 seats in place of the 1 that was scheduled, which is called off in another tab."""
    plan_book.buy(here, users_plus=1)
    client.post(address(here, "change", "users-plus"), {"number": "3"})
    seen = client.get(address(here, "cart")).context["seen"]
    client.post(address(here, "scheduled_cancel", "users-plus"))

    page = client.post(address(here, "cart"), {"seen": seen}, headers={"Accept-Language": language})

    assert page.status_code == 409
    text = " ".join(words(page).split())
    assert said in text
    assert "amounts have changed" not in text
    assert f'action="{address(here, "take_out", "users-plus")}"' in text
    assert 'name="seen"' not in text


def test_what_is_in_force_already_stands_beside_what_is_bought(here, client, offered):  # LIC-3
    """5 seats lay in the cart when somebody else bought them; the add-on is still bought."""
    carts.put(here=here, changes={"users-plus": 5, "extra": 1}, at=NOW)
    buyer = stands(MemberFactory(account=here.account, signs_in=True, purchase_permission=True))
    plan_book.buy(buyer, users_plus=5)

    page = words(client.get(address(here, "cart")))

    assert "This is in force already: take it out." in page
    assert "Confirm purchase and pay €9.68" in page


def test_a_plan_that_is_not_held_is_not_chosen_by_its_number(here, client):  # PLAN-5
    assert client.get(address(here, "change", "marketing-pro")).status_code == 404


def test_who_may_not_buy_sees_the_plan_and_no_way_to_change_it(here):  # PLAN-1, PRICE-6
    reader = stands(MemberFactory(account=here.account, signs_in=True, paying=True))

    page = words(signed_in(reader).get(address(here, "overview")))

    assert "2,500 contacts" in page
    assert "/billing/change/" not in page


def test_the_pages_speak_italian_as_the_customers_do(here, client):  # ALL-2
    italian = {"Accept-Language": "it"}

    def read(name: str, *more: object, headers: Any = None) -> str:
        return words(client.get(address(here, name, *more), headers={**italian, **(headers or {})}))

    page = read("overview")
    for label in ("Fatturazione e upgrade", "Modifica", "Componenti aggiuntivi disponibili",
                  "Aggiungi al piano"):  # fmt: skip
        assert label in page
    contacts = read("change", "marketing-plus", headers=OVER)
    assert "Modifica limite contatto" in contacts
    assert "Aggiorna limite di contatto" in contacts
    seats = read("change", "users-plus", headers=OVER)
    assert "Gestisci postazioni utente" in seats
    assert "Continua" in seats
    add_on = read("change", "extra", headers=OVER)
    assert "Rivedi acquisto" in add_on
    assert "Conferma acquisto" in add_on


def test_seats_are_bought_where_a_plan_has_none_yet():  # PLAN-4
    here = plan_book.holder(marketing_plus=2500)
    client = signed_in(here)

    assert address(here, "change", "users-plus") in words(client.get(address(here, "overview")))
    review = client.post(address(here, "change", "users-plus"), {"number": "2"}, follow=True)
    client.post(address(here, "cart"), {"seen": review.context["seen"]})

    assert number_of("users-plus") == 2
