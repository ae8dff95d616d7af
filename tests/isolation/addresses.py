"""Every address of the site, found by itself: what leads there, and what it names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.regex_helper import normalize


@dataclass(frozen=True)
class Address:
    """One address: its name with the namespaces, how it is written, and the view behind it.

    ``route`` has a ``%(name)s`` for each argument; those that have no name are ``_0``, ``_1`` ….
    """

    name: str
    route: str
    arguments: tuple[str, ...]
    view: Callable[..., Any]
    converters: Mapping[str, Any]

    def __str__(self) -> str:
        written = self.route % {name: f"<{name}>" for name in self.arguments}
        return f"{self.name} /{written}"

    def path(self, values: Mapping[str, object]) -> str:
        """The path that names these things."""
        written = {
            name: quote(
                str(self.converters[name].to_url(values[name]))
                if name in self.converters
                else str(values[name])
            )
            for name in self.arguments
        }
        return f"/{self.route % written}"


def addresses(urlconf: Any = None) -> list[Address]:
    """All of the site's addresses, or of another table of addresses, in its order."""
    return [
        address
        for pattern, above, namespaces in _patterns(get_resolver(urlconf))
        for address in [_address(pattern, above, namespaces)]
    ]


def _patterns(
    resolver: URLResolver, above: tuple[Any, ...] = (), namespaces: tuple[str, ...] = ()
) -> Iterator[tuple[URLPattern, tuple[Any, ...], tuple[str, ...]]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield entry, (*above, entry.pattern), namespaces
        else:
            name = (entry.namespace,) if entry.namespace else ()
            yield from _patterns(entry, (*above, entry.pattern), (*namespaces, *name))


def _address(pattern: URLPattern, parts: tuple[Any, ...], namespaces: tuple[str, ...]) -> Address:
    written = "".join(str(part.regex.pattern).removeprefix("^") for part in parts)
    route, arguments = normalize(written)[0]
    converters = {name: one for part in parts for name, one in part.converters.items()}
    name = pattern.name or str(getattr(_own(pattern.callback), "__name__", "view"))
    return Address(
        name=":".join((*namespaces, name)),
        route=str(route),
        arguments=tuple(arguments),
        view=pattern.callback,
        converters=converters,
    )


def _own(view: Callable[..., Any]) -> Any:
    return getattr(view, "view_class", view)
