"""Walking to one address as everybody: what was found there against what its door declares."""

from __future__ import annotations

from typing import Final

from accounts.doors import Audience, Door
from config.doors import ELSEWHERE, door_at
from tests.isolation.addresses import Address
from tests.isolation.asking import Answer, Knocker, Outcome
from tests.isolation.cases import Asking, Breadth, Case, Choice
from tests.isolation.judging import expected, faults
from tests.isolation.world import BODIES, World

_METHODS: Final = ("GET", "POST")
_OF_PROGRAMS: Final = (*_METHODS, "PUT", "DELETE", "PATCH")
_SHOWN: Final = 25


def faults_at(address: Address, *, world: World, breadth: Breadth = Breadth.USUAL) -> list[str]:
    """Everything at this address that is not as its door says; empty where all is well."""
    door = door_at(address.view, name=address.name)
    if door is None:
        return [
            f"{address} declares nothing. Say above its view whom it is for, for example "
            "@doors.of_account(Right.SEE_TEAM); for a view of somebody else's, in config/doors.py."
        ]
    asking = Asking(address, door, world, breadth)
    with Knocker(BODIES.get(address.name, {})) as knocker:
        asked = _asked(asking, knocker)
    return _judged(address, door, asked, world)


def _asked(asking: Asking, knocker: Knocker) -> list[tuple[Case, str, Answer]]:
    asked = []
    for method in _methods(asking.door):
        choice, takes = _choice(asking, method, knocker)
        for case in asking.cases(method, choice, takes=takes):
            asked.append((case, method, knocker.ask(case.persona, method, case.path)))
            if asking.breadth is Breadth.ALL and method == "GET" and not case.foreign:
                part = knocker.ask(case.persona, method, case.path, htmx=True)
                asked.append((case, method, part))
    return asked


def _methods(door: Door) -> tuple[str, ...]:
    return _OF_PROGRAMS if door.audience is Audience.KEY else _METHODS


def _judged(
    address: Address, door: Door, asked: list[tuple[Case, str, Answer]], world: World
) -> list[str]:
    ours = address.name not in ELSEWHERE
    takes = {
        method: any(answer.outcome is Outcome.IN for _, one, answer in asked if one == method)
        for method in _methods(door)
    }
    found = [
        fault
        for case, method, answer in asked
        for fault in faults(
            door, case, method, answer, answered=takes[method], ours=ours, world=world
        )
    ]
    lets_in = door.audience not in {Audience.NOBODY, Audience.SIGNED}
    if not any(takes.values()) and not door.may_refuse and lets_in:
        found.insert(0, "Nobody is let in, by no method.")
    if len(found) > _SHOWN:
        found = [*found[:_SHOWN], f"… and {len(found) - _SHOWN} more."]
    return found


def _choice(asking: Asking, method: str, knocker: Knocker) -> tuple[Choice, bool]:
    """Which rows the address is about: those with which somebody is let in whom it is for.

    And whether it takes the method at all.
    """
    door, home = asking.door, asking.home()
    for choice in asking.choices():
        insiders = [
            case
            for case in asking.cases(method, choice)
            if case.place is home and Outcome.IN in expected(door, case, method)
        ]
        for case in insiders if door.may_refuse else insiders[:1]:
            outcome = knocker.ask(case.persona, method, case.path).outcome
            if outcome in {Outcome.IN, Outcome.UNASKED}:
                return choice, outcome is Outcome.IN
    return {}, True
