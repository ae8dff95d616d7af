"""Invoices and credit notes as PDF: set by typst, the same bytes for the same document."""

from __future__ import annotations

import json
import threading
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

import typst

from billing.documents import factur_x
from billing.documents.einvoice import attachable
from billing.documents.page import page
from billing.documents.plain import each_text, printable
from billing.documents.reading import Facts, read

_TEMPLATE: Final = Path(__file__).with_name("invoice.typ")
_NO_GLYPH: Final = "\N{WHITE SQUARE}"


def invoice_pdf(invoice_id: int, *, language: str | None = None) -> bytes:
    """The document as PDF/A-3, in ``language`` (en, it, cs; default: the document's own).

    The e-invoice is in it, in the same words, where the standard can say what the document says.

    The bytes depend on what stands on the document alone: its creation date is the instant of issue
    and its fonts come with the product. Letters that these lack (Chinese, for instance) are taken
    from the machine's fonts; what no font has is shown as an empty square.
    ``Invoice.DoesNotExist`` for an unknown id. ALL-2.
    """
    facts = read(invoice_id, language=language)
    return document_pdf(facts, page(facts))


def document_pdf(facts: Facts, content: dict[str, Any]) -> bytes:
    """The document as PDF, of its facts and of the page that they make.

    It holds the e-invoice as Factur-X asks for, where the document can be one.
    """
    made_at = int(facts.issued_at.timestamp())
    return pdf_of(content, made_at=made_at, einvoice=attachable(facts))


def pdf_of(content: dict[str, Any], *, made_at: int, einvoice: bytes | None = None) -> bytes:
    """The page ``content`` as PDF with this e-invoice in it.

    ``made_at`` in seconds since 1970 becomes its creation date.
    """
    shown = each_text(content, printable)
    inputs = {"einvoice": einvoice.decode()} if einvoice else {}
    pdf = _set(shown, made_at, inputs)
    return factur_x.declared(pdf) if einvoice else pdf


def _set(content: dict[str, Any], made_at: int, inputs: dict[str, str]) -> bytes:
    for system_fonts in (False, True):
        try:
            return _compiled(content, made_at, inputs, system_fonts=system_fonts)
        except typst.TypstError as error:
            if "could not be displayed" not in error.message:
                raise
    return _compiled(each_text(content, _shown), made_at, inputs, system_fonts=True)


def _compiled(
    content: dict[str, Any], made_at: int, inputs: dict[str, str], *, system_fonts: bool
) -> bytes:
    pdf = _compilers.get(system_fonts=system_fonts).compile(
        sys_inputs=inputs | {"document": json.dumps(content, ensure_ascii=False)},
        format="pdf",
        # For archives (ISO 19005-3) and for screen readers.
        pdf_standards=["a-3a", "ua-1"],
        timestamp=made_at,
    )
    if not isinstance(pdf, bytes):
        raise TypeError(f"typst answered {type(pdf).__name__}, expected the bytes of one PDF.")
    return pdf


class _Compilers(threading.local):
    """The compilers of one thread: they refuse to be shared, and are slow to make."""

    def __init__(self) -> None:
        self.made: dict[bool, typst.Compiler] = {}

    def get(self, *, system_fonts: bool) -> typst.Compiler:
        if system_fonts not in self.made:
            self.made[system_fonts] = typst.Compiler(_TEMPLATE, font_paths=_fonts(system_fonts))
        return self.made[system_fonts]


_compilers: Final = _Compilers()


@cache
def _fonts(with_systems: bool) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=with_systems)


def _shown(text: str) -> str:
    return "".join(char if char.isascii() or _has_glyph(char) else _NO_GLYPH for char in text)


@lru_cache(maxsize=4096)
def _has_glyph(character: str) -> bool:
    """Whether some font here can show it: asked of typst, which alone knows."""
    probe = json.dumps(f"a{character}", ensure_ascii=False).encode()
    source = b'#set document(title: "-")\n#set text(font: "Libertinus Serif")\n#' + probe
    try:
        typst.compile(
            source,
            font_paths=_fonts(True),
            pdf_standards=["a-3b"],
            timestamp=0,
        )
    except typst.TypstError:
        return False
    return True
