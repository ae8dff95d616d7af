"""What stands against a metered use: too old, not metered, beyond a limit or any charge."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from billing.core.pricing import Price as CorePrice
from billing.limits import LARGEST_USE, beyond_a_meter, refuse_use
from billing.models import Item, Price, PricePin
from billing.openings import Openings, openings_of
from billing.prices import core_prices
from billing.refusals import ChangeRefused
from billing.speaking import day_words, named, number_words
from billing.uses import AHEAD, KEPT, Answer, Outcome, Use, Why


def refusal(why: Why, text: str, *, used: int | None = None, limit: int | None = None) -> Answer:
    """The answer to a use that is not counted."""
    return Answer(Outcome.REFUSED, used=used, limit=limit, why=why, text=text)


@dataclass(frozen=True, slots=True)
class Rules:
    """What is known of the items of a batch, and what it forbids at ``now``."""

    now: datetime
    prices: Mapping[int, list[CorePrice]]
    opened: Mapping[int, Openings]

    @staticmethod
    def of(items: Iterable[Item], *, now: datetime) -> Rules:
        """The rules for these items, with their agreed prices. Two queries."""
        rows = list(items)
        pins = PricePin.objects.filter(
            item__in=[item.pk for item in rows], price__basis=Price.Basis.METERED
        )
        agreed = list(pins.order_by().values_list("item", "price").distinct())
        known = core_prices(price_id for _, price_id in agreed)
        prices: dict[int, list[CorePrice]] = defaultdict(list)
        for item_id, price_id in agreed:
            prices[item_id].append(known[price_id])
        return Rules(now, prices, {item.pk: openings_of(item.subscription) for item in rows})

    def openings(self, item: Item) -> Openings:
        return self.opened[item.pk]

    def first_open(self, use: Use) -> int:
        """The number of the first cycle whose meter may be open for this use."""
        running = use.item.subscription.next_number - 1
        # The cycles before the running one are billed, so their meters are closed.
        return max(self.openings(use.item).number_at(use.at), running)

    def is_late(self, use: Use, cycle: date) -> bool:
        """Whether a use that is counted in this cycle belongs to an earlier one."""
        openings = self.openings(use.item)
        return openings.cycle(openings.number_at(use.at)).period.start != cycle

    def refused(self, use: Use) -> Answer | None:
        """What stands against a use whatever its meter stands at; None where nothing does."""
        subscription, product = use.item.subscription, use.item.product
        if use.quantity > LARGEST_USE:
            return refusal(Why.TOO_MUCH, str(beyond_a_meter(named(product))))
        if not self.prices.get(use.item.pk):
            words = _("The use of %(product)s is not metered. Leave it out.")
            return refusal(Why.NOT_METERED, words % {"product": named(product)})
        if use.at < self.now - KEPT:
            words = _("Use is taken for %(days)s days, and this is older. Ask support to bill it.")
            return refusal(Why.TOO_OLD, words % {"days": KEPT.days})
        if use.at > self.now + AHEAD:
            return refusal(
                Why.AHEAD, _("This instant has not come yet. Report what was used by now.")
            )
        if self.openings(use.item).number_at(use.at) < 0:
            words = _("%(product)s is metered from %(day)s on.")
            said = {"product": named(product), "day": day_words(subscription.starts_on)}
            return refusal(Why.NOT_STARTED, words % said)
        return None

    def stopped(self, use: Use, used: int) -> Answer:
        """The refusal of a use that does not fit below its limit."""
        words = _(
            "%(product)s stops at %(limit)s in a cycle: %(used)s are used, and %(number)s more do "
            "not fit."
        )
        said = {
            "product": named(use.item.product),
            "limit": number_words(use.limit or 0),
            "used": number_words(used),
            "number": number_words(use.quantity),
        }
        return refusal(Why.LIMIT, words % said, used=used, limit=use.limit)

    def too_much(self, item: Item, used: int) -> str:
        """Why nobody could be charged for so much use in a cycle; empty where they can."""
        try:
            for price in self.prices[item.pk]:
                refuse_use(
                    used,
                    name=named(item.product),
                    price=price,
                    interval=item.subscription.interval,
                )
        except ChangeRefused as problem:
            return str(problem)
        return ""
