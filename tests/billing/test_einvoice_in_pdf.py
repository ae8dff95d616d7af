"""The e-invoice in the PDF: attached and declared as Factur-X asks, in a PDF that stays whole."""

import hashlib
import re
import subprocess
import sys
from io import BytesIO
from typing import Any

import facturx
import pytest
from pypdf import PdfReader

from billing.documents import factur_x
from billing.documents.einvoice import einvoice
from billing.documents.page import page
from billing.documents.pdf import document_pdf, pdf_of
from tests.billing.paper import SEATS, facts, words_of


def opened(pdf: bytes) -> tuple[Any, dict[str, Any]]:
    """The PDF, read without any forbearance, and what stands at its root."""
    reader = PdfReader(BytesIO(pdf), strict=True)
    return reader, {name: value.get_object() for name, value in reader.root_object.items()}


def metadata_of(pdf: bytes) -> str:
    _reader, root = opened(pdf)
    said: str = root["/Metadata"].get_data().decode()
    return said


def made_pdf(made) -> bytes:
    return document_pdf(made, page(made))


@pytest.mark.parametrize("language", ["en", "it", "cs"])
def test_the_xml_in_the_pdf_is_the_one_that_is_downloaded(language):
    made = facts(language=language)

    reader, _root = opened(made_pdf(made))

    assert list(reader.attachments) == ["factur-x.xml"]
    assert reader.attachments["factur-x.xml"] == [einvoice(made)]


def test_it_is_attached_as_the_same_document_in_another_form():
    _reader, root = opened(made_pdf(facts()))

    (attached,) = (one.get_object() for one in root["/AF"])
    embedded = attached["/EF"]["/F"].get_object()
    assert attached["/AFRelationship"] == "/Alternative"
    assert (attached["/F"], attached["/UF"]) == ("factur-x.xml", "factur-x.xml")
    assert embedded["/Subtype"] == "/text/xml"
    assert "/ModDate" in embedded["/Params"]


def test_the_pdf_says_what_it_holds_and_what_it_is():
    said = metadata_of(made_pdf(facts()))

    for words in (
        *("<pdfaid:part>3</pdfaid:part>", "<pdfaid:conformance>A</pdfaid:conformance>"),
        *("<fx:DocumentType>INVOICE<", "<fx:DocumentFileName>factur-x.xml<"),
        *("<fx:Version>1.0<", "<fx:ConformanceLevel>EN 16931<"),
        "<pdfaSchema:namespaceURI>urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#<",
    ):
        assert said.count(words) == 1, words
    assert said.count("<pdfaExtension:schemas>") == 1
    for name in ("DocumentFileName", "DocumentType", "Version", "ConformanceLevel"):
        assert said.count(f"<pdfaProperty:name>{name}<") == 1


def test_another_reader_of_factur_x_finds_it():
    name, xml = facturx.get_facturx_xml_from_pdf(made_pdf(facts()), check_xsd=True)

    assert (name, xml) == ("factur-x.xml", einvoice(facts()))


def test_every_object_is_where_the_table_says():
    pdf = made_pdf(facts(*[SEATS] * 80))

    start = int(re.findall(rb"startxref\s+(\d+)", pdf)[-1])
    places = re.findall(rb"(\d{10}) \d{5} n", pdf[start:])
    found = [re.match(rb"(\d+) 0 obj", pdf[int(place) :]) for place in places]
    assert [int(one[1]) for one in found if one] == list(range(1, len(places) + 1))
    assert pdf.count(b"%%EOF") == 1


def test_the_same_document_gives_the_same_bytes_in_another_process():
    code = (
        "import django, hashlib; django.setup()\n"
        "from tests.billing.test_einvoice_in_pdf import made_pdf, facts\n"
        "print(hashlib.sha256(made_pdf(facts())).hexdigest())"
    )

    there = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert there.stdout.strip() == hashlib.sha256(made_pdf(facts())).hexdigest()


@pytest.mark.parametrize(
    "hostile",
    [
        "</rdf:RDF><pdfaExtension:schemas><rdf:Bag>",
        "startxref\n12\n%%EOF",
        "1 0 obj << /Metadata 3 0 R /Root 2 0 R >> endobj xref 0 1 trailer",
        "]]> & <ram:Name/> \x00\x0b \ud800 \ufffe",
    ],
)
def test_what_a_customer_is_called_breaks_neither_file(hostile):
    made = facts(customer={"name": hostile, "street": hostile})

    reader, _root = opened(made_pdf(made))

    assert reader.attachments["factur-x.xml"] == [einvoice(made)]
    assert "urn:factur-x" in metadata_of(made_pdf(made))


def test_a_document_in_dinars_is_a_pdf_that_claims_no_e_invoice():
    made = facts(SEATS, currency="KWD")

    reader, root = opened(made_pdf(made))

    assert ("/AF" in root, list(reader.attachments)) == (False, [])
    assert "factur-x" not in metadata_of(made_pdf(made))
    assert "SL-2026-00042" in words_of(made_pdf(made))


@pytest.mark.parametrize("broken", ["startxref", "/Metadata", "/Root", "<pdfaExtension:schemas>"])
def test_a_pdf_that_is_written_otherwise_is_refused(broken):
    pdf = pdf_of(page(facts()), made_at=0)

    with pytest.raises(ValueError, match="typst"):
        factur_x.declared(pdf.replace(broken.encode(), b"?" * len(broken)))
