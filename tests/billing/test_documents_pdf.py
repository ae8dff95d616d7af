"""Invoices as PDF: readable in three languages, the same bytes twice, and no text is markup."""

import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from typing import cast

import pytest
from pypdf import DocumentInformation, PdfReader
from pypdf.generic import StreamObject

from billing.documents.page import page
from billing.documents.pdf import document_pdf
from billing.documents.reading import Group, TaxFacts
from billing.models import Invoice
from tests.billing.paper import SEATS, USER, facts, pages_of, words_of


def pdf(made) -> bytes:
    return document_pdf(made, page(made))


def text(made) -> str:
    return words_of(pdf(made))


@pytest.mark.parametrize(
    ("language", "phrases"),
    [
        (
            "en",
            ["Invoice", "28 February 2026", "Tax ID", "25 of 28 days", "Page 1 of 1", "€190.49"],
        ),
        ("it", ["Fattura", "28 febbraio 2026", "Partita IVA", "25 di 28 giorni", "Pagina 1 di 1"]),
        ("cs", ["Faktura", "28. února 2026", "DIČ", "25 z 28 dní", "Strana 1 z 1", "190,49 €"]),
    ],
)
def test_a_document_speaks_the_readers_language(language, phrases):  # ALL-2
    said = text(facts(language=language))

    assert [phrase for phrase in phrases if phrase not in said] == []


def test_a_stranger_can_read_an_invoice():
    said = text(facts())

    for phrase in (
        *("SL-2026-00042", "Example Software s.r.o.", "CZ12345678", "Register of Brno, C 1234"),
        *("Nováková & dcery", "CZ87654321", "28 Feb – 30 Mar 2026", "2 seats", "€19.00", "38.00"),
        *("1 user × €24.00 × 25 of 28 days", "21.43", "Price for up to 2,500: €98.00"),
        *("Subtotal 157.43", "Tax 21% on 157.43 33.06", "Total in EUR 190.49"),
        *("14 March 2026", "CZ65 0800 0000 1920 0014 5399", "EXAMCZPP"),
    ):
        assert phrase in said, phrase


def test_the_same_document_gives_the_same_bytes_in_another_process():
    code = (
        "import django, hashlib; django.setup()\n"
        "from tests.billing.test_documents_pdf import pdf, facts\n"
        "print(hashlib.sha256(pdf(facts())).hexdigest())"
    )

    there = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        for _ in range(2)
    ]

    assert there[0].stdout == there[1].stdout != ""


def test_a_document_is_made_for_archives_and_screen_readers():
    reader = PdfReader(BytesIO(pdf(facts(language="cs"))))

    about = cast(DocumentInformation, reader.metadata)
    assert about.title == "Faktura SL-2026-00042"
    assert about.creation_date == facts().issued_at
    assert str(reader.root_object["/Lang"]) == "cs"
    said = cast(StreamObject, reader.root_object["/Metadata"]).get_data()
    assert b"pdfaid:part>3" in said
    assert b"pdfuaid:part>1" in said
    assert "/StructTreeRoot" in reader.root_object


def test_many_lines_run_over_pages_with_their_heading():
    charges = [replace(SEATS, name=f"Product {number}") for number in range(60)]

    pages = pages_of(pdf(facts(*charges)))

    assert len(pages) > 2
    assert all(f"Page {number} of {len(pages)}" in said for number, said in enumerate(pages, 1))
    assert all("Unit price" in said for said in pages)
    assert all(f"Product {number}" in "\n".join(pages) for number in range(60))
    assert "Total in EUR" in pages[-1]


@pytest.mark.parametrize(
    "hostile",
    [
        '#set page(fill: red) #panic("x")',
        "$x^2$ *bold* _soft_ `raw` = heading",
        "<label> @ref // comment /* too */ [x] {y} ~ -- \"quotes\" 'single'",
        "back\\slash #emph[x] \\u{41}",
        "{{ braces }} {% tag %} &amp; <b>",
    ],
)
def test_what_a_customer_is_called_is_never_markup(hostile):
    said = text(facts(customer={"name": hostile, "street": hostile, "city": hostile}))

    plain = said.replace("“", '"').replace("”", '"').replace("’", "'").replace("‘", "'")
    assert plain.count(" ".join(hostile.split())) == 3


def test_a_name_of_several_lines_stays_on_its_own():
    said = text(facts(customer={"name": "First\nsecond\tthird\r\n"}))

    assert "First second third" in said


def test_a_name_cannot_turn_the_words_around_it():
    said = text(facts(customer={"name": "abc\u202edef\u2066ghi\x07"}))

    assert "abcdefghi" in said


