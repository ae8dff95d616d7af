"""What stands against a metered use: too old, not metered, beyond a limit or any charge."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.statements import Statement
from billing.core.pricing import Price as CorePrice
from billing.limits import LARGEST_USE, beyond_a_meter, refuse_use
from billing.models import Item, Price, PricePin
from billing.openings import Openings, openings_of
from billing.prices import book_of, with_tiers
from billing.refusals import ChangeRefused
from billing.speaking import day_words, named, number_words
from billing.uses import AHEAD, KEPT, Answer, Outcome, Use, Why


def refusal(why: Why, text: str, *, used: int | None = None, limit: int | None = None) -> Answer:
    """The answer to a use that is not counted."""
    return Answer(Outcome.REFUSED, used=used, limit=limit, why=why, text=text)


@dataclass(frozen=True, slots=True)
class Rules:
    """What is known of one item of a batch, and what it forbids at ``now``."""

    now: datetime
    item: Item
    prices: Sequence[CorePrice]
    openings: Openings

    @staticmethod
    def of(items: Iterable[Item], *, now: datetime) -> dict[int, Rules]:
        """The rules of each of these items, by its id, with their agreed prices. One query."""
        rows = {item.pk: item for item in items}
        if not rows:
            return {}
        agreed, priced = _READ.read(item_ids=list(rows))
        known = book_of(priced)
        prices: dict[int, list[CorePrice]] = defaultdict(list)
        for item_id, price_id in agreed:
            prices[item_id].append(known[price_id])
        return {
            key: Rules(now, item, prices.get(key, ()), openings_of(item.subscription))
            for key, item in rows.items()
        }

    @property
    def account_id(self) -> int:
        return self.item.subscription.account_id

    @property
    def running(self) -> int:
        """The number of the running cycle: those before it are billed, so their meters closed."""
        return self.item.subscription.next_number - 1

    def refused(self, use: Use, number: int) -> Answer | None:
        """What stands against a use whatever its meter stands at; None where nothing does.

        ``number`` is that of the cycle of its instant.
        """
        product = self.item.product
        if use.quantity > LARGEST_USE:
            return refusal(Why.TOO_MUCH, str(beyond_a_meter(named(product))))
        if not self.prices:
            words = _("The use of %(product)s is not metered. Leave it out.")
            return refusal(Why.NOT_METERED, words % {"product": named(product)})
        if use.at < self.now - KEPT:
            words = _("Use is taken for %(days)s days, and this is older. Ask support to bill it.")
            return refusal(Why.TOO_OLD, words % {"days": KEPT.days})
        if use.at > self.now + AHEAD:
            return refusal(
                Why.AHEAD, _("This instant has not come yet. Report what was used by now.")
            )
        if number < 0:
            words = _("%(product)s is metered from %(day)s on.")
            day = day_words(self.item.subscription.starts_on)
            return refusal(Why.NOT_STARTED, words % {"product": named(product), "day": day})
        return None

    def stopped(self, use: Use, used: int) -> Answer:
        """The refusal of a use that does not fit below its limit."""
        words = _(
            "%(product)s stops at %(limit)s in a cycle: %(used)s are used, and %(number)s more do "
            "not fit."
        )
        said = {
            "product": named(self.item.product),
            "limit": number_words(use.limit or 0),
            "used": number_words(used),
            "number": number_words(use.quantity),
        }
        return refusal(Why.LIMIT, words % said, used=used, limit=use.limit)

    def too_much(self, used: int) -> str:
        """Why nobody could be charged for so much use in a cycle; empty where they can."""
        try:
            for price in self.prices:
                refuse_use(
                    used,
                    name=named(self.item.product),
                    price=price,
                    interval=self.item.subscription.interval,
                )
        except ChangeRefused as problem:
            return str(problem)
        return ""


def _agreed(item_ids: Collection[int]) -> tuple[QuerySet[Any, Any], ...]:
    """Which prices were agreed with these items for what is metered, and those prices."""
    metered = Price.Basis.METERED
    pins = PricePin.objects.order_by().filter(item__in=item_ids, price__basis=metered)
    prices = Price.objects.filter(pk__in=pins.values("price"))
    return pins.values_list("item", "price").distinct(), with_tiers(prices)


_READ: Final = Statement(_agreed)
