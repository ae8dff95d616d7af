"""Taxes and the foot of an invoice."""

from decimal import Decimal
from typing import Any

import pytest

from billing.core.tax import Category, Reason, Treatment, tax_amounts, treatment
from billing.core.totals import Document, Part, Taxed, document_totals, line_net, totals

STANDARD = Treatment(Decimal(21), Category.STANDARD)
REVERSE = Treatment(Decimal(0), Category.REVERSE_CHARGE, Reason.REVERSE_CHARGE)


@pytest.mark.parametrize(
    ("of", "category"),
    [
        ({}, "S"),
        ({"tax_id_counts": True}, "S"),
        ({"customer_country": "IT"}, "S"),
        ({"customer_country": "IT", "tax_id_counts": True}, "AE"),
        ({"rate": None}, "Z"),
        ({"rate": Decimal(0)}, "Z"),
        ({"exempt": True}, "E"),
        ({"exempt": True, "customer_country": "IT", "tax_id_counts": True}, "E"),
        ({"rate": None, "customer_country": "IT", "tax_id_counts": True}, "AE"),
    ],
)
def test_the_countries_and_the_tax_id_decide(of: dict[str, Any], category: str) -> None:  # ALL-5
    customer = {
        "seller_country": "CZ",
        "customer_country": "CZ",
        "rate": Decimal(21),
        "tax_id_counts": False,
        "exempt": False,
        **of,
    }

    found = treatment(**customer)

    assert found.category == category
    assert bool(found.rate) == (category == "S")
    assert bool(found.reason) == (category != "S")


def test_a_rate_below_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="zero or more"):
        treatment(
            seller_country="CZ",
            customer_country="CZ",
            rate=Decimal(-1),
            tax_id_counts=False,
            exempt=False,
        )


def test_tax_is_rounded_once_a_rate() -> None:  # ALL-5
    ten = Treatment(Decimal(10), Category.STANDARD)

    (tax,) = tax_amounts([(Decimal("1.24"), ten), (Decimal("1.24"), ten)], "EUR")

    assert (tax.base, tax.amount) == (Decimal("2.48"), Decimal("0.25"))


def test_a_discount_comes_before_the_tax() -> None:
    found = totals([Part(Decimal("453.43"), Decimal("12.5"), STANDARD)], "EUR")

    assert found.discount == Decimal("56.68")
    assert found.taxes[0].base == Decimal("396.75")
    assert found.total == Decimal("480.07")


def test_a_subtotal_below_zero_is_discounted_and_taxed_too() -> None:
    found = totals([Part(Decimal("-1.25"), Decimal(10), STANDARD)], "EUR")

    assert found.discount == Decimal("-0.13")
    assert found.total == Decimal("-1.12") + Decimal("-0.24")


def test_each_part_has_its_own_discount_and_treatment() -> None:  # RSL-2
    parts = [
        Part(Decimal("10.05"), Decimal(50), STANDARD),
        Part(Decimal("10.05"), Decimal(50), STANDARD),
        Part(Decimal("100.00"), Decimal(0), REVERSE),
    ]

    found = totals(parts, "EUR")

    assert found.discount == Decimal("10.06")
    assert [(tax.category, tax.base, tax.amount) for tax in found.taxes] == [
        ("S", Decimal("10.04"), Decimal("2.11")),
        ("AE", Decimal("100.00"), Decimal("0.00")),
    ]
    assert [tax.rate for tax in found.charged_taxes] == [21]
    assert found.total == Decimal("112.15")


def test_an_invoice_without_lines_is_zero_without_taxes() -> None:
    found = totals([], "KWD")

    assert (str(found.subtotal), str(found.total), found.taxes) == ("0.000", "0.000", ())


def test_a_document_taxes_its_allowances_where_they_belong() -> None:
    document = Document(
        lines=(Taxed(Decimal("200.00"), STANDARD), Taxed(Decimal("50.00"), REVERSE)),
        allowances=(Taxed(Decimal("20.00"), STANDARD),),
        charges=(Taxed(Decimal("5.00"), REVERSE),),
        prepaid=Decimal("100.00"),
        payable_rounding=Decimal("0.20"),
    )

    found = document_totals(document, "EUR")

    assert [(tax.base, tax.amount) for tax in found.taxes] == [
        (Decimal("180.00"), Decimal("37.80")),
        (Decimal("55.00"), Decimal("0.00")),
    ]
    assert found.tax_inclusive == Decimal("272.80")
    assert found.payable == Decimal("173.00")


def test_a_line_is_rounded_once() -> None:
    net = line_net(
        quantity=Decimal(3),
        price=Decimal("0.335"),
        base_quantity=Decimal(2),
        allowances=[Decimal("0.001")],
        charges=[Decimal("0.0035")],
        currency="EUR",
    )

    assert net == Decimal("0.51")
