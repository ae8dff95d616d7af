"""A plan put together on its page: the bundle of who has a part of it, and the first plan."""

from __future__ import annotations

from decimal import Decimal

import pytest
import time_machine
from django.test import Client

from accounts.access import Standing
from billing.gateways.sandbox_cards import Behaviour
from billing.models import Item, Order, Product, Subscription
from tests.billing import plan_book
from tests.billing.buying import NOW
from tests.billing.test_cart_pages import address, signed_in, words
from tests.billing.test_plan_pages import FOLLOWING, OVER
from tests.factories import AccountFactory, CardFactory, PriceFactory, SellerFactory, TaxRateFactory
from tests.lasting import lasting
from tests.standing import chief, holder

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield


@lasting
def here() -> Standing:
    return plan_book.holder()


@lasting
def newcomer() -> Standing:
    """The primary account admin of an account that has bought nothing yet."""
    plan_book.catalogue()
    SellerFactory()
    TaxRateFactory()
    return chief(AccountFactory(time_zone="Europe/Prague"))


BUNDLE = {"level": "bundle-plus", "contacts": "2500", "seats": "3"}
FIRST = {"level": "marketing-pro", "contacts": "2500", "seats": "4", "interval": "month"}


def in_force() -> dict[str, int]:
    return dict(Item.objects.filter(quantity__gt=0).values_list("product__code", "quantity"))


def test_holders_of_a_part_complete_the_bundle(here):  # PLAN-6
    client = signed_in(here)
    bundle = address(here, "configure", "bundle")
    overview = words(client.get(address(here, "overview")))
    assert "Complete the bundle to unlock more features" in overview
    assert bundle in overview

    page = client.get(bundle)
    assert "Update my plan" in words(page)
    assert [one["name"] for one in page.context["levels"]] == ["Plus", "Pro"]
    # From 56 to 112 a month, 8 of 28 days: 16.00 and 21 %.
    assert "19.36" in words(client.get(bundle, BUNDLE, headers=FOLLOWING))
    review = client.get(bundle, {**BUNDLE, "review": "1"}, headers=OVER)
    assert "Upgrade and pay €19.36" in words(review)
    assert "169.40" in words(review)  # the full price from then on
    assert "Deals" in words(review)  # what is gained
    done = client.post(bundle, {**BUNDLE, "seen": review.context["seen"]}, headers=OVER)

    assert done.headers["HX-Redirect"] == address(here, "overview")
    assert in_force() == {"users-plus": 3, "bundle-plus": 2500}
    assert "Complete the bundle" not in words(client.get(address(here, "overview")))


def test_level_contacts_seats_and_add_ons_are_taken_in_one_deed(here):  # PLAN-6
    client = signed_in(here)
    bundle = address(here, "configure", "bundle")
    wish = {
        "level": "bundle-pro",
        "contacts": "5000",
        "seats": "5",
        "add-on-extra": "on",
    }

    review = client.get(bundle, {**wish, "review": "1"}, headers=OVER)
    client.post(bundle, {**wish, "seen": review.context["seen"]})

    assert in_force() == {"bundle-pro": 5000, "users-pro": 5, "extra": 1}
    # 336 + 2 × 28 + 28 come for 56 + 2 × 14, 8 of 28 days left, and 21 %.
    assert Order.objects.get().total.amount == Decimal("116.16")
    assert plan_book.renewed(here).total.amount == Decimal("508.20")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"contacts": "1000"}, "Choose one of the steps."),
        ({"seats": "2"}, "This level has 3 user seats at least."),
        ({"seats": "x"}, "Write how many user seats you want, for example 3."),
        ({"level": "bundle-starter"}, "Choose one of the levels above."),
    ],
)
def test_less_than_is_held_is_refused_beside_its_field(here, changed, said):  # PLAN-9, ALL-4
    page = signed_in(here).get(address(here, "configure", "bundle"), {**BUNDLE, **changed})

    assert words(page).count(said) == 1


def test_what_is_held_or_holds_nothing_of_it_is_not_put_together(here):  # PLAN-9
    client = signed_in(here)

    for line in ("marketing", "sales", "unknown"):
        assert client.get(address(here, "configure", line)).status_code == 404


def test_a_newcomer_chooses_a_plan_and_begins_today(newcomer):
    client = signed_in(newcomer)
    page = words(client.get(address(newcomer, "overview")))
    assert "Choose a plan" in page
    assert "from €56.00" in page  # Pro with its three seats
    assert "a year saves €112.00" in page
    marketing = address(newcomer, "configure", "marketing")
    assert marketing in page

    price = words(client.get(marketing, FIRST, headers=FOLLOWING))
    assert "169.40" in price
    assert "Billed each year it saves €224.00 a year" in price
    review = client.get(marketing, {**FIRST, "review": "1"}, headers=OVER)
    assert "Confirm purchase and pay €169.40" in words(review)
    client.post(marketing, {**FIRST, "seen": review.context["seen"]}, headers=OVER)

    assert in_force() == {"marketing-pro": 2500, "users-pro": 4}
    page = words(client.get(address(newcomer, "overview")))
    assert "Billed next on 20 March 2026." in page
    assert "Choose a plan" not in page


