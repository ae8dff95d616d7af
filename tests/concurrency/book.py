"""A small book of all sorts of customers, each with some cycles and changes to be billed."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from accounts.models import Account
from billing import events
from billing.models import Subscription
from tests.factories import (
    AccountFactory,
    MemberFactory,
    PriceFactory,
    SellerFactory,
    SubscriptionFactory,
    TaxRateFactory,
)

PRAGUE = ZoneInfo("Europe/Prague")
# Amounts that the sandbox charges, declines, and leaves unanswered (charged, never arrived).
ONE_OFF = {"smooth": "20.10", "declined": "20.13", "silent": "20.14", "lost": "21.14"}


def write_book(customers: int, *, starts_on: date) -> None:
    """So many paying customers, whose subscriptions start on this day, with changes after it."""
    SellerFactory()
    TaxRateFactory(country="CZ")
    TaxRateFactory(country="DE", percent=Decimal("19"))
    PriceFactory(code="seat", amount=Decimal("8.37"))
    PriceFactory(code="voice", peak=True, amount=Decimal("30.00"))
    PriceFactory(code="people", members=True, amount=Decimal("4.50"))
    for code, amount in ONE_OFF.items():
        PriceFactory(code=code, flat=True, amount=Decimal(amount))
    kinds = (_plain, _by_transfer, _reseller, _people, _peak, _exempt)
    for number in range(customers):
        kinds[number % len(kinds)](number, starts_on)


def _plain(number: int, starts_on: date) -> None:
    held = _subscription(AccountFactory(), starts_on, seat=3 + number)
    _change(held, starts_on, days=9, seat=5 + number)
    _change(held, starts_on, days=40, seat=2)


def _by_transfer(number: int, starts_on: date) -> None:
    account = AccountFactory(transfer=True, german=True, discount_percent=Decimal("12.5"))
    held = _subscription(account, starts_on, seat=1 + number)
    _change(held, starts_on, days=3, seat=7 + number)


def _reseller(number: int, starts_on: date) -> None:
    payer = AccountFactory(reseller=True)
    for _ in range(2):
        client = AccountFactory(client=True, paid_by=payer)
        _change(_subscription(client, starts_on, seat=2), starts_on, days=number % 28, seat=4)


def _people(number: int, starts_on: date) -> None:
    account = AccountFactory()
    _subscription(account, starts_on, people=0)
    for days in (0, 5, 33):
        MemberFactory(account=account, at=_instant(starts_on, days))


def _peak(number: int, starts_on: date) -> None:
    held = _subscription(AccountFactory(), starts_on, voice=5)
    _change(held, starts_on, days=9, voice=12)
    _change(held, starts_on, days=19, voice=4)


def _exempt(number: int, starts_on: date) -> None:
    """Without tax the amounts are those of the catalogue, which the sandbox decides by."""
    code = list(ONE_OFF)[number // 6 % len(ONE_OFF)]
    _subscription(AccountFactory(tax_exempt=True), starts_on, **{code: 1})


def _subscription(account: Account, starts_on: date, **items: int) -> Subscription:
    return SubscriptionFactory(account=account, starts_on=starts_on, items=items)


def _change(held: Subscription, starts_on: date, *, days: int, **changes: int) -> None:
    events.record(
        subscription_id=held.pk, changes=changes, at=_instant(starts_on, days), by_name="Jana"
    )


def _instant(starts_on: date, days: int) -> datetime:
    return datetime.combine(starts_on + timedelta(days=days), time(14, 30), PRAGUE)
