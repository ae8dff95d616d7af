"""E-invoices: what stands on paper, in the fields of EN 16931."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from accounts.models import Account
from billing.core.money import to_minor_unit
from billing.core.totals import line_net
from billing.documents.einvoice import attachable, einvoice
from billing.documents.einvoice_limits import NoEInvoice, obstacle
from billing.documents.einvoice_lines import Priced, priced
from billing.documents.reading import Group, TaxFacts
from billing.models import Invoice
from tests.billing.paper import CONTACTS, SEATS, USER, facts
from tests.billing.schematron import against_rules, against_schema
from tests.factories import SellerFactory

RAM = "{urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100}"
REVERSED = TaxFacts(Decimal(0), Decimal("38.00"), Decimal(0), "AE", "reverse_charge")


def said(made, *path: str) -> list[str]:
    """The texts at the end of this path, of a document that its judges let pass."""
    xml = einvoice(made)
    assert (against_schema(xml), against_rules(xml).broken) == ([], ())
    where = ".//" + "/".join(RAM + step for step in path)
    return [node.text or "" for node in etree.fromstring(xml).iterfind(where)]


@pytest.mark.parametrize(
    ("charge", "expected"),
    [
        (SEATS, Priced(Decimal(2), Decimal(19))),
        (USER, Priced(Decimal(25), Decimal(24), 28, "DAY")),
        (replace(SEATS, months=12, amount=Decimal("456.00")), Priced(Decimal(2), Decimal(228))),
        (
            replace(USER, kind="credit", amount=Decimal("-21.43")),
            Priced(Decimal(-25), Decimal(24), 28, "DAY"),
        ),
        (
            replace(SEATS, units=Decimal("1.500000"), amount=Decimal("28.50")),
            Priced(Decimal("1.5"), Decimal(19)),
        ),
        (CONTACTS, Priced(Decimal(1), Decimal("98.00"))),
        (replace(CONTACTS, amount=Decimal("-98.00")), Priced(Decimal(-1), Decimal("98.00"))),
        (replace(SEATS, amount=Decimal("37.99")), Priced(Decimal(1), Decimal("37.99"))),
        (replace(SEATS, quantity=0, amount=Decimal(0)), Priced(Decimal(0), Decimal(19))),
    ],
    ids=[
        *("per unit", "share of days", "yearly cycle of months", "credit of days", "counted as"),
        *("tiers", "tiers credited", "another amount", "nothing"),
    ],
)
def test_quantity_and_price_multiply_out(charge, expected):
    assert priced(charge, net=charge.amount, currency="EUR") == expected


@given(
    charge=st.builds(
        replace,
        st.just(SEATS),
        quantity=st.integers(0, 10**6),
        unit_amount=st.decimals(0, 10**5, places=8),
        share=st.none() | st.tuples(st.integers(0, 31), st.just(31)),
        months=st.none() | st.integers(1, 12),
    ),
    sign=st.sampled_from([1, -1]),
    currency=st.sampled_from(["EUR", "JPY"]),
)
def test_every_line_multiplies_out_to_its_net(charge, sign, currency):
    part, whole = charge.share or (1, 1)
    exact = Fraction(charge.quantity * charge.unit_amount * (charge.months or 1)) * part / whole
    net = sign * to_minor_unit(exact, currency)

    found = priced(charge, net=net, currency=currency)

    assert found.price >= 0
    assert net == line_net(
        quantity=found.quantity,
        price=found.price,
        base_quantity=Decimal(found.per),
        currency=currency,
    )


def test_a_line_says_what_paper_says_in_the_documents_language():  # ALL-2
    made = facts(language="it")

    notes = said(made, "AssociatedDocumentLineDocument", "IncludedNote", "Content")

    assert notes[1].split(" · ") == [
        *("1\xa0user", "03–27 feb 2026", "aggiunto durante il periodo"),
        "1\xa0user × 24,00\xa0€ × 25 di 28 giorni",
    ]
    assert "Trasferisci" in said(made, "SpecifiedTradePaymentTerms", "Description")[0]


def test_a_credit_note_turns_its_signs_and_names_what_it_corrects():
    tax = TaxFacts(Decimal(21), Decimal("-38.00"), Decimal("-7.98"), "S", "")
    back = replace(SEATS, amount=Decimal("-38.00"), kind="credit")
    made = facts(
        back, tax=tax, kind=Invoice.Kind.CREDIT_NOTE, corrects="SL-2026-00041", number="CN-2026-7"
    )

    assert said(made, "BilledQuantity") == ["2"]
    assert said(made, "LineTotalAmount")[0] == "38.00"
    assert said(made, "DuePayableAmount") == ["45.98"]
    assert said(made, "InvoiceReferencedDocument", "IssuerAssignedID") == ["SL-2026-00041"]
    assert said(made, "SpecifiedTradeSettlementPaymentMeans") == []
    assert said(made, "SpecifiedTradePaymentTerms", "Description") == [
        "This amount is taken off what you owe, now or on your next invoices."
    ]


def test_what_the_credit_balance_paid_was_paid_before():
    made = facts(credit_used=Decimal("100.00"))

    assert said(made, "TotalPrepaidAmount") == ["100.00"]
    assert said(made, "DuePayableAmount") == ["90.49"]


@pytest.mark.parametrize(
    ("changed", "means"),
    [
        ({}, ["58"]),
        ({"seller": SellerFactory.build(iban="12-345/0800", bic="")}, ["30"]),
        ({"seller": SellerFactory.build(iban="")}, []),
        ({"pays_by": Account.PaysBy.CARD}, ["48"]),
        ({"credit_used": Decimal("190.49")}, []),
    ],
    ids=["SEPA", "another account", "no account", "card", "nothing to pay"],
)
def test_how_it_is_paid(changed, means):
    found = said(facts(**changed), "SpecifiedTradeSettlementPaymentMeans", "TypeCode")

    assert found == means


@pytest.mark.parametrize(
    ("tax_id", "country", "fields"),
    [
        ("DE136695976", "DE", {"VA"}),
        ("EL094259216", "GR", {"VA"}),
        ("91-1144442", "US", {"register"}),
        ("SS-1234", "SS", {"register"}),
    ],
)
def test_reverse_charge_names_its_reason_and_both_tax_ids(tax_id, country, fields):  # ALL-5
    made = facts(SEATS, tax=REVERSED, customer={"tax_id": tax_id, "country": country})

    ids = said(made, "BuyerTradeParty", "SpecifiedTaxRegistration", "ID")
    registered = said(made, "BuyerTradeParty", "SpecifiedLegalOrganization", "ID")

    assert (ids, registered) == (([tax_id], []) if "VA" in fields else ([], [tax_id]))
    assert said(made, "SellerTradeParty", "SpecifiedTaxRegistration", "ID") == ["CZ12345678"]
    assert said(made, "ApplicableTradeTax", "ExemptionReasonCode") == ["VATEX-EU-AE"]
    assert said(made, "ApplicableTradeTax", "ExemptionReason") == [
        "Reverse charge: the customer accounts for the tax."
    ]


def test_a_seller_whose_tax_id_names_no_country_has_it_as_a_number():
    made = facts(seller=SellerFactory.build(country="US", tax_id="12-3456789"))

    assert said(made, "SellerTradeParty", "SpecifiedTaxRegistration", "ID") == ["12-3456789"]
    assert said(made, "SellerTradeParty", "ID")[0] == "12-3456789"


def test_an_exempt_customer_reads_why():  # ALL-5
    made = facts(SEATS, tax=replace(REVERSED, category="E", reason="exempt"))

    assert said(made, "ApplicableTradeTax", "ExemptionReason") == ["Exempt from tax."]


def discounted(off: str, **changed):
    net = Decimal("157.43") - Decimal(off)
    tax = TaxFacts(Decimal(21), net, to_minor_unit(net * 21 / 100, "EUR"), "S", "")
    amounts = (Decimal(10), Decimal("157.43"), Decimal(off))
    return facts(tax=tax, discounts=(amounts,), total=net + tax.amount, **changed)


def test_a_discount_is_taken_off_the_whole_in_its_tax_category():  # RSL-2
    made = discounted("15.74")

    assert said(made, "AllowanceTotalAmount") == ["15.74"]
    assert said(made, "SpecifiedTradeAllowanceCharge", "Reason") == ["Discount 10%"]
    assert said(made, "TaxBasisTotalAmount") == ["141.69"]


def test_a_discount_on_what_is_given_back_is_a_charge():
    made = discounted("-1.00")

    assert said(made, "ChargeTotalAmount") == ["1.00"]
    assert said(made, "AllowanceTotalAmount") == []


def test_yen_have_no_decimals():
    whole = replace(SEATS, amount=Decimal(38), unit_amount=Decimal(19))
    tax = TaxFacts(Decimal(10), Decimal(38), Decimal(4), "S", "")

    assert said(facts(whole, currency="JPY", tax=tax), "GrandTotalAmount") == ["42"]


def test_each_client_of_a_reseller_is_named_at_its_lines():  # RSL-2
    groups = [Group(name, SEATS.amount, (SEATS,)) for name in ("A & Co", "B\x07")]

    assert said(facts(groups=groups), "ApplicableProductCharacteristic", "Value") == [
        *("A & Co", "B")
    ]


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (
            facts(SEATS, currency="KWD"),
            "KWD has 3 decimals; an e-invoice (EN 16931) takes two.",
        ),
        (facts(SEATS, currency="UYW"), "UYW has 4 decimals; an e-invoice (EN 16931) takes two."),
        (facts(SEATS, currency="HRK"), "HRK is no currency of e-invoices (EN 16931)."),
        (facts(customer={"country": ""}), "The customer's country is missing."),
        (
            facts(seller=SellerFactory.build(tax_id=" ")),
            "The seller's country or tax ID is missing.",
        ),
        (facts(groups=[Group("", Decimal(0), ())]), "It has no line."),
        (facts(taxes=()), "It does not say how each of its lines is taxed."),
        (
            facts(SEATS, taxes=(REVERSED, replace(REVERSED, category="E"))),
            "It does not say how each of its lines is taxed.",
        ),
        (
            facts(SEATS, tax=REVERSED, customer={"tax_id": ""}),
            "Reverse charge needs the customer's tax ID, which is missing.",
        ),
        (
            facts(total=Decimal("190.00")),
            "Its amounts do not add up as those of an e-invoice must.",
        ),
        (
            facts(SEATS, tax=replace(REVERSED, amount=Decimal("0.01"))),
            "Its amounts do not add up as those of an e-invoice must.",
        ),
    ],
)
def test_what_the_standard_cannot_say_is_a_document_on_paper_alone(made, reason):
    assert obstacle(made) == reason
    assert attachable(made) is None
    with pytest.raises(NoEInvoice, match="^" + reason[:20]):
        einvoice(made)


def test_why_not_is_said_in_the_readers_language_not_the_documents():  # ALL-2
    made = facts(SEATS, currency="KWD", language="it")

    with pytest.raises(NoEInvoice, match=r"^KWD has 3 decimals"):
        einvoice(made)


def test_a_cent_more_of_tax_is_a_correction_and_no_mistake():
    made = facts(SEATS, tax=TaxFacts(Decimal(21), Decimal("38.00"), Decimal("7.99"), "S", ""))

    assert said(made, "TaxTotalAmount") == ["7.99"]
