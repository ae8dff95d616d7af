"""The most that can be held, used and charged: this file is the one that says so.

A log is append-only: what no column can hold, or no invoice can say, is refused before it is
written, because afterwards nobody could bill it or take it back.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Final

from django.utils.translation import gettext as _

from billing.core.metering import above_allowance
from billing.core.periods import Interval
from billing.core.pricing import Price, amount_of
from billing.refusals import ChangeRefused
from billing.speaking import number_words

LARGEST_QUANTITY: Final = 999_999_999
"""The most of one product that is held at once, also in what its units count as."""

LARGEST_USE: Final = 10**12
"""The most that one meter counts in a cycle."""

LARGEST_CHARGE: Final = Decimal(10) ** 11
"""The most that one product costs in a cycle: a tenth of what an amount can say.

The rest is for the tax and for the other products on the same document.
"""

LARGEST_AMOUNT: Final = Decimal("999999999999.999")
"""The most that an amount of a line, a bill or a document can say: 12 digits and 3 decimals."""

_MONTHS_IN_YEAR: Final = 12


class TooLarge(ValueError):
    """An amount that no document can say."""


def charge_fits(price: Price, units: Fraction | Decimal | int, *, interval: str) -> bool:
    """Whether a whole cycle of this interval may be charged for so many units.

    Worked example: 1,000.00 a month in a yearly cycle is 12,000.00 a unit, so 8,333,333 units fit
    and one more does not.
    """
    yearly = interval == Interval.YEAR and price.interval is Interval.MONTH
    return amount_of(price, units) * (_MONTHS_IN_YEAR if yearly else 1) <= LARGEST_CHARGE


def refuse_use(used: int, *, name: str, price: Price, interval: str) -> None:
    """Raise `ChangeRefused` for the use of a cycle that nobody could be charged for.

    Use is never taken back, so it has to be refused before it is counted.
    """
    charged = above_allowance(used, price.allowance)
    if used > LARGEST_USE:
        raise beyond_a_meter(name)
    if price.limit is not None and charged > price.limit:
        words = _(
            "%(name)s is charged up to %(most)s above its allowance in a cycle. Add a tier to its "
            "price."
        )
        raise ChangeRefused(words % {"name": name, "most": number_words(price.limit)})
    if not charge_fits(price, charged, interval=interval):
        words = _(
            "%(used)s of %(name)s used in a cycle would cost more than %(most)s. Report what was "
            "really used."
        )
        said = {"used": number_words(used), "name": name, "most": number_words(LARGEST_CHARGE)}
        raise ChangeRefused(words % said)


def beyond_a_meter(name: str) -> ChangeRefused:
    """What is raised for more use than one meter counts."""
    words = _("%(name)s is counted up to %(most)s in a cycle. Report what was really used.")
    return ChangeRefused(words % {"name": name, "most": number_words(LARGEST_USE)})


def refuse_too_large(amount: Decimal, *, what: str, currency: str) -> None:
    """Raise `TooLarge` for an amount that its column cannot hold; ``what`` begins the message."""
    if abs(amount) > LARGEST_AMOUNT:
        raise TooLarge(
            f"{what} comes to {amount:,f} {currency}, more than the {LARGEST_AMOUNT:,} that a "
            "document can say."
        )
