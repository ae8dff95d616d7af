"""A book of many accounts, each with five items that were opened a month ago."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from accounts.bulk import insert_rows
from accounts.models import Account
from billing.core.state import ItemState, State, to_json
from billing.models import (
    Bill,
    Event,
    Item,
    Price,
    PricePin,
    Product,
    SellerDetails,
    Subscription,
    TaxRate,
    Tier,
)
from tests.benchmarks import DUE, OPENED

CHANGED = datetime(2026, 1, 12, 9, 30, tzinfo=UTC)
QUANTITIES = {"seat": 7, "contacts": 2500, "sms": 3000, "voice": 9, "recording": 15}
# Events of one account: what was bought, then two changes within the cycle.
EVENTS_A_BOOK = (
    *((product, 1, OPENED, "now", 0, quantity) for product, quantity in QUANTITIES.items()),
    ("voice", 3, CHANGED, "now", 9, 12),
    ("seat", 3, CHANGED, "opening", 7, 6),
)
# The amounts of the five lines that each account is billed on 1 February.
LINES_AN_INVOICE = 5


def write_book(accounts: int) -> None:
    """Write the catalogue and this many live accounts, all due at `DUE`.

    Each holds two per-unit items, a volume and a package one in advance, and a peak; one waiting
    decrease and one raised peak happened in the cycle that ends.
    """
    products = _catalogue()
    insert_rows(Account, fields=ACCOUNT_FIELDS, rows=_accounts(accounts))
    insert_rows(Subscription, fields=SUBSCRIPTION_FIELDS, rows=_subscriptions(accounts))
    insert_rows(Item, fields=ITEM_FIELDS, rows=_items(accounts, products))
    insert_rows(PricePin, fields=PIN_FIELDS, rows=_pins(accounts, products))
    insert_rows(Event, fields=EVENT_FIELDS, rows=_events(accounts))
    insert_rows(Bill, fields=BILL_FIELDS, rows=_openings(accounts, products))


def _catalogue() -> dict[str, tuple[int, int]]:
    """The ids of product and price by code."""
    SellerDetails.objects.create(
        name="Example Seller", street="Main street 1", postcode="110 00", city="Prague",
        country="CZ", tax_id="CZ00000019", time_zone="Europe/Prague",
        email="billing@example.com", bank_name="Example Bank",
        iban="CZ6508000000192000145399", bic="GIBACZPX", written_at=OPENED,
    )  # fmt: skip
    TaxRate.objects.create(country="CZ", percent=Decimal(21), valid_from=date(2013, 1, 1))
    per_unit = {"model": "per_unit", "timing": "advance", "basis": "set"}
    prices: dict[str, dict[str, Any]] = {
        "seat": {**per_unit, "amount": Decimal("19.00")},
        "contacts": {"model": "volume", "timing": "advance", "basis": "set"},
        "sms": {
            "model": "package", "timing": "advance", "basis": "set",
            "amount": Decimal("20.00"), "size": 1000,
        },
        "voice": {
            "model": "per_unit", "timing": "arrears", "basis": "peak", "amount": Decimal("30.00"),
        },
        "recording": {**per_unit, "amount": Decimal("6.00")},
    }  # fmt: skip
    ids = {}
    for position, (code, columns) in enumerate(prices.items(), start=1):
        product = Product.objects.create(
            code=code, family="benchmark", position=position,
            name_en=code.title(), name_it=code.title(), name_cs=code.title(),
        )  # fmt: skip
        price = Price.objects.create(
            product=product, currency="EUR", valid_from=date(2025, 1, 1), **columns
        )
        ids[code] = product.pk, price.pk
    for up_to, flat in ((1000, 49), (2500, 98), (None, 147)):
        Tier.objects.create(price_id=ids["contacts"][1], up_to=up_to, flat=Decimal(flat))
    return ids


ACCOUNT_FIELDS = (
    "id", "name", "payer_id", "country", "opened_at", "pays_by", "email", "street", "postcode",
    "city",
)  # fmt: skip


def _accounts(count: int) -> Iterator[tuple[Any, ...]]:
    """Half pay by card, half by transfer."""
    for number in range(1, count + 1):
        yield (
            number, f"Customer {number}", number, "CZ", OPENED,
            "card" if number % 2 else "transfer", f"billing@customer-{number}.example",
            f"Street {number}", "110 00", "Prague",
        )  # fmt: skip


SUBSCRIPTION_FIELDS = (
    "id", "account_id", "payer_id", "currency", "time_zone", "starts_on", "next_number",
    "next_opening", "next_bill_at", "opening_id",
)  # fmt: skip


def _subscriptions(count: int) -> Iterator[tuple[Any, ...]]:
    for number in range(1, count + 1):
        yield (
            number, number, number, "EUR", "UTC", OPENED.date(), 1, DUE.date(), DUE, number,
        )  # fmt: skip


ITEM_FIELDS = ("id", "subscription_id", "product_id", "quantity", "price_id", "last_sequence")


def _items(count: int, products: dict[str, tuple[int, int]]) -> Iterator[tuple[Any, ...]]:
    for number in range(1, count + 1):
        for place, (code, (product_id, price_id)) in enumerate(products.items()):
            quantity = 12 if code == "voice" else QUANTITIES[code]
            sequence = 3 if code in ("voice", "seat") else 2
            yield _item_id(number, place), number, product_id, quantity, price_id, sequence


def _item_id(number: int, place: int) -> int:
    return (number - 1) * len(QUANTITIES) + place + 1


PIN_FIELDS = ("item_id", "sequence", "price_id", "at", "holds_from", "bought")


def _pins(count: int, products: dict[str, tuple[int, int]]) -> Iterator[tuple[Any, ...]]:
    for number in range(1, count + 1):
        for place, (_, price_id) in enumerate(products.values()):
            yield _item_id(number, place), 2, price_id, OPENED, OPENED.date(), True


EVENT_FIELDS = ("id", "item_id", "sequence", "at", "holds", "was", "becomes", "actor_name")


def _events(count: int) -> Iterator[tuple[Any, ...]]:
    places = list(QUANTITIES)
    for number in range(1, count + 1):
        for place, (product, sequence, at, holds, was, becomes) in enumerate(EVENTS_A_BOOK):
            yield (
                _event_id(number, place), _item_id(number, places.index(product)), sequence, at,
                holds, was, becomes, "Jana Novakova",
            )  # fmt: skip


def _event_id(number: int, place: int) -> int:
    return (number - 1) * len(EVENTS_A_BOOK) + place + 1


BILL_FIELDS = (
    "id", "subscription_id", "reason", "number", "starts_on", "ends_on", "at", "subtotal", "state",
)  # fmt: skip


def _openings(count: int, products: dict[str, tuple[int, int]]) -> Iterator[tuple[Any, ...]]:
    for number in range(1, count + 1):
        items = {
            code: ItemState(
                quantity=quantity,
                because=_event_id(number, place),
                waiting=None,
                paid=quantity,
                price_version=str(products[code][1]),
            )
            for place, (code, quantity) in enumerate(QUANTITIES.items())
        }
        yield (
            number, number, "opening", 0, OPENED.date(), DUE.date(), OPENED, Decimal(0),
            to_json(State(items=items)),
        )  # fmt: skip


def move_sequences() -> None:
    """Let new keys begin after those of the book."""
    from django.db import connection

    with connection.cursor() as cursor:
        for model in (Account, Subscription, Item, Event, Bill):
            table = model._meta.db_table
            sequence = f"pg_get_serial_sequence('{table}', 'id')"
            cursor.execute(f"SELECT setval({sequence}, (SELECT max(id) FROM {table}))")
