"""Plans in tests: two plan products and their bundle, on three levels, and what each can do.

Amounts divide by 28, the days of the cycle in which most tests change something.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Final

from django.test import override_settings

from accounts.access import Standing
from billing import collecting
from billing.models import (
    Feature,
    Invoice,
    LevelFeature,
    Order,
    PlanLevel,
    PlanLine,
    Price,
    Product,
    SellerDetails,
    Tier,
)
from tests.billing import buying
from tests.billing.buying import GATEWAY, NOW, OPENS
from tests.billing.running import bill, clock
from tests.factories import (
    AccountFactory,
    PriceFactory,
    ProductFactory,
    SellerFactory,
    SubscriptionFactory,
    TaxRateFactory,
    instant,
)
from tests.standing import chief

CONTACTS: Final = (1000, 2500, 5000, 10_000, 25_000)
FACTORS: Final = (1, 2, 3, 5, 9)
# Level: 1,000 contacts a month, included users, one more user a month.
LEVELS: Final = {"starter": (14, 1, 14), "plus": (28, 1, 14), "pro": (56, 3, 28)}
LINES: Final = {"marketing": 1, "sales": 1, "bundle": 2}
# A year costs ten months.
MONTHS_PAID: Final = 10
# Feature: since which level, of which plan product.
FEATURES: Final = {
    "forms": ("starter", ""),
    "campaigns": ("starter", "marketing"),
    "deals": ("starter", "sales"),
    "automations": ("plus", ""),
    "experiments": ("pro", "marketing"),
}
SENDS: Final = {"starter": 10, "plus": 10, "pro": 12}


def catalogue(*, currency: str = "EUR", recorded: bool = False) -> None:
    """Plans, user seats and an add-on; with what is sold already, in one more currency.

    ``recorded`` in the history of their rows too, which only tests of the desk read.
    """
    with override_settings(SIMPLE_HISTORY_ENABLED=recorded):
        _write_down(currency)


def _write_down(currency: str) -> None:
    levels = {code: _level(code, place) for place, code in enumerate(LEVELS)}
    lines = {code: _line(code, place) for place, code in enumerate(LINES)}
    lines["bundle"].bundles.set([lines["marketing"], lines["sales"]])
    for line, factor in LINES.items():
        for level, (amount, _, _) in LEVELS.items():
            _plan(lines[line], levels[level], amount * factor, currency)
    for level, (_, included, extra) in LEVELS.items():
        _users(levels[level], included, extra, currency)
    extra_product = ProductFactory(code="extra", family="plan", kind=Product.Kind.ADD_ON)
    extra_product.requires.set(Product.objects.filter(kind=Product.Kind.PLAN))
    PriceFactory(product=extra_product, flat=True, amount=Decimal(28), currency=currency,
                 decrease=Price.Decrease.BY_REQUEST)  # fmt: skip
    if not Feature.objects.exists():
        _features(levels, lines)


def holder(*, opens: datetime = OPENS, interval: str = "month", **items: int) -> Standing:
    """The primary account admin of a customer with these items from 31 January on, billed and paid.

    2,500 contacts and 3 user seats of Marketing Plus, unless others are named; taxed at 21 %.
    """
    if not PlanLine.objects.exists():
        catalogue()
    if not SellerDetails.objects.exists():
        SellerFactory()
        TaxRateFactory()
    account = AccountFactory(time_zone="Europe/Prague")
    here = chief(account)
    SubscriptionFactory(
        account=account,
        starts_on=opens.date(),
        interval=interval,
        items={
            code.replace("_", "-"): number
            for code, number in (items or {"marketing_plus": 2500, "users_plus": 3}).items()
        },
    )
    bill(at=opens)
    collecting.collect(clock=clock(opens), gateway=GATEWAY)
    return here


def buy(here: Standing, *, at: datetime = NOW, replaces: bool = False, **items: int) -> Order:
    """What `tests.billing.buying.buy` does, with the codes of plans."""
    changes = {code.replace("_", "-"): number for code, number in items.items()}
    return buying.buy(here, at=at, replaces=replaces, **changes)


def renewed(here: Standing, *, on: str = "2026-02-28") -> Invoice:
    """The invoice of the run that opens the next cycle."""
    bill(at=instant(f"{on} 08:00"))
    return Invoice.objects.get(payer=here.account, reason="cycle", cycle_date=on)


def plan(line: str, level: str) -> Product:
    return Product.objects.select_related("line", "level").get(code=f"{line}-{level}")


def more_levels(count: int) -> None:
    """So many levels of Marketing above the others, with seats of their own."""
    line = PlanLine.objects.get(code="marketing")
    for number in range(count):
        level = _level(f"level-{number}", 10 + number)
        _plan(line, level, 100 + number, "EUR")
        _users(level, 3, 28, "EUR")


def _level(code: str, place: int) -> PlanLevel:
    found, _ = PlanLevel.objects.get_or_create(
        code=code, defaults={"family": "plan", "position": place, **_named(code)}
    )
    return found


def _line(code: str, place: int) -> PlanLine:
    found, _ = PlanLine.objects.get_or_create(
        code=code, defaults={"family": "plan", "position": place, **_named(code)}
    )
    return found


def _named(code: str) -> dict[str, str]:
    return {f"name_{language}": code.title() for language in ("en", "it", "cs")}


def _plan(line: PlanLine, level: PlanLevel, amount: int, currency: str) -> None:
    product = ProductFactory(
        code=f"{line.code}-{level.code}",
        name_en=f"{line.name_en} {level.name_en}",
        family="plan",
        kind=Product.Kind.PLAN,
        line=line,
        level=level,
        unit_en="contact|contacts",
    )
    steps = 4 if level.code == "starter" else len(CONTACTS)
    for interval, times in (("month", 1), ("year", MONTHS_PAID)):
        price = PriceFactory(product=product, volume=True, currency=currency, interval=interval)
        Tier.objects.bulk_create(
            Tier(price=price, up_to=up_to, unit=0, flat=amount * factor * times)
            for up_to, factor in list(zip(CONTACTS, FACTORS, strict=True))[:steps]
        )


def _users(level: PlanLevel, included: int, extra: int, currency: str) -> None:
    product = ProductFactory(
        code=f"users-{level.code}",
        name_en=f"User seats {level.name_en}",
        family="plan",
        kind=Product.Kind.USERS,
        level=level,
        unit_en="user seat|user seats",
    )
    product.requires.set(Product.objects.filter(kind=Product.Kind.PLAN, level=level))
    price = PriceFactory(product=product, model=Price.Model.TIERED, amount=None, currency=currency)
    ends = ((included, 0), (2 if level.code == "starter" else None, extra))
    Tier.objects.bulk_create(Tier(price=price, up_to=up_to, unit=unit) for up_to, unit in ends)


def _features(levels: dict[str, PlanLevel], lines: dict[str, PlanLine]) -> None:
    codes = list(LEVELS)
    for place, (code, (since, line)) in enumerate(FEATURES.items(), 1):
        feature = Feature.objects.create(code=code, position=place, **_named(code))
        feature.lines.set([lines[line]] if line else [])
        for level in codes[codes.index(since) :]:
            LevelFeature.objects.create(feature=feature, level=levels[level])
    sends = Feature.objects.create(code="sends", position=0, **_named("sends"))
    for level, times in SENDS.items():
        LevelFeature.objects.create(feature=sends, level=levels[level], times=times)
