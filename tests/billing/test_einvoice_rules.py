"""E-invoices before their judges: no rule of EN 16931 is broken, on documents of all kinds."""

from collections import Counter

import pytest
from lxml import etree

from accounts.countries import COUNTRIES
from billing.core.currencies import MINOR_DIGITS
from billing.documents.einvoice import einvoice, invoice_xml
from billing.documents.einvoice_limits import obstacle_of_currency
from billing.models import Invoice
from tests.billing import einvoice_book
from tests.billing.paper import facts
from tests.billing.schematron import RULES, against_rules, against_schema

DOCUMENTS = 200
RAM = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"


def kinds_of(xml):
    """What is special about a document."""
    tree = etree.fromstring(xml)

    def found(path):
        return {node.text for node in tree.iterfind(f".//{{{RAM}}}{path}")}

    yield from (f"type {code}" for code in {"380", "381"} & found("TypeCode"))
    yield from (f"category {code}" for code in found("CategoryCode"))
    yield from (f"paid by {code}" for code in {"30", "48", "58"} & found("TypeCode"))
    yield from found("InvoiceCurrencyCode")
    for name in ("TotalPrepaidAmount", "AllowanceTotalAmount", "ChargeTotalAmount"):
        yield from [name] if found(name) else []
    yield from ["days"] if found("BasisQuantity") else []
    yield from ["a name beside"] if found("ApplicableProductCharacteristic") else []
    yield from ["below zero"] if any(one.startswith("-") for one in found("BilledQuantity")) else []
    yield from ["no tax ID, but a register number"] if found("SpecifiedLegalOrganization") else []


# What the book must have met, or it proves less than it says.
OF_ALL_KINDS = {
    *("type 380", "type 381", "category S", "category AE", "category E", "category Z"),
    *("paid by 30", "paid by 48", "paid by 58", "EUR", "CZK", "USD", "JPY"),
    *("TotalPrepaidAmount", "AllowanceTotalAmount", "ChargeTotalAmount", "days", "below zero"),
    *("a name beside", "no tax ID, but a register number"),
}


@pytest.mark.once
@pytest.mark.django_db
def test_200_issued_documents_of_all_kinds_break_no_rule():
    einvoice_book.customers_billed(24)
    kinds: Counter[str] = Counter()
    found = {}

    for key, number in Invoice.objects.values_list("pk", "number"):
        xml = invoice_xml(key)
        verdict = against_rules(xml)
        wrong = (*against_schema(xml), *verdict.broken, *verdict.warnings)
        if wrong or verdict.fired < 50:
            found[number] = wrong
        kinds.update(set(kinds_of(xml)))

    assert found == {}
    assert OF_ALL_KINDS - kinds.keys() == set()
    assert kinds["type 380"] + kinds["type 381"] >= DOCUMENTS


@pytest.mark.parametrize(
    ("good", "bad", "rule"),
    [
        ("<ram:LineTotalAmount>38.00<", "<ram:LineTotalAmount>38.01<", "BR-CO-10"),
        ("<ram:GrandTotalAmount>190.49<", "<ram:GrandTotalAmount>190.48<", "BR-CO-15"),
        ("<ram:DuePayableAmount>190.49<", "<ram:DuePayableAmount>100.00<", "BR-CO-16"),
        ("<ram:GrandTotalAmount>190.49<", "<ram:GrandTotalAmount>190.490<", "BR-DEC-14"),
        ("<ram:ChargeAmount>19<", "<ram:ChargeAmount>-19<", "BR-27"),
        ("CZ12345678<", "12345678<", "BR-CO-09"),
        ("<ram:CategoryCode>S<", "<ram:CategoryCode>AE<", "BR-AE-01"),
        ("<ram:Name>Nováková &amp; dcery</ram:Name>", "", "BR-07"),
    ],
)
def test_a_broken_document_is_found_out(good, bad, rule):
    xml = einvoice(facts()).decode()
    assert good in xml

    verdict = against_rules(xml.replace(good, bad, 1).encode())

    assert [told for told in verdict.broken if f"[{rule}]" in told]


def test_a_document_without_its_currency_fails_before_both_judges():
    xml = einvoice(facts()).decode()

    broken = xml.replace("<ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>", "").encode()

    assert "InvoiceCurrencyCode" in against_schema(broken)[0]
    assert [told for told in against_rules(broken).broken if "[BR-05]" in told]


def test_an_empty_element_is_a_warning():
    xml = einvoice(facts()).decode()

    verdict = against_rules(xml.replace("<ram:CityName>Brno<", "<ram:CityName><").encode())

    assert "R008" in verdict.warnings[0]


def test_the_currencies_of_the_standard_are_those_that_we_write():
    codes = etree.parse(RULES / "FACTUR-X_EN16931_codedb.xml")
    listed = {one.get("value") for one in codes.iterfind("cl[@id='24']/enumeration")}

    ours = {code for code, digits in MINOR_DIGITS.items() if not obstacle_of_currency(code)}

    assert ours == {code for code in listed & MINOR_DIGITS.keys() if MINOR_DIGITS[code] <= 2}


def test_the_standard_knows_every_country_of_ours():
    codes = etree.parse(RULES / "FACTUR-X_EN16931_codedb.xml")

    listed = {one.get("value") for one in codes.iterfind("cl[@id='7']/enumeration")}

    assert listed >= COUNTRIES
