"""Who asks what at an address: with ids of their own, and with ids of everybody else mixed in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from itertools import product
from typing import Final

from accounts.doors import READS, Audience, Door
from accounts.rights import Module, Right
from accounts.scopes import Scope
from tests.isolation.addresses import Address
from tests.isolation.people import Persona
from tests.isolation.places import Place
from tests.isolation.world import QUERIES, World

_ACCOUNT: Final = "account_id"
_OF_AN_ACCOUNT: Final = frozenset({Audience.ACCOUNT, Audience.SUSPENDED})
# The account where every kind of member is at home.
HOME: Final = "agency"
_STRANGER: Final = "stranger: primary admin"
_SIBLING: Final = "workspace: primary admin"
_PARENT: Final = "agency: primary admin"
_RESELLER: Final = "reseller: primary admin"

# Who else knocks at each account than its own people; in depth many more do.
_KNOCKS: Final[Mapping[str, tuple[str, ...]]] = {
    "agency": (
        *("nobody", _STRANGER, _SIBLING, _RESELLER),
        *("superuser", "staff: support", "staff without a role"),
    ),
    "workspace": (
        *(_PARENT, "agency: only access_agency", "agency: only update_agency"),
        *("agency: member without rights", _STRANGER, "support on a visit"),
    ),
    "unclaimed workspace": (_PARENT, "agency: only update_agency", _SIBLING),
    "reseller": (_PARENT, "client: primary admin"),
    "client": (_RESELLER, _PARENT, "client that pays: primary admin"),
    "client that pays": (_RESELLER, "reseller: only update_clients"),
    "stranger": (_PARENT, "agency: buyer"),
}
# Who knocks with ids of two accounts: their own, and another.
_MIXES: Final = (
    *((_PARENT, "agency", "workspace"), (_SIBLING, "workspace", "unclaimed workspace")),
    *((_RESELLER, "reseller", "stranger"), (_STRANGER, "stranger", "agency")),
)
# Of a page that asks for no right in an account, who is worth asking.
_ODD: Final = frozenset(
    {
        *("nobody", _STRANGER, _PARENT, "agency: member without rights", "agency: suspended admin"),
        *("superuser", "staff without a role", "support on a visit"),
    }
)
# People who ask for what programs ask, by their session.
_OF_NO_PROGRAM: Final = frozenset({"nobody", _PARENT, "superuser"})
# The accounts to which something is sent, too.
_SENT_TO: Final = frozenset({HOME, "workspace", "client"})

Choice = Mapping[str, int]


class Breadth(Enum):
    """How many are asked: a few where broadly asked elsewhere, who is worth it, or everybody."""

    FEW = "few"
    USUAL = "usual"
    ALL = "all"


@dataclass(frozen=True)
class Case:
    """One persona at one path. ``place``: the account in it; ``foreign``: it names rows of two."""

    persona: Persona
    path: str
    place: Place | None = None
    foreign: bool = False

    def __str__(self) -> str:
        return f"{self.persona} at {self.path}"


@dataclass(frozen=True)
class Asking:
    """What is asked at one address, of how many."""

    address: Address
    door: Door
    world: World
    breadth: Breadth = Breadth.USUAL

    def cases(self, method: str, choice: Choice, *, takes: bool = True) -> Iterator[Case]:
        """``choice``: which of several rows each argument names.

        Of a method that the address does not take a few are asked.
        """
        if not takes and self.breadth is Breadth.USUAL:
            yield from replace(self, breadth=Breadth.FEW).cases(method, choice)
            return
        if self.door.audience is Audience.KEY:
            yield from self._of_programs(choice)
            return
        if _ACCOUNT not in self.address.arguments or self.door.audience not in _OF_AN_ACCOUNT:
            yield from self._of_no_account(choice)
            return
        for place in self.world.places.values():
            for persona in self._knock_at(place, method):
                yield from self._case(persona, place, place, choice)
        if len(self.address.arguments) > 1:
            for persona, mine, other in self._mixes():
                yield from self._case(persona, mine, other, choice)
                yield from self._case(persona, other, mine, choice)

    def _of_programs(self, choice: Choice) -> Iterator[Case]:
        """Every program at every account, with rows of its own and of each other; and people."""
        few, home = self.breadth is Breadth.FEW, self.home()
        names_account = _ACCOUNT in self.address.arguments
        for persona in self.world.people.values():
            if not (persona.token or persona.name in _OF_NO_PROGRAM):
                continue
            everywhere = names_account and not few and len(persona.scopes) == len(Scope)
            for place in self.world.places.values() if everywhere else [home]:
                for case in self._case(persona, place, place, choice):
                    yield case if names_account else replace(case, place=None)
        for key in () if few else ("workspace", "stranger"):
            for name in (f"program of {home}", "program of the vendor"):
                other = self.world.places[key]
                yield from self._case(self.world.people[name], home, other, choice)

    @property
    def _of_all(self) -> bool:
        return self.breadth is Breadth.ALL

    def choices(self) -> Iterator[Choice]:
        """Every way to choose among the rows that the arguments can name."""
        persona = self.world.people[_PARENT]
        numbers = {
            argument: range(len(self._named(argument, self.home(), persona)))
            for argument in self.address.arguments
        }
        for chosen in product(*numbers.values()):
            yield dict(zip(numbers, chosen, strict=True))

    def home(self) -> Place:
        """An account that has what the address is about."""
        module = self.door.right.module if self.door.right else None
        return self.world.places["reseller" if module is Module.CLIENTS else HOME]

    def _of_no_account(self, choice: Choice) -> Iterator[Case]:
        home = self.world.places[HOME]
        mine = self.world.people[_PARENT].things.keys() & set(self.address.arguments)
        for persona in self.world.people.values():
            if not (self._is_odd(persona) or (self._of_all and _goes_everywhere(persona))):
                continue
            if mine <= persona.things.keys():
                yield from self._case(persona, home, home, choice)
            if self.door.audience is Audience.LINK:
                yield from self._forged(persona, choice)
            if mine:
                other = self.world.people[_STRANGER if persona.name == _PARENT else _PARENT]
                yield from self._case(persona, home, home, choice, whose=other)

    def _forged(self, persona: Persona, choice: Choice) -> Iterator[Case]:
        home = self.world.places[HOME]
        for case in self._case(persona, home, home, choice):
            yield replace(case, path=f"{case.path.removesuffix('/')}x/", foreign=True)

    def _is_odd(self, persona: Persona) -> bool:
        """Whether this one is worth asking at a page that asks for no right in an account."""
        if self.door.audience is Audience.STAFF:
            return (persona.of_staff and not persona.of) or persona.name in {"nobody", _STRANGER}
        return persona.name in _ODD

    def _knock_at(self, place: Place, method: str) -> Iterator[Persona]:
        everybody = self.world.people
        if self._of_all:
            for one in everybody.values():
                if place.key in one.of or place.key in one.stands or _goes_everywhere(one):
                    yield one
            return
        at_home = [one for one in everybody.values() if place.key in one.of]
        for persona in (*at_home, *(everybody[name] for name in _KNOCKS[place.key])):
            if self._is_worth_asking(persona, place, method):
                yield persona

    def _is_worth_asking(self, persona: Persona, place: Place, method: str) -> bool:
        """Whoever may less than somebody who is refused is refused too.

        So for all who have but a right of another module, one is asked who has all of these.
        """
        asked = {right.module for right in (self.door.right, self.door.post) if right}
        only, but = persona.only, persona.but
        related = (only is None or only.module in asked) and (but is None or but in asked)
        if self.breadth is Breadth.FEW:
            boss = Right.PRIMARY in persona.stands.get(place.key, ())
            return related and place is self.home() and (boss or persona.name in _ODD)
        if method in READS:
            return related
        return related and place.key in _SENT_TO and bool(persona.stands or persona.name in _ODD)

    def _mixes(self) -> Iterator[tuple[Persona, Place, Place]]:
        """Who is at home in the first account and brings ids of the second."""
        here = self.world.places
        if not self._of_all:
            yield from ((self.world.people[who], here[a], here[b]) for who, a, b in _MIXES)
            return
        for persona in filter(_goes_everywhere, self.world.people.values()):
            for key in persona.stands:
                yield from (
                    (persona, here[key], other) for other in here.values() if other.key != key
                )

    def _case(
        self,
        persona: Persona,
        account: Place,
        rows: Place,
        choice: Choice,
        whose: Persona | None = None,
    ) -> Iterator[Case]:
        """``rows``: whose rows are named in the account; ``whose``: of which person."""
        if account is not rows and not set(self.address.arguments) - {_ACCOUNT, *self.world.desk}:
            return  # it names nothing that is anybody's
        values = {}
        for argument in self.address.arguments:
            place = account if argument == _ACCOUNT else rows
            named = self._named(argument, place, whose or persona)
            if not named:
                return
            values[argument] = named[min(choice.get(argument, 0), len(named) - 1)]
        query = QUERIES.get(self.address.name)
        path = self.address.path(values) + (f"?{query}" if query else "")
        yield Case(persona, path, account, foreign=account is not rows or whose is not None)

    def _named(self, argument: str, place: Place, persona: Persona) -> tuple[object, ...]:
        owners = (persona, self.world.people[_PARENT])
        things = next((one.things for one in owners if argument in one.things), {})
        return self.world.named(argument, at=self.address, door=self.door, place=place, own=things)


def _goes_everywhere(persona: Persona) -> bool:
    """In depth: who is at home nowhere, and who may much somewhere."""
    return not persona.of or Right.PRIMARY in persona.stands.get(min(persona.of), ())
