"""The OpenAPI document as people read it: operations, and their fields as rows of a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

Schema = Mapping[str, Any]
_REFERS: Final = "$ref"
# A field of a field of a field is told by its type alone.
_DEEPEST: Final = 3


@dataclass(frozen=True, slots=True)
class Field:
    """One value that is sent or answered; ``path`` names it from the outside in."""

    path: str
    type: str
    needed: bool
    about: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be asked."""

    id: str
    method: str
    path: str
    summary: str
    about: str
    scope: str
    parameters: tuple[Field, ...]
    body: tuple[Field, ...]
    answer: tuple[Field, ...]
    statuses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """The whole document."""

    title: str
    version: str
    paragraphs: tuple[str, ...]
    groups: Mapping[str, tuple[Operation, ...]]


def read(document: Schema) -> Document:
    """What the document says."""
    groups: dict[str, list[Operation]] = {}
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            group = groups.setdefault(told["tags"][0], [])
            group.append(_operation(document, path, method, told))
    info = document["info"]
    return Document(
        title=info["title"],
        version=info["version"],
        paragraphs=tuple(info["description"].replace("`", "").strip().split("\n\n")),
        groups={name: tuple(found) for name, found in groups.items()},
    )


def _operation(document: Schema, path: str, method: str, told: Schema) -> Operation:
    parameters = [
        Field(
            one["name"],
            _type(document, one["schema"]),
            one["required"],
            one.get("description", f"In the {one['in']}."),
        )
        for one in told["parameters"]
    ]
    done: Schema = next(
        (told["responses"][status] for status in told["responses"] if status < "300"), {}
    )
    return Operation(
        id=told["operationId"],
        method=method.upper(),
        path=path,
        summary=told["summary"],
        about=" ".join(told.get("description", "").replace("`", "").split()),
        scope=told.get("x-scope", ""),
        parameters=tuple(parameters),
        body=tuple(_content(document, told.get("requestBody", {}))),
        answer=tuple(_content(document, done)),
        statuses=tuple(told["responses"]),
    )


def _content(document: Schema, part: Schema) -> Iterator[Field]:
    for content in part.get("content", {}).values():
        yield from _fields(document, content["schema"], "", depth=1)


def _fields(document: Schema, schema: Schema, before: str, *, depth: int) -> Iterator[Field]:
    inner, many = _inner(document, schema)
    for name, one in inner.get("properties", {}).items():
        path = f"{before}{'[].' if many and before else '.' if before else ''}{name}"
        needed = name in inner.get("required", ())
        yield Field(path, _type(document, one), needed, one.get("description", ""))
        if depth < _DEEPEST:
            yield from _fields(document, one, path, depth=depth + 1)


def _inner(document: Schema, schema: Schema) -> tuple[Schema, bool]:
    """The object that a schema is about, and whether it is a list of them."""
    if _REFERS in schema:
        return _inner(document, _referred(document, schema))
    if "items" in schema:
        return _inner(document, schema["items"])[0], True
    for one in schema.get("anyOf", ()):
        found, many = _inner(document, one)
        if "properties" in found:
            return found, many
    return schema, False


def _referred(document: Schema, schema: Schema) -> Schema:
    found: Any = document
    for step in schema[_REFERS].removeprefix("#/").split("/"):
        found = found[step]
    referred: Schema = found
    return referred


def _type(document: Schema, schema: Schema) -> str:
    """The type in words: text, number, list of objects, or nothing."""
    if _REFERS in schema:
        return _type(document, _referred(document, schema))
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_type(document, one) for one in schema["anyOf"]))
    if "enum" in schema:
        return ", ".join(map(str, schema["enum"]))
    if "const" in schema:
        return str(schema["const"])
    if schema.get("type") == "array":
        return f"list of {_type(document, schema['items'])}"
    name = str(schema.get("format") or schema.get("type", "anything"))
    return _WORDS.get(name, name)


_WORDS: Final = {
    "string": "text",
    "integer": "number",
    "boolean": "true or false",
    "object": "object",
    "null": "null",
    "date": "date",
    "date-time": "instant",
}
