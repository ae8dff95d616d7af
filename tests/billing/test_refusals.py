"""What a customer reads where the log refuses a change: in their language, naming nobody above."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from billing import events, meters
from billing.core import pricing as core
from billing.limits import LARGEST_CHARGE, LARGEST_QUANTITY, LARGEST_USE, refuse_use
from billing.logs import refuse_frozen
from billing.models import Product, Subscription
from billing.ordering import refuse_while_paying
from billing.quoting import quote
from billing.refusals import ChangeRefused
from tests.billing.buying import NOW, customer, waiting
from tests.factories import ProductFactory
from tests.lasting import lasting

pytestmark = pytest.mark.django_db

here = lasting(customer)

SPACE = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "A payment of €6.57 is on its way since 12:00 UTC."),
        ("it", "Un pagamento di 6,57 € è in corso dalle 12:00 UTC."),
        ("cs", "Platba 6,57 € je na cestě od 12:00 UTC."),
    ],
)
def test_a_payment_on_its_way_is_told_in_the_readers_language(here, language, words):  # ALL-2
    waiting(here, seat=6)

    with override(language), pytest.raises(ChangeRefused) as refused:
        refuse_while_paying(here.account)

    assert str(refused.value).replace(SPACE, " ").startswith(words)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "changed just now"), ("it", "appena modificato"), ("cs", "právě změněno")],
)
def test_what_is_being_paid_is_told_without_naming_who_pays(here, language, words):  # ALL-2 AGY-3
    order = waiting(here, seat=6)
    plan = Subscription.objects.get(account=here.account)

    with override(language), pytest.raises(ChangeRefused, match=words) as refused:
        refuse_frozen(plan, codes=["seat"], but=None)

    assert str(order.person) not in str(refused.value)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Choose a number in between."), ("it", "compreso"), ("cs", "mezi nimi")],
)
def test_a_number_beyond_all_is_told_in_the_readers_language(here, language, words):  # ALL-2
    plan = Subscription.objects.get(account=here.account)

    with override(language), pytest.raises(ChangeRefused, match=words):
        events.record(
            subscription_id=plan.pk, changes={"seat": LARGEST_QUANTITY + 1}, at=NOW, by_name="Jana"
        )


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Agents has no price in EUR on 20 February 2026."),
        ("it", "Agenti non ha un prezzo in EUR il 20 febbraio 2026."),
        ("cs", "Agenti nemá ke dni 20. února 2026 cenu v EUR."),
    ],
)
def test_a_day_and_a_product_are_named_as_the_reader_writes_them(here, language, words):  # ALL-2
    ProductFactory(code="agents", name_en="Agents", name_it="Agenti", name_cs="Agenti")
    plan = Subscription.objects.get(account=here.account)

    with override(language), pytest.raises(ChangeRefused) as refused:
        events.record(subscription_id=plan.pk, changes={"agents": 1}, at=NOW)

    assert str(refused.value).startswith(words)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Seat is counted up to 1,000,000,000,000 in a cycle."),
        ("it", "Posto: si contano al massimo 1.000.000.000.000 per ciclo."),
        ("cs", "Místo: počítá se nejvýše 1 000 000 000 000 za cyklus."),
    ],
)
def test_use_beyond_a_meter_is_told_in_the_readers_language(here, language, words):  # ALL-2
    Product.objects.filter(code="seat").update(name_it="Posto", name_cs="Místo")
    plan = Subscription.objects.get(account=here.account)

    with override(language), pytest.raises(ChangeRefused) as refused:
        meters.add(
            account_id=here.account.pk,
            subscription_id=plan.pk,
            product="seat",
            key="k",
            at=NOW,
            quantity=LARGEST_USE + 1,
        )

    assert str(refused.value).replace(SPACE, " ").startswith(words)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "5 of Mail used in a cycle would cost more than"),
        ("it", "L'uso di 5 di Mail in un ciclo costerebbe più di"),
        ("cs", "Použití Mail (5) za cyklus by stálo více než"),
    ],
)
def test_use_that_costs_too_much_is_told_in_the_readers_language(language, words):  # ALL-2
    price = core.Price(
        "1", core.Model.PER_UNIT, amount=LARGEST_CHARGE, timing=core.Timing.ARREARS,
        basis=core.Basis.METERED,
    )  # fmt: skip

    with override(language), pytest.raises(ChangeRefused) as refused:
        refuse_use(5, name="Mail", price=price, interval="month")

    assert str(refused.value).startswith(words)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "has no subscription for this yet."),
        ("it", "non ha ancora un abbonamento per questo."),
        ("cs", "pro to zatím nemá předplatné."),
    ],
)
def test_what_no_subscription_holds_is_told_in_the_readers_language(here, language, words):  # ALL-2
    ProductFactory(code="voice", subscription_code="licensing")

    with override(language), pytest.raises(ChangeRefused, match=words):
        quote(account=here.account, changes={"voice": 1}, at=NOW)
