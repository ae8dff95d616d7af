"""*Manage → Licensing*: owned, in use and free, the price, and who may buy (LIC-1, LIC-2)."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.models import Account
from accounts.rights import Right
from billing.models import Item, Price, Product
from billing.whole import read_whole
from licensing.models import QueueLogin
from licensing.overview import buyers, overview, sold_by_the_module
from tests.factories import (
    AccessFactory,
    AccountFactory,
    MemberFactory,
    PriceFactory,
    ProductFactory,
    QueueFactory,
    SubscriptionFactory,
    instant,
)
from tests.lasting import lasting
from tests.licensing.pages import queries_of, signed_in

pytestmark = pytest.mark.django_db

AT = instant("2026-03-02 09:00")


def sold(code, amount="30.00", *, who=Product.Who.LICENSING, **price):
    product = ProductFactory(
        code=code, name_en=code.title(), subscription_code="licensing", who_may_buy=who
    )
    rules = price or {"peak": True}
    return PriceFactory(product=product, amount=Decimal(amount), **rules)


@lasting
def account():
    return AccountFactory(licensing_enabled=True)


@pytest.fixture
def licensed(account):
    """10 Voice and 5 Outbound owned; Chat sold to nobody yet."""
    sold("voice")
    sold("outbound", "15.00")
    sold("chat", "14.50")
    SubscriptionFactory(account=account, code="licensing", items={"voice": 10, "outbound": 5})
    return account


def agent(queue):
    member = MemberFactory(account=queue.account, type="contact_centre")
    QueueLogin.objects.create(member=member, queue=queue)
    return member


def looked(account, language="en"):
    products = sold_by_the_module()
    whole = read_whole(account, codes=[one.code for one in products])
    return overview(whole, products, at=AT, language=language)


def rows(account, language="en"):
    found = looked(account, language)
    return [(one.name, one.number, one.used, one.free, one.missing, one.price) for one in found]


def test_each_type_says_what_is_owned_used_and_free(licensed):  # LIC-1
    calls = QueueFactory(account=licensed, calling_out=True)
    chat = QueueFactory(account=licensed, channel="chat")
    for _ in range(3):
        agent(calls)
    agent(chat)

    assert rows(licensed) == [
        ("Voice", 10, 3, 7, 0, "€30.00"),
        ("Outbound", 5, 3, 2, 0, "€15.00"),
        ("Chat", 0, 1, 0, 1, "€14.50"),
    ]


def test_names_and_prices_are_in_the_readers_language(licensed):  # ALL-2
    Product.objects.filter(code="voice").update(name_it="Voce")

    assert rows(licensed, "it")[0] == ("Voce", 10, 0, 10, 0, "30,00\N{NO-BREAK SPACE}€")


def test_an_item_shows_the_price_that_it_keeps(licensed):  # PRICE-8
    newer = sold("voice", "99.00", peak=True, valid_from=date(2026, 2, 1))
    chat = Product.objects.get(code="chat")
    PriceFactory(product=chat, amount=Decimal("88.00"), peak=True, valid_from=date(2026, 2, 1))

    prices = {name: price for name, *_, price in rows(licensed)}

    assert Item.objects.get(product__code="voice").price != newer
    assert prices == {"Voice": "€30.00", "Outbound": "€15.00", "Chat": "€88.00"}


def test_what_nobody_holds_is_counted_otherwise(account):  # LIC-8, LIC-10
    sold("recording", "4.00")
    sold("speech-to-text-minutes", "0.01", metered=True, allowance=5000)
    sold("power-packs", "25.00", metered=True)
    SubscriptionFactory(account=account, code="licensing", items={"recording": 12})
    browser = signed_in(account)

    page = browser.get(reverse("licensing:licences", args=[account.pk]))

    words = " ".join(page.content.decode().split())
    assert [(one.name, one.number) for one, *_ in page.context["otherwise"]] == [
        ("Recording", 12),
        ("Speech-To-Text-Minutes", 0),
        ("Power-Packs", 0),
    ]
    assert "Billed by use above 5,000 a month" in words
    assert "Users × months kept ÷ 3" in words
    assert "€0.01" in words


def test_more_in_use_than_owned_is_said_above_the_page(licensed):  # LIC-7
    agent(QueueFactory(account=licensed, channel="chat"))
    browser = signed_in(licensed)

    words = browser.get(reverse("licensing:licences", args=[licensed.pk])).content.decode()

    assert "Chat: 1 in use, 0 owned." in words
    assert "Voice: " not in words


def test_who_may_buy_is_named_by_the_right_that_the_product_asks_for(licensed):  # PRICE-6
    sold("sms", who=Product.Who.PRIMARY)
    updates = AccessFactory(account=licensed, rights=[Right.UPDATE_LICENSING])
    MemberFactory(account=licensed, primary_admin=True, name="Jana")
    MemberFactory(account=licensed, access=updates, name="Ben")
    MemberFactory(account=licensed, purchase_permission=True, name="Cid")

    found = buyers(licensed, looked(licensed))

    assert [(one.products, one.names) for one in found] == [
        (("Voice", "Outbound", "Chat"), ("Jana (primary account admin)", "Ben")),
        (("Sms",), ("Jana (primary account admin)",)),
    ]


def test_who_only_looks_reads_who_may_change_and_has_no_button(licensed):  # LIC-2
    MemberFactory(account=licensed, primary_admin=True, name="Jana")
    browser = signed_in(licensed, Right.SEE_LICENSING)

    page = browser.get(reverse("licensing:licences", args=[licensed.pk])).content.decode()

    main = page.partition("<main")[2].partition("</main>")[0]
    assert "Jana (primary account admin)" in main
    assert "<button" not in main
    assert 'type="number"' not in main


def test_who_does_not_pay_sees_no_price():  # RSL-2
    sold("voice")
    agency = AccountFactory(agency=True)
    child = AccountFactory(workspace=True, paid_by=agency, licensing_enabled=True)
    inside, above = signed_in(child), signed_in(agency)
    address = reverse("licensing:licences", args=[child.pk])

    assert "€" not in inside.get(address).content.decode()
    assert "€30.00" in above.get(address).content.decode()


def test_who_looks_after_a_child_but_sees_no_billing_sees_no_price():  # RSL-2
    sold("voice")
    agency = AccountFactory(agency=True)
    child = AccountFactory(workspace=True, paid_by=agency, licensing_enabled=True)
    address = reverse("licensing:licences", args=[child.pk])

    looks = signed_in(agency, Right.UPDATE_AGENCY).get(address)
    pays = signed_in(agency, Right.SEE_AGENCY, billing_role=True).get(address)

    assert "Voice" in looks.content.decode()
    assert "€" not in looks.content.decode()
    assert "€30.00" in pays.content.decode()


def test_without_the_module_the_page_says_whom_to_ask():  # LIC-2
    account = AccountFactory()

    answer = signed_in(account).get(reverse("licensing:licences", args=[account.pk]))

    assert answer.status_code == 403
    assert "contact sales" in answer.content.decode().lower()


def test_without_the_right_the_page_names_who_has_it(licensed):  # LIC-2
    MemberFactory(account=licensed, primary_admin=True, name="Jana")
    browser = signed_in(licensed, Right.SEE_TEAM)

    answer = browser.get(reverse("licensing:licences", args=[licensed.pk]))

    assert answer.status_code == 403
    assert "Jana" in answer.content.decode()


def test_an_empty_catalogue_says_so(account):
    words = signed_in(account).get(reverse("licensing:licences", args=[account.pk]))

    assert "The catalogue sells no licences yet." in words.content.decode()


def test_the_page_costs_the_same_with_one_user_and_with_fifty(licensed):
    browser = signed_in(licensed)
    calls = QueueFactory(account=licensed)
    address = reverse("licensing:licences", args=[licensed.pk])
    agent(calls)
    one = queries_of(browser, address)
    for _ in range(49):
        agent(calls)

    assert queries_of(browser, address) == one


def test_prices_are_of_the_accounts_currency(account):
    voice = Product.objects.get(pk=sold("voice").product_id)
    PriceFactory(product=voice, currency="USD", amount=Decimal("33.00"), peak=True)
    Account.objects.filter(pk=account.pk).update(currency="USD")
    account.refresh_from_db()

    assert rows(account)[0][-1] == "$33.00"
    assert Price.objects.count() == 2
