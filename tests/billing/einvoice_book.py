"""A book of all kinds of customers, billed for most of a year: what e-invoices are judged on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from random import Random
from typing import Any, Final

from accounts.models import Account
from billing import events, meters
from billing.models import Price, Subscription
from billing.refusals import ChangeRefused
from tests.billing.running import bill
from tests.factories import (
    AccountFactory,
    MemberFactory,
    PriceFactory,
    SellerFactory,
    SubscriptionFactory,
    TaxRateFactory,
    TierFactory,
    instant,
)

CURRENCIES: Final = ("EUR", "CZK", "USD", "JPY")
MONTHS: Final = range(1, 9)
# What each is: country, tax ID, and whether tax is charged to it at all.
_WHERE: Final[tuple[Mapping[str, Any], ...]] = (
    {"country": "CZ", "tax_id": ""},
    {"country": "CZ", "tax_id": "CZ12345679"},
    {"country": "DE", "tax_id": "DE136695976"},
    {"country": "DE", "tax_id": "DE136695976", "tax_id_state": Account.TaxIdState.INVALID},
    {"country": "GR", "tax_id": "EL094259216"},
    {"country": "US", "tax_id": "91-1144442"},
    {"country": "US", "tax_id": ""},
    {"country": "CH", "tax_id": "CHE107787577IVA"},
    {"country": "SS", "tax_id": "SS-1234"},
    {"country": "CZ", "tax_id": "", "tax_exempt": True},
)
_NAMES: Final = (
    *("Nováková & dcery", "<b>Tag</b> ]]> & Söhne", "Ελλάδα ΑΕ", "\u202eTurned \x07 round\n"),
    *("", "🎉", "Ordinary Ltd"),
)
_CHOSEN: Final = ("seat", "plan", "contacts", "calls", "packs", "voice")


def catalogue(currency: str) -> None:
    """One price of each way to charge, with amounts that do not divide."""
    decimals = 0 if currency == "JPY" else 2
    by_unit = Decimal("19.99").quantize(Decimal(1).scaleb(-decimals))
    rules = {"currency": currency, "decrease": Price.Decrease.NOW_CREDIT}
    for interval, times in ((Price.Interval.MONTH, 1), (Price.Interval.YEAR, 10)):
        both = rules | {"interval": interval}
        PriceFactory(code="seat", amount=by_unit * times, **both)
        PriceFactory(code="plan", flat=True, amount=Decimal(49) * times, **both)
        for code in ("contacts", "calls"):
            model = Price.Model.VOLUME if code == "contacts" else Price.Model.TIERED
            price = PriceFactory(code=code, model=model, amount=None, **both)
            TierFactory(price=price, up_to=20, unit=Decimal("0.3"), flat=Decimal(7))
            TierFactory(price=price, up_to=None, unit=Decimal("0.25"), flat=Decimal(9))
        PriceFactory(code="packs", model="package", amount=Decimal("7.5"), size=7, **both)
        PriceFactory(code="setup", once=True, amount=by_unit, currency=currency, interval=interval)
        factor = {"unit_factor": Decimal("0.75"), "currency": currency, "interval": interval}
        PriceFactory(code="voice", peak=True, amount=Decimal("30.003333"), **factor)
        counted = {"currency": currency, "interval": interval}
        PriceFactory(code="agent", members=True, amount=Decimal(24) * times, **counted)
        PriceFactory(code="stt", metered=True, amount=Decimal("0.0107"), allowance=90, **counted)
    PriceFactory(code="legacy", amount=by_unit, **rules)


def customer(number: int, random: Random) -> Subscription:
    """The customer of this number: each is another mixture of what there is."""
    account = AccountFactory(
        name=_NAMES[number % len(_NAMES)] or f"Customer {number}",
        street=random.choice(["", " ", "Dlouhá 1\r\nDvůr"]),
        postcode=random.choice(["", "110 00"]),
        time_zone=random.choice(["UTC", "Europe/Prague", "America/Santiago"]),
        language=("en", "it", "cs")[number % 3],
        currency=CURRENCIES[number // 2 % len(CURRENCIES)],
        pays_by=random.choice(["card", "transfer"]),
        discount_percent=random.choice([0, 0, Decimal("12.5"), Decimal("33.333"), 100]),
        **_WHERE[number % len(_WHERE)],
    )
    yearly = number % 4 == 3
    only_yearly = {"legacy": 2} if yearly else {}
    MemberFactory(account=account, at=instant("2025-12-03"))
    return SubscriptionFactory(
        account=account,
        interval="year" if yearly else "month",
        anchor_day=None if yearly else random.choice([1, 15, 31]),
        items={code: random.randint(1, 30) for code in random.sample(_CHOSEN, 4)}
        | {"agent": 0, "stt": 0, "setup": 1}
        | only_yearly,
    )


def clients_of_a_reseller() -> None:
    """Three clients on one invoice, each under its name."""
    partner = AccountFactory(reseller=True, name="Partner", discount_percent=20)
    for number in range(3):
        client = AccountFactory(
            client=True, name=f"Client <{number}>", paid_by=partner, discount_percent=number * 10
        )
        SubscriptionFactory(account=client, items={"seat": 2 + number, "plan": 1})


def customers_billed(count: int) -> None:
    """So many customers who change their minds each month, and the documents that come of it."""
    random = Random(16931)
    SellerFactory(registration="Register of Brno, C 1234")
    for country, percent in (("CZ", 21), ("DE", 19), ("GR", 24)):
        TaxRateFactory(country=country, percent=Decimal(percent), valid_from=date(2020, 1, 1))
    for currency in CURRENCIES:
        catalogue(currency)
    subscriptions = [customer(number, random) for number in range(count)]
    clients_of_a_reseller()
    for month in MONTHS:
        bill(at=instant(f"2026-{month:02}-01 12:00"))
        for subscription in subscriptions:
            _change(subscription, random, at=instant(f"2026-{month:02}-{random.randint(3, 27):02}"))


def _change(subscription: Subscription, random: Random, *, at: datetime) -> None:
    held = subscription.items.filter(product__code__in=(*_CHOSEN, "legacy"))
    codes = sorted(held.values_list("product__code", flat=True))
    wanted = {code: random.choice([0, 0, 1, 21, 44]) for code in random.sample(codes, 3)}
    meters.add(
        account_id=subscription.account_id,
        subscription_id=subscription.pk,
        product="stt",
        key=f"{at:%m}",
        at=at,
        quantity=random.randint(1, 4000),
    )
    try:
        events.record(subscription_id=subscription.pk, changes=wanted, at=at)
    except ChangeRefused:
        return
