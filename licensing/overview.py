"""What an account owns of each licence, what is in use, what is free, and what one costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from accounts import access
from accounts.models import Account
from accounts.rights import Right
from accounts.who_may import called
from billing.buyers import right_to_buy
from billing.core.bill import Peak
from billing.core.pricing import Model, Price
from billing.documents.reading import priced
from billing.documents.wording import Charge, price_words
from billing.models import Product
from billing.models.subscriptions import LICENSING
from billing.offering import Choice, choice, price_of
from billing.peaks import PeakCycle, peaks
from billing.prices import snapshot
from billing.whole import Whole
from licensing.cards import Licence
from licensing.holdings import used_in

_HELD: Final = frozenset(Licence)


@dataclass(frozen=True, slots=True)
class Owned:
    """One product of the Licensing module as an account has it.

    ``used`` is None where nobody holds it: recording, packs and minutes are counted otherwise.
    ``stay`` of the ``number`` in force are owned after the next opening, too.
    ``choice`` is how its number is chosen, None where it is counted or has no price; ``cycle`` is
    its running month. ``price`` is in words, empty where the account's currency has none.
    """

    product: Product
    name: str
    number: int
    stay: int
    used: int | None
    choice: Choice | None
    cycle: PeakCycle | None
    price: str
    basis: str
    allowance: int

    @property
    def code(self) -> str:
        return self.product.code

    @property
    def free(self) -> int:
        """What is given to somebody yet; what goes at the next opening is not (LIC-7)."""
        return max(min(self.number, self.stay) - (self.used or 0), 0)

    @property
    def missing(self) -> int:
        """How many more are in use than owned."""
        return max((self.used or 0) - self.number, 0)

    @property
    def peak(self) -> Peak | None:
        """What this month bills so far, and since when; None where nothing was owned in it."""
        peak = None if self.cycle is None else self.cycle.peak
        return peak if peak is not None and peak.quantity else None


@dataclass(frozen=True, slots=True)
class Buyers:
    """Who may buy some of the products: those with this right."""

    right: Right
    products: tuple[str, ...]
    names: tuple[str, ...]


def sold_by_the_module() -> list[Product]:
    """What Licensing sells, in the order of the catalogue. One query."""
    return list(Product.objects.filter(subscription_code=LICENSING))


def overview(
    whole: Whole, products: Sequence[Product], *, at: datetime, language: str
) -> list[Owned]:
    """Each of these products as the account has it. ``whole`` was read with them. Two queries."""
    cycles, used = peaks(whole, at=at), used_in(whole.account)
    found = []
    for product in products:
        chosen = choice(whole, product.code, at=at)
        price = chosen.price if chosen else price_of(whole, product.code, at=at)
        number = chosen.held if chosen else whole.held.get(product.code, 0)
        found.append(
            Owned(
                product=product,
                name=product.names[language],
                number=number,
                stay=_stays(whole, product, number, at),
                used=used[Licence(product.code)] if product.code in _HELD else None,
                choice=chosen,
                cycle=cycles.get(product.code),
                price=_price_words(whole, product, price, number, language)
                if price and _costs(price)
                else "",
                basis=price.basis.value if price else "",
                allowance=price.allowance if price else 0,
            )
        )
    return found


def buyers(account: Account, owned: Sequence[Owned]) -> list[Buyers]:
    """Who may buy what: one entry for each right that a product of these asks for (PRICE-6)."""
    by_right: dict[Right, list[str]] = {}
    for one in owned:
        by_right.setdefault(right_to_buy(one.product), []).append(one.name)
    return [
        Buyers(right, tuple(names), tuple(map(called, access.holders(account, right))))
        for right, names in by_right.items()
    ]


def _stays(whole: Whole, product: Product, number: int, at: datetime) -> int:
    """How many of a product are owned after the next opening; of what ends, all until it does."""
    for subscription in whole.subscriptions:
        if subscription.code == product.subscription_code and subscription.ends_on is None:
            [log] = whole.logs(subscription, [product.code])
            if log.last is not None and log.waiting(at):
                return log.last.becomes
    return number


def _costs(price: Price) -> bool:
    """Whether it costs anything: the switch of the Power pack does not."""
    return bool(price.amount or price.tiers)


def _price_words(whole: Whole, product: Product, price: Price, number: int, language: str) -> str:
    charge = Charge(
        name="",
        unit=product.names[f"unit_{language}"],
        kind="",
        starts_on=date.min,
        ends_on=date.min,
        quantity=max(number, 1),
        amount=Decimal(0),
        unit_amount=price.amount if price.model is Model.PER_UNIT else None,
        **priced(snapshot(price)),
    )
    held = [one for one in whole.subscriptions if one.code == product.subscription_code]
    currency = held[-1].currency if held else whole.account.currency
    words = price_words(charge, currency=currency, language=language)
    # "1 package of 1,000 × €25.00" is read at once; tiers are long, and may break.
    return words.replace(" ", "\N{NO-BREAK SPACE}") if price.model is Model.PACKAGE else words
