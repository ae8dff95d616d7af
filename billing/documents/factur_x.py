"""Factur-X: a PDF that says of itself that it holds an e-invoice."""

from __future__ import annotations

import re
from typing import Final

NAME: Final = "factur-x.xml"
_SPACE: Final = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
# PDF/A wants each property explained that it does not know itself.
_PROPERTIES: Final = {
    "DocumentFileName": ("The name of the embedded XML document", NAME),
    "DocumentType": ("The type of the hybrid document in capital letters", "INVOICE"),
    "Version": ("The version of the standard of the embedded XML document", "1.0"),
    "ConformanceLevel": ("The conformance level of the embedded XML document", "EN 16931"),
}
_EXPLAINED: Final = "".join(
    '<rdf:li rdf:parseType="Resource"><pdfaProperty:category>external</pdfaProperty:category>'
    f"<pdfaProperty:description>{meaning}</pdfaProperty:description>"
    f"<pdfaProperty:name>{name}</pdfaProperty:name>"
    "<pdfaProperty:valueType>Text</pdfaProperty:valueType></rdf:li>"
    for name, (meaning, _value) in _PROPERTIES.items()
)
_SCHEMA: Final = (
    '<rdf:li rdf:parseType="Resource">'
    "<pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>"
    f"<pdfaSchema:namespaceURI>{_SPACE}</pdfaSchema:namespaceURI>"
    "<pdfaSchema:prefix>fx</pdfaSchema:prefix>"
    f"<pdfaSchema:property><rdf:Seq>{_EXPLAINED}</rdf:Seq></pdfaSchema:property></rdf:li>"
).encode()
_SAID: Final = (
    f'<rdf:Description rdf:about="" xmlns:fx="{_SPACE}">'
    + "".join(f"<fx:{name}>{value}</fx:{name}>" for name, (_, value) in _PROPERTIES.items())
    + "</rdf:Description>"
).encode()
_SCHEMAS: Final = b"<pdfaExtension:schemas><rdf:Bag>"
_END: Final = b"</rdf:RDF>"


def declared(pdf: bytes) -> bytes:
    """The PDF of typst with what Factur-X wants said in its metadata, and nothing else changed.

    ValueError for a PDF that is written in another way than typst's.
    """
    table = int(_found(rb"startxref\s+(\d+)\s+%%EOF\s*$", pdf)[1])
    root = _object(pdf, table, int(_found(rb"/Root (\d+) 0 R", pdf, table)[1]))
    start = _object(pdf, table, int(_found(rb"/Metadata (\d+) 0 R", pdf, root)[1]))
    head = _found(rb"\d+ 0 obj\s*<<[^>]*?/Length (\d+)[^>]*>>\s*stream\n", pdf, start)
    length = int(head[1])
    written = _with_statements(pdf[head.end() : head.end() + length])
    new_head = pdf[start : head.start(1)] + b"%d" % len(written) + pdf[head.end(1) : head.end()]
    end = head.end() + length
    added = len(new_head) + len(written) - (end - start)
    return b"".join(
        (
            pdf[:start],
            new_head,
            written,
            pdf[end:table],
            _moved_table(pdf[table:], after=start, by=added, table=table),
        )
    )


def _with_statements(metadata: bytes) -> bytes:
    if metadata.count(_SCHEMAS) != 1 or metadata.count(_END) != 1:
        raise ValueError("The metadata of the PDF are not written as typst writes them.")
    explained = metadata.replace(_SCHEMAS, _SCHEMAS + _SCHEMA)
    return explained.replace(_END, _SAID + _END)


def _moved_table(rows: bytes, *, after: int, by: int, table: int) -> bytes:
    """The table of places, each place behind ``after`` moved."""

    def moved(row: re.Match[bytes]) -> bytes:
        place = int(row[1])
        return b"%010d 00000 n" % (place + by if place > after else place)

    return re.sub(rb"(\d{10}) 00000 n", moved, rows).replace(
        b"startxref\n%d" % table, b"startxref\n%d" % (table + by)
    )


def _object(pdf: bytes, table: int, number: int) -> int:
    """Where this object begins."""
    first = _found(rb"xref\s+0 \d+\s+", pdf, table).end()
    return int(pdf[first + 20 * number : first + 20 * number + 10])


def _found(pattern: bytes, pdf: bytes, start: int = 0) -> re.Match[bytes]:
    found = re.compile(pattern).search(pdf, start)
    if found is None:
        raise ValueError(f"The PDF is not written as typst writes them: no {pattern!r}.")
    return found
