"""The programs that knock with an API key: of each account, of the vendor, and with less. API-4."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Final

from django.utils import timezone

from accounts.callers import digest_of
from accounts.models import ApiKey
from accounts.scopes import Scope, written
from tests.isolation.people import Persona
from tests.isolation.places import Place

_ALL: Final = frozenset(Scope)
_HOME: Final = "agency"


def programs(places: Mapping[str, Place]) -> Iterator[Persona]:
    """A program of each account with every scope; one of the vendor; and those that may less."""
    for place in places.values():
        yield _program(f"program of {place}", place, _ALL, sees={place.key})
    yield _program("program of the vendor", None, _ALL, sees=places)
    home = places[_HOME]
    for scope in Scope:
        name = f"program of {home}: all but {scope}"
        yield _program(name, home, _ALL - {scope}, sees={home.key})
    for name, of in ((f"revoked program of {home}", home), ("revoked program of the vendor", None)):
        revoked = _program(name, of, _ALL, sees=())
        ApiKey.objects.filter(name=name).update(revoked_at=timezone.now())
        revoked.scopes = frozenset()
        yield revoked
    yield Persona("program with a forged key", token="sl_forged00_secret")


def _program(
    name: str, place: Place | None, scopes: frozenset[Scope], *, sees: Iterable[str]
) -> Persona:
    key = ApiKey.objects.create(
        account=place.account if place else None,
        name=name,
        prefix=f"k{ApiKey.objects.count():07}",
        digest=digest_of(name),
        scopes=written(scopes),
        created_at=timezone.now(),
        created_by_name="Nobody",
        # It has been used just now, so that asking writes nothing.
        last_used_at=timezone.now() + timedelta(days=1),
    )
    return Persona(name, token=f"sl_{key.prefix}_{name}", scopes=scopes, sees=frozenset(sees))
