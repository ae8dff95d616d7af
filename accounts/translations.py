"""Translations: collects what pages, letters and documents say, and compiles its catalogues."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Final, TypeAlias

from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

# Which folders and files an app's catalogues speak for. English is what the sources are written
# in; the desk and the page of components, which the vendor's people read, speak nothing else.
SOURCES: Final = {
    "accounts": ("accounts", "templates/accounts", "templates/account", "templates/mfa"),
    "agencies": ("agencies", "templates/agencies"),
    "billing": ("billing", "templates/billing", "templates/mail"),
    "config": (
        *("config", "templates/portal", "templates/parts"),
        *(
            "templates/403.html",
            "templates/404.html",
            "templates/429.html",
            "templates/500.html",
            "templates/problem.html",
        ),
    ),
    "licensing": ("licensing", "templates/licensing"),
}
_KEYWORDS: Final = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
_TEMPLATES: Final = frozenset({".html", ".txt"})
# The day is of no interest and would make every collecting a change.
_SOME_DAY: Final = datetime(2026, 1, 1, tzinfo=UTC)

Found: TypeAlias = tuple[str, str | tuple[str, ...], str | None]


@dataclass(frozen=True, slots=True)
class Translation:
    """The catalogue of one app in one language."""

    app: str
    language: str

    @property
    def po(self) -> Path:
        folder = Path(settings.BASE_DIR) / self.app / "locale" / self.language
        return folder / "LC_MESSAGES" / "django.po"

    @property
    def mo(self) -> Path:
        return self.po.with_suffix(".mo")

    def read(self) -> Catalog:
        """What stands in the file; an empty catalogue where there is none yet."""
        if not self.po.exists():
            return self._empty()
        with self.po.open("rb") as file:
            return read_po(file, locale=self.language, abort_invalid=True)

    def collected(self) -> Catalog:
        """Everything that the sources say now, with the translations that the file has for it."""
        known, catalog = self.read(), self._empty()
        for place, message_id, context in _found(self.app):
            old = known.get(message_id, context)
            kept = old.string if old is not None and old.id == message_id else ""
            catalog.add(message_id, kept, locations=[(place, 0)], context=context)
        return catalog

    def _empty(self) -> Catalog:
        return Catalog(
            locale=self.language,
            project="Seatledger",
            header_comment=f"# What {self.app} says, in {self.language}.",
            creation_date=_SOME_DAY,
            revision_date=_SOME_DAY,
            last_translator="The Seatledger authors",
            language_team="The Seatledger authors",
            fuzzy=False,
        )


def translations() -> list[Translation]:
    """The catalogue of every app that says something, in every language but the sources' own."""
    return [
        Translation(app, language)
        for app in SOURCES
        if next(_found(app), None) is not None
        for language, _ in settings.LANGUAGES
        if language != "en"
    ]


def collect() -> list[Path]:
    """Write into every catalogue what the sources say now; the files that have changed."""
    return [one.po for one in translations() if _write_changed(one.po, as_text(one.collected()))]


def compile_all() -> list[Path]:
    """Compile every catalogue that is newer than what was compiled; the files written."""
    written = []
    for po in sorted(Path(settings.BASE_DIR).glob("*/locale/*/LC_MESSAGES/django.po")):
        one = Translation(app=po.parents[3].name, language=po.parents[1].name)
        if one.mo.exists() and one.mo.stat().st_mtime_ns >= one.po.stat().st_mtime_ns:
            continue
        compiled = BytesIO()
        write_mo(compiled, one.read())
        _write(one.mo, compiled.getvalue())
        written.append(one.mo)
    return written


def as_text(catalog: Catalog) -> bytes:
    """The catalogue as it stands in its file."""
    text = BytesIO()
    write_po(text, catalog, width=100, sort_by_file=True, include_lineno=False)
    return text.getvalue()


def _found(app: str) -> Iterator[Found]:
    """Where, what and in which context the app's sources say something to people."""
    for source in SOURCES[app]:
        for path in _files(Path(settings.BASE_DIR) / source):
            if path.suffix == ".py":
                yield from _said(path, path.read_bytes())
            elif path.suffix in _TEMPLATES:
                yield from _said(path, _python_of(path))


def _files(source: Path) -> list[Path]:
    return [source] if source.is_file() else sorted(source.rglob("*"))


def _said(path: Path, source: bytes) -> Iterator[Found]:
    place = path.relative_to(settings.BASE_DIR).as_posix()
    for _, message_id, _, context in extract("python", BytesIO(source), _KEYWORDS):
        yield place, message_id, context


def _python_of(template: Path) -> bytes:
    """A template as calls of gettext; without its indents, which would be wrong in Python."""
    source = templatize(template.read_text(), origin=template.name)
    return "\n".join(line.lstrip() for line in source.splitlines()).encode()


def _write_changed(path: Path, content: bytes) -> bool:
    if path.exists() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    _write(path, content)
    return True


def _write(path: Path, content: bytes) -> None:
    """In one step, so that a process that reads at this moment never sees half a file."""
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    os.chmod(name, 0o644)
    os.replace(name, path)
