"""The dialog about the level: cards with prices, features gained and lost, and *Upgrade*."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db.models import F
from django.test import Client

from accounts.access import Standing
from billing import carts
from billing.models import Item, Order, Product
from tests.billing import plan_book
from tests.billing.buying import NOW
from tests.billing.test_cart_pages import address, signed_in, words
from tests.billing.test_plan_pages import FOLLOWING, OVER
from tests.factories import MemberFactory
from tests.lasting import lasting
from tests.standing import holder, stands

pytestmark = pytest.mark.django_db


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


@pytest.fixture
def level(here: Standing) -> str:
    return address(here, "level", "marketing-plus")


def test_the_level_leads_to_the_dialog(here, client, level):  # PLAN-5
    assert level in words(client.get(address(here, "overview")))
    dialog = client.get(level, headers=OVER)

    cards = [(card["name"], str(card["each_cycle"]), card["held"], card["chosen"])
             for card in dialog.context["levels"]]  # fmt: skip
    assert cards == [
        ("Starter", "None", False, False),  # three seats are one too many
        ("Plus", "€84.00", True, False),
        ("Pro", "€112.00", False, True),
    ]
    assert "With Pro you gain" in words(dialog)
    assert "Sends: 12 × the contact limit instead of 10 ×" in " ".join(words(dialog).split())
    assert "You lose no feature." in words(dialog)
    assert "Upgrade and pay €9.68" in words(dialog)


def test_a_level_is_taken_as_it_was_shown(here, client, level):  # PLAN-5
    dialog = client.get(level, headers=OVER)

    sent = {"to": "marketing-pro", "seen": dialog.context["seen"]}
    done = client.post(level, sent, headers=OVER)

    assert done.headers["HX-Redirect"] == address(here, "overview")
    assert Order.objects.get().total.amount == Decimal("9.68")
    held = Item.objects.filter(quantity__gt=0).values_list("product__code", "quantity")
    assert dict(held) == {"marketing-pro": 2500, "users-pro": 3}
    page = words(client.get(address(here, "overview")))
    assert "Confirmed: Marketing Plus 2,500 → 0, Marketing Pro 0 → 2,500" in page


def test_the_dialog_says_what_stays_scheduled(here, client, level):  # PRICE-5, PLAN-5
    plan_book.buy(here, users_plus=2)
    seats = words(client.get(level, headers=OVER))
    plan_book.buy(here, marketing_plus=1000)
    contacts = words(client.get(level, headers=OVER))

    gives_way = "User seats Plus: this takes the place of the change to 2 user seats that was sch"
    stays = "Marketing Pro: your scheduled change to 1,000 contacts from 28 February 2026 stays."
    assert gives_way in seats.replace("\N{NO-BREAK SPACE}", " ")
    assert stays not in seats.replace("\N{NO-BREAK SPACE}", " ")
    assert stays in contacts.replace("\N{NO-BREAK SPACE}", " ")


def test_the_dialog_says_where_included_seats_stay_instead(here, client, level):  # PRICE-5
    plan_book.buy(here, users_plus=6)
    plan_book.buy(here, at=NOW + timedelta(seconds=1), users_plus=2)

    with time_machine.travel(NOW + timedelta(seconds=2), tick=False):
        said = words(client.get(level, headers=OVER)).replace("\N{NO-BREAK SPACE}", " ")

    assert (
        "User seats Pro: instead of 2 as scheduled it is 3 user seats from 28 February 2026: so "
        "many are included." in said
    )


def test_another_level_than_the_one_shown_is_shown_first(here, client, level):  # PRICE-10
    seen = client.get(level, headers=OVER).context["seen"]
    plan_book.more_levels(1)

    page = client.post(level, {"to": "marketing-level-0", "seen": seen}, headers=OVER)

    assert page.status_code == 409
    assert "The amounts have changed since they were shown" in words(page)
    assert not Order.objects.exists()


def test_a_lower_level_names_what_is_lost_and_leads_to_support(  # PLAN-5, PLAN-9
    here, client, level
):
    plan_book.buy(here, users_plus=2)
    with time_machine.travel("2026-03-01 12:00Z", tick=False):
        plan_book.renewed(here)
        lower = client.get(level, {"to": "marketing-starter"}, headers=FOLLOWING)

    assert "With Starter you lose" in words(lower)
    assert "Automations" in words(lower)
    asks = f"{address(here, 'request_new')}?kind=level&amp;target=marketing-starter"
    assert f'href="{asks}"' in words(lower)
    assert "Request account change" in words(lower)
    assert "Upgrade" not in words(lower)


def test_a_level_that_is_too_small_says_what_must_go_first(here, client, level):  # PLAN-5
    small = client.get(level, {"to": "marketing-starter"}, headers=FOLLOWING)

    assert "Starter holds 2 user seats at most, you have 3: give seats back first." in words(small)
    assert address(here, "change", "users-plus") in words(small)


@pytest.mark.parametrize("to", ["marketing-plus", "", "nothing", "sales-pro"])
def test_odd_wishes_buy_nothing(client, level, to):
    answer = client.post(level, {"to": to, "seen": ""})

    assert answer.status_code == 409
    assert not Order.objects.exists()


def test_what_is_not_held_has_no_level(here, client):
    for code in ("marketing-pro", "users-plus", "unknown"):
        assert client.get(address(here, "level", code)).status_code == 404


def test_who_may_not_buy_reads_who_may(here, level):  # PRICE-6
    page = signed_in(holder(here.account)).get(level)

    assert page.status_code == 403
    assert here.person.name in words(page)


def test_a_member_with_purchase_permission_upgrades(here, level):  # PRICE-6
    buyer = signed_in(
        stands(MemberFactory(account=here.account, signs_in=True, purchase_permission=True))
    )
    seen = buyer.get(level).context["seen"]

    buyer.post(level, {"to": "marketing-pro", "seen": seen})

    assert Order.objects.get().state == "done"


def test_the_dialog_speaks_italian_as_the_customers_do(client, level):  # ALL-2
    page = words(client.get(level, headers={**OVER, "Accept-Language": "it"}))

    assert "Esegui l'upgrade" in page.replace("&#x27;", "'")


@pytest.mark.parametrize("levels", [3, 12])
def test_the_dialog_costs_the_same_with_few_levels_and_with_many(
    client, level, levels, django_assert_max_num_queries
):
    plan_book.more_levels(levels - 3)
    client.get(level, headers=OVER)

    with django_assert_max_num_queries(LEVEL_QUERIES):
        client.get(level, headers=OVER)


LEVEL_QUERIES = 23


def test_what_lay_in_the_cart_and_went_with_the_level_is_to_be_taken_out(  # PLAN-5, PRICE-7
    here, client, level
):
    """Beside its line; what another dialog says of it, too. The rest has its price then."""
    carts.put(here=here, changes={"users-plus": 1005, "extra": 1}, at=NOW)
    seen = client.get(level).context["seen"]
    client.post(level, {"to": "marketing-pro", "seen": seen})

    page = client.get(address(here, "cart"))
    text = " ".join(words(page).split())
    assert "Your plan is Marketing Pro now, and this is not sold with it: take it out." in text
    assert "Add that first" not in text
    assert "3 user seats" in text
    assert "1,005 user seats" in text
    assert f'action="{address(here, "take_out", "users-plus")}"' in text
    dialog = words(client.get(address(here, "change", "users-pro"), {"number": "4"}))
    assert "User seats Plus is not sold with Marketing Pro, which is your plan now." in dialog

    rest = words(client.post(address(here, "take_out", "users-plus"), follow=True))

    assert "not sold" not in rest
    assert "€9.68" in rest


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            "Your plan is Marketing Pro now, and Marketing Plus would take its place: take this"
            " out, and choose the number where your plan stands.",
        ),
        ("it", "Ora il tuo piano è Marketing Pro, e Marketing Plus ne prenderebbe il posto:"),
        ("cs", "Váš tarif je teď Marketing Pro a Marketing Plus by ho nahradil:"),
    ],
)
def test_contacts_of_the_plan_before_are_to_be_taken_out(  # PLAN-3, PLAN-5
    here, client, level, language, said
):
    """More contacts of Plus lay in the cart when Pro took its place."""
    Product.objects.update(name_it=F("name_en"), name_cs=F("name_en"))
    carts.put(here=here, changes={"marketing-plus": 5000}, at=NOW)
    seen = client.get(level).context["seen"]
    client.post(level, {"to": "marketing-pro", "seen": seen})

    page = client.get(address(here, "cart"), headers={"Accept-Language": language})

    text = " ".join(words(page).split())
    assert said in text
    assert f'action="{address(here, "take_out", "marketing-plus")}"' in text


def test_what_goes_with_another_plan_is_added_to_none(here, client):  # PRICE-7
    """Without a plan of the family the advice stays: the plan comes first."""
    carts.put(here=here, changes={"users-pro": 5}, at=NOW)
    Item.objects.filter(product__code="marketing-plus").update(quantity=0)

    page = words(client.get(address(here, "cart")))

    assert "Add that first." in page
    assert "not sold with" not in page
