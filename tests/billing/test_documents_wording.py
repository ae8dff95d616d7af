"""What a line says in words: why this quantity, and how its amount multiplies out."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from billing.core.pricing import Tier
from billing.documents.wording import line_words, unit_word
from tests.billing.paper import CONTACTS, SEATS, STEPS, USER

TIERS = (Tier(10, Decimal(10), Decimal(0)), Tier(None, Decimal(5), Decimal("2.50")))


def words(charge, language="en", currency="EUR", **options):
    found = line_words(charge, currency=currency, language=language, **options)
    return [text.replace("\xa0", " ").replace("\u2009", " ") for text in found.notes], found


@pytest.mark.parametrize(
    ("charge", "notes"),
    [
        (SEATS, ["28 Feb – 30 Mar 2026"]),
        (
            USER,
            ["3–27 Feb 2026 · added within the period", "1 user × €24.00 × 25 of 28 days"],
        ),
        (
            replace(USER, kind="credit"),
            ["3–27 Feb 2026 · credit for the days left", "1 user × €24.00 × 25 of 28 days"],
        ),
        (replace(SEATS, kind="peak"), ["28 Feb – 30 Mar 2026 · highest number in the period"]),
        (replace(SEATS, kind="members"), ["28 Feb – 30 Mar 2026 · billable members at the start"]),
        (
            replace(SEATS, kind="metered", allowance=5000),
            ["28 Feb – 30 Mar 2026 · above the 5,000 included"],
        ),
        (replace(SEATS, kind="metered"), ["28 Feb – 30 Mar 2026 · used in the period"]),
        (replace(SEATS, kind="once"), ["28 Feb – 30 Mar 2026 · charged once"]),
        (replace(SEATS, months=12), ["28 Feb – 30 Mar 2026", "2 seats × €19.00 × 12 months"]),
        (
            replace(SEATS, kind="peak", quantity=4, units=Decimal("12.000000")),
            ["28 Feb – 30 Mar 2026 · highest number in the period", "4, counted as 12 seats"],
        ),
    ],
    ids=lambda value: value[-1] if isinstance(value, list) else "",
)
def test_a_line_says_why_and_how(charge, notes):  # PRICE-9
    assert words(charge)[0] == notes


@pytest.mark.parametrize(
    ("charge", "formula"),
    [
        (CONTACTS, "Price for up to 2,500: €98.00"),
        (
            replace(CONTACTS, quantity=1000, share=(13, 28)),
            "Price for up to 1,000: €49.00 × 13 of 28 days",
        ),
        (
            replace(CONTACTS, quantity=9000, tiers=(*STEPS, Tier(None, Decimal("0.01")))),
            "Price for more than 2,500: 9,000 × €0.01",
        ),
        (
            replace(CONTACTS, model="tiered", quantity=12, tiers=TIERS),
            "Price by tier: 10 × €10.00 + 2 × €5.00 + €2.50",
        ),
        (
            replace(CONTACTS, model="tiered", quantity=12, tiers=TIERS, months=12),
            "Price by tier: (10 × €10.00 + 2 × €5.00 + €2.50) × 12 months",
        ),
        (
            replace(CONTACTS, model="tiered", quantity=3, tiers=TIERS),
            "Price by tier: 3 × €10.00",
        ),
        (
            replace(CONTACTS, model="package", price_amount=Decimal(20), size=1000),
            "3 packages of 1,000 × €20.00",
        ),
        (
            replace(CONTACTS, model="flat", price_amount=Decimal(49), share=(18, 28)),
            "Fixed price: €49.00 × 18 of 28 days",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_price_that_is_not_per_unit_is_explained(charge, formula):  # PRICE-1
    notes, found = words(charge)

    assert notes[-1] == formula
    assert found.unit_price == ""


@pytest.mark.parametrize(
    ("language", "quantity", "unit_price", "amount", "formula"),
    [
        ("en", "1,234.5 users", "€0.0035", "1,234,567.89", "× €0.0035 × 25 of 28 days"),
        ("it", "1.234,5 users", "0,0035 €", "1.234.567,89", "× 0,0035 € × 25 di 28 giorni"),
        ("cs", "1 234,5 users", "0,0035 €", "1 234 567,89", "× 0,0035 € × 25 z 28 dní"),
    ],
)
def test_figures_are_written_as_the_reader_writes_them(  # ALL-2
    language, quantity, unit_price, amount, formula
):
    charge = replace(
        USER,
        units=Decimal("1234.500000"),
        unit_amount=Decimal("0.00350000"),
        amount=Decimal("1234567.890"),
    )

    notes, found = words(charge, language)

    shown = (found.quantity, found.unit_price, found.amount)
    assert tuple(text.replace("\xa0", " ") for text in shown) == (quantity, unit_price, amount)
    assert notes[-1].endswith(formula)


def test_a_credit_note_turns_the_sign():
    assert words(SEATS, in_favour=True)[1].amount == "−38.00"
    assert words(replace(SEATS, amount=Decimal("-38.00")), in_favour=True)[1].amount == "38.00"


def test_a_line_of_one_day_names_that_day():
    charge = replace(SEATS, kind="once", ends_on=date(2026, 2, 28))

    assert words(charge)[0] == ["28 Feb 2026 · charged once"]


@pytest.mark.parametrize(
    ("number", "forms", "language", "word"),
    [
        (1, "seat|seats", "en", "seat"),
        (5, "seat|seats", "en", "seats"),
        (0, "seat|seats", "en", "seats"),
        (1, "postazione|postazioni", "it", "postazione"),
        (1, "místo|místa|míst", "cs", "místo"),
        (3, "místo|místa|míst", "cs", "místa"),
        (5, "místo|místa|míst", "cs", "míst"),
        (Decimal("1.5"), "místo|místa|míst", "cs", "místa"),
        (Decimal("1.5"), "uživatel|uživatelé|uživatele|uživatelů", "cs", "uživatele"),
        (7, "unit", "en", "unit"),
    ],
)
def test_a_unit_is_named_as_its_number_wants(number, forms, language, word):
    assert unit_word(number, forms, language) == word
