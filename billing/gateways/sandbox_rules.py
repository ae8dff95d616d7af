"""What the sandbox's bank makes of an amount: sad paths that can be walked in a browser.

The minor amount decides: ending in 13 is refused, ending in 14 gets no answer. Of those without an
answer the digit before decides: even (20.14) and the bank has done it, as one learns by asking; odd
(21.14) and the request never arrived.
"""

from __future__ import annotations

from djmoney.money import Money

from billing.core.money import minor_digits


def is_refused(money: Money) -> bool:
    return _minor(money) % 100 == 13


def is_silent(money: Money) -> bool:
    return _minor(money) % 100 == 14


def is_lost(money: Money) -> bool:
    """Whether it is silent because the request never arrived."""
    return is_silent(money) and bool(_minor(money) // 100 % 2)


def _minor(money: Money) -> int:
    return int(money.amount.scaleb(minor_digits(money.currency.code)))