@pytest.mark.parametrize("name", ["שלום", "مرحبا", "Žluťoučký kůň", "Ελλάδα", "Україна"])
def test_names_of_many_scripts_are_set(name):
    assert "\ufffd" not in text(facts(customer={"name": name}))


def test_letters_without_a_glyph_do_not_stop_an_invoice():
    said = text(facts(customer={"name": "Party \U0010fffd 🎉 \U000e0001 Ltd \ud800"}))

    assert "Party" in said
    assert "Ltd" in said


def test_a_long_name_and_a_large_amount_keep_their_columns():
    long = replace(SEATS, name="Donaudampfschifffahrt" * 3, amount=Decimal("1234567.89"))

    said = text(facts(long, customer={"name": "W" * 200}))

    assert "1,234,567.89" in said
    assert "W" * 200 in said.replace(" ", "").replace("\u200b", "")


@pytest.mark.parametrize(
    ("currency", "amount", "shown"),
    [("JPY", "1234567", "¥1,234,567"), ("KWD", "1234.567", "KWD 1,234.567")],
)
def test_each_currency_has_its_own_decimals(currency, amount, shown):  # PRICE-9
    charge = replace(SEATS, amount=Decimal(amount))
    free = TaxFacts(Decimal(0), charge.amount, Decimal(0), "Z", "zero_rate")

    assert shown in text(facts(charge, currency=currency, tax=free))


@pytest.mark.parametrize(
    ("reason", "language", "remark"),
    [
        ("reverse_charge", "en", "Reverse charge"),
        ("reverse_charge", "it", "Inversione contabile"),
        ("reverse_charge", "cs", "Daň odvede zákazník"),
        ("exempt", "en", "Exempt from tax"),
    ],
)
def test_it_is_said_why_no_tax_is_charged(reason, language, remark):  # ALL-5
    free = TaxFacts(Decimal(0), Decimal("38.00"), Decimal(0), "AE", reason)

    assert remark in text(facts(SEATS, tax=free, language=language))


def test_each_tax_rate_has_its_base():  # ALL-5
    taxes = (
        TaxFacts(Decimal("21.000"), Decimal("100.00"), Decimal("21.00"), "S", ""),
        TaxFacts(Decimal("12.000"), Decimal("50.00"), Decimal("6.00"), "S", ""),
    )

    said = text(facts(taxes=taxes))

    assert "Tax 21% on 100.00 21.00 Tax 12% on 50.00 6.00" in said


def test_a_discount_stands_beside_its_percent():
    whole = text(facts(SEATS, discounts=((Decimal("20.000"), Decimal(38), Decimal("7.60")),)))
    part = text(facts(SEATS, discounts=((Decimal("12.500"), Decimal(8), Decimal("1.00")),)))

    assert "Discount 20% −7.60" in whole
    assert "Discount 12.5% on 8.00 −1.00" in part


def test_lines_are_grouped_by_client():  # RSL-2
    groups = [Group("Anna Ltd", Decimal(38), (SEATS,)), Group("Běla", Decimal("21.43"), (USER,))]

    said = text(facts(groups=groups))

    assert said.index("Anna Ltd 38.00") < said.index("Conversations seat")
    assert said.index("Conversations seat") < said.index("Běla 21.43") < said.index("Pay-per-user")


def test_a_credit_note_shows_what_it_gives():
    credit = replace(SEATS, kind="credit", amount=Decimal("-38.00"))
    note = facts(
        credit, kind=Invoice.Kind.CREDIT_NOTE, number="CN-2026-00001", corrects="SL-2026-00007"
    )

    said = text(note)

    assert "Credit note CN-2026-00001" in said
    assert "SL-2026-00007" in said
    assert "€45.98 in your favour" in said
    assert "Total in EUR 45.98" in said
    assert "−" not in said
    assert "IBAN" not in said


def test_credit_that_was_used_is_taken_off_what_is_to_be_transferred():  # PLAN-12
    said = text(replace(facts(SEATS, pays_by="transfer"), credit_used=Decimal("40.00")))

    assert "Total in EUR 45.98" in said
    assert "Taken from your credit balance −40.00" in said
    assert "To pay in EUR 5.98" in said
    assert "Amount €5.98" in said
    assert "€5.98 due on" in said


def test_what_credit_covers_alone_asks_for_nothing():
    said = text(replace(facts(SEATS, pays_by="transfer"), credit_used=Decimal("45.98")))

    assert "€0.00 to pay, the total was taken from your credit balance" in said
    assert "IBAN" not in said
    assert "Due on" not in said


def test_who_pays_by_card_has_nothing_to_do():
    said = text(facts(pays_by="card"))

    assert "charged to your card" in said
    assert "IBAN" not in said
    assert "Due on" not in said
