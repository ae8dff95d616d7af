"""Raising and lowering numbers on the cards, through the cart, until they count (LIC-1, LIC-3)."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.rights import Right
from billing.models import CartLine, Item
from billing.subscribing import open_licensing
from tests.factories import AccountFactory, SellerFactory, TaxRateFactory
from tests.licensing.owning import own, sell
from tests.licensing.pages import queries_of, signed_in

pytestmark = [pytest.mark.django_db]


@pytest.fixture
def account():
    SellerFactory()
    TaxRateFactory()
    account = AccountFactory(licensing_enabled=True)
    own(account, voice=4, chat=2)
    return account


def page(account):
    return reverse("licensing:licences", args=[account.pk])


def cart(account):
    return reverse("billing:cart", args=[account.pk])


def in_cart():
    return {line.product.code: (line.was, line.becomes) for line in CartLine.objects.all()}


def test_saving_puts_what_was_changed_into_the_cart_and_nothing_counts_yet(account):  # LIC-3
    browser = signed_in(account)

    answer = browser.post(page(account), {"voice": "6", "chat": "2"})

    assert (answer.status_code, answer["Location"]) == (302, cart(account))
    assert in_cart() == {"voice": (4, 6)}
    assert Item.objects.get(product__code="voice").quantity == 4


def test_saving_there_once_more_makes_them_usable(account):  # LIC-3
    browser = signed_in(account)
    browser.post(page(account), {"voice": "6", "chat": "1"})
    shown = browser.get(cart(account))
    words = " ".join(shown.content.decode().split())

    answer = browser.post(cart(account), {"seen": shown.context["seen"]})

    assert answer.status_code == 302
    assert "your cart: 4 → 6" in words
    assert [one.code for one in shown.context["strips"]] == ["voice", "chat"]
    assert dict(Item.objects.values_list("product__code", "quantity")) == {"voice": 6, "chat": 1}
    assert in_cart() == {}


def test_what_is_wrong_is_said_above_by_the_name_of_the_licence(account):  # ALL-4
    answer = signed_in(account).post(page(account), {"voice": "4", "chat": "99999999999"})

    words = " ".join(answer.content.decode().split())
    assert answer.status_code == 422
    assert ">Chat: Choose a number from 0 to " in words


def test_a_reduction_says_in_amounts_that_this_month_stays(account):  # LIC-4
    browser = signed_in(account)
    browser.post(page(account), {"voice": "1", "chat": "2"})

    words = " ".join(browser.get(cart(account)).content.decode().split())

    assert "Voice: this month stays at 4 " in words
    assert "you pay €30.00 instead of €120.00." in words


def test_raising_again_up_to_the_peak_says_that_it_costs_nothing(account):  # LIC-4
    browser = signed_in(account)
    browser.post(page(account), {"voice": "1", "chat": "2"})
    browser.post(cart(account), {"seen": browser.get(cart(account)).context["seen"]})
    browser.post(page(account), {"voice": "3", "chat": "2"})

    words = " ".join(browser.get(cart(account)).content.decode().split())

    assert "Voice: this costs nothing this month, because 4 " in words


def test_what_lies_in_the_cart_stands_on_the_cards_and_goes_out_again(account):
    browser = signed_in(account)
    browser.post(page(account), {"voice": "6", "chat": "2"})

    shown = browser.get(page(account)).context["form"]
    browser.post(page(account), {"voice": "4", "chat": "2"})

    assert shown["voice"].value() == 6
    assert in_cart() == {}


def test_saving_without_a_change_says_so(account):
    browser = signed_in(account)

    answer = browser.post(page(account), {"voice": "4", "chat": "2"}, follow=True)

    assert "No number was changed." in answer.content.decode()


@pytest.mark.parametrize("typed", ["-1", "many", "", "1000000000", "1.5"])
def test_a_wrong_number_is_said_beside_its_field_and_kept(account, typed):  # ALL-4
    browser = signed_in(account)

    answer = browser.post(page(account), {"voice": typed, "chat": "3"})

    form = answer.context["form"]
    assert answer.status_code == 422
    assert (list(form.errors), form["voice"].value(), form["chat"].value()) == (
        ["voice"],
        typed,
        "3",
    )
    assert in_cart() == {}


def test_what_is_held_once_or_not_at_all_is_a_switch(account):  # LIC-10
    sell("speech-to-text", "50.00", flat=True)
    browser = signed_in(account)

    browser.post(page(account), {"voice": "4", "chat": "2", "speech-to-text": "on"})

    assert in_cart() == {"speech-to-text": (0, 1)}


def test_an_account_that_support_lets_in_buys_its_first_licences():  # LIC-3, LIC-5
    SellerFactory()
    account, chat = AccountFactory(licensing_enabled=True), sell("chat")
    for _ in range(2):
        open_licensing(account_id=account.pk, at=timezone.now())
    browser = signed_in(account)

    browser.post(page(account), {"chat": "2"})
    shown = browser.get(cart(account))
    browser.post(cart(account), {"seen": shown.context["seen"]})

    item = Item.objects.get(product=chat)
    assert (item.quantity, item.subscription.anchor_day) == (2, 1)
    assert item.subscription.code == "licensing"


def test_who_may_only_look_changes_nothing(account):  # LIC-2
    browser = signed_in(account, Right.SEE_LICENSING)

    answer = browser.post(page(account), {"voice": "6", "chat": "2"})

    assert answer.status_code == 403
    assert in_cart() == {}


def test_the_cards_cost_as_many_queries_with_one_product_as_with_eleven(account):
    browser = signed_in(account)
    few = queries_of(browser, page(account))
    for code in ("outbound", "email", "sms", "social", "back-office", "cloudphone", "recording"):
        sell(code)

    assert queries_of(browser, page(account)) == few