@pytest.mark.parametrize("typed", ["9" * 20, "-1", "1.5", "many"])
def test_how_many_of_an_add_on_there_can_be_is_said_beside_it(newcomer, typed):  # ALL-4
    PriceFactory(code="credits", amount=20)
    credits = Product.objects.filter(code="credits")
    credits.update(kind=Product.Kind.ADD_ON, family="plan", subscription_code="plan")
    credits.get().requires.set(Product.objects.filter(kind=Product.Kind.PLAN))
    first = address(newcomer, "configure", "marketing")

    page = signed_in(newcomer).get(first, {**FIRST, "add-on-credits": typed})

    form = page.context["form"]
    assert form.errors["add-on-credits"] == ["Choose a number from 0 to 999,999,999."]


def test_a_newcomer_is_billed_each_year_where_they_want_it(newcomer):
    client = signed_in(newcomer)
    marketing = address(newcomer, "configure", "marketing")
    wish = {**FIRST, "interval": "year"}

    review = client.get(marketing, {**wish, "review": "1"})
    client.post(marketing, {**wish, "seen": review.context["seen"]})

    assert Subscription.objects.get().interval == "year"
    # 10 × 112 and 12 × 28, at 21 %.
    assert Order.objects.get().total.amount == Decimal("1761.76")


WISH = {**FIRST, "interval": "year", "add-on-extra": "1"}


def declined_first_plan(newcomer: Standing) -> tuple[Client, Order]:
    """A first plan for a year, with an add-on, whose card is declined."""
    CardFactory(payer=newcomer.account, behaviour=Behaviour.FUNDS)
    client, marketing = signed_in(newcomer), address(newcomer, "configure", "marketing")
    review = client.get(marketing, {**WISH, "review": "1"})
    page = client.post(marketing, {**WISH, "seen": review.context["seen"]}, follow=True)
    assert "Try again" in words(page)
    return client, Order.objects.get(state="declined")


def test_a_declined_first_plan_is_put_together_again_as_it_was(newcomer):  # PLAN-6
    client, order = declined_first_plan(newcomer)

    page = client.post(address(newcomer, "order_again", order.pk), follow=True)

    assert page.request["PATH_INFO"] == address(newcomer, "configure", "marketing")
    form = page.context["form"]
    assert form.is_valid()
    assert {name: form.data[name] for name in WISH} == WISH
    assert page.context["quote"].now.total == order.total


def test_after_another_plan_was_bought_nothing_is_put_together_again(newcomer):  # PLAN-6
    client, order = declined_first_plan(newcomer)
    CardFactory(payer=newcomer.account)
    marketing = address(newcomer, "configure", "marketing")
    review = client.get(marketing, {**FIRST, "review": "1"})
    client.post(marketing, {**FIRST, "seen": review.context["seen"]})

    page = client.post(address(newcomer, "order_again", order.pk))

    assert page.headers["Location"] == address(newcomer, "overview")


def test_what_is_not_sold_any_more_is_not_put_together_again(newcomer):  # PRICE-7
    client, order = declined_first_plan(newcomer)
    Product.objects.filter(code="marketing-pro").update(closed_from="2026-02-01")

    page = client.post(address(newcomer, "order_again", order.pk))

    assert page.headers["Location"] == address(newcomer, "overview")


def test_who_has_no_price_in_their_currency_is_offered_no_plan(newcomer):
    newcomer.account.currency = "JPY"
    newcomer.account.save()
    client = signed_in(newcomer)

    assert "Choose a plan" not in words(client.get(address(newcomer, "overview")))
    assert client.get(address(newcomer, "configure", "marketing")).status_code == 404


def test_who_may_not_buy_reads_who_may(here):  # PRICE-6
    page = signed_in(holder(here.account)).get(address(here, "configure", "bundle"))

    assert page.status_code == 403
    assert here.person.name in words(page)


def test_the_bundle_speaks_italian_as_the_customers_do(here):  # ALL-2
    client = signed_in(here)
    italian = {"Accept-Language": "it"}

    page = words(client.get(address(here, "overview"), headers=italian))
    assert "Completa il pacchetto per sbloccare ulteriori funzionalità" in page
    bundle = address(here, "configure", "bundle")
    assert "Aggiorna il mio piano" in words(client.get(bundle, headers=italian))
    review = client.get(bundle, {**BUNDLE, "review": "1"}, headers={**italian, **OVER})
    assert "Esegui l'upgrade" in words(review).replace("&#x27;", "'")
