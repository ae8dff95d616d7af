"""What a door lets happen, written down once more and apart from the product."""

from __future__ import annotations

from typing import Final

from django.contrib import admin

from accounts.admin.desk import declared_by
from accounts.doors import READS, Audience, Door
from accounts.models import Account
from tests.isolation.asking import Answer, Outcome
from tests.isolation.cases import Case
from tests.isolation.places import Place
from tests.isolation.world import World

_IN: Final = frozenset({Outcome.IN})
_SIGN_IN: Final = frozenset({Outcome.SIGN_IN})
_FORBIDDEN: Final = frozenset({Outcome.FORBIDDEN})
_NOT_FOUND: Final = frozenset({Outcome.NOT_FOUND})
_REFUSED: Final = _FORBIDDEN | _NOT_FOUND
_OUTSIDE: Final = _REFUSED | _SIGN_IN


def expected(door: Door, case: Case, method: str) -> frozenset[Outcome]:
    """What may come of this request."""
    if door.audience is Audience.KEY:
        return _of_programs(door, case, method)
    if door.audience is Audience.SIGNED:
        return _FORBIDDEN  # nobody here has the provider's key
    if door.audience is Audience.LINK:
        return _NOT_FOUND if case.foreign else _IN
    if door.audience in {Audience.EVERYBODY, Audience.SIGNED_OUT}:
        return _IN | _OUTSIDE | {Outcome.UNASKED} if door.may_refuse else _IN
    if case.persona.user is None:
        return _SIGN_IN
    return {
        Audience.ACCOUNT: _of_account,
        Audience.SUSPENDED: _of_the_suspended,
        Audience.STAFF: _of_staff,
        Audience.SIGNED_IN: _of_a_person,
        Audience.NOBODY: lambda *_: _OUTSIDE,
    }[door.audience](door, case, method)


def _of_programs(door: Door, case: Case, method: str) -> frozenset[Outcome]:
    """A key that works, with the scope, for an account that it sees; no session is of any use."""
    program, needed = case.persona, door.scope_for(method)
    if needed is None:
        return frozenset({Outcome.UNASKED})
    if not program.scopes:
        return _SIGN_IN
    if needed not in program.scopes:
        return _FORBIDDEN
    if case.place is not None and case.place.key not in program.sees:
        return _NOT_FOUND
    return _NOT_FOUND if case.foreign and method != door.makes else _let_in(door)


def _of_a_person(door: Door, case: Case, method: str) -> frozenset[Outcome]:
    if case.foreign:
        return _NOT_FOUND
    return _IN | _OUTSIDE if door.may_refuse else _IN


def _of_account(door: Door, case: Case, method: str) -> frozenset[Outcome]:
    assert case.place is not None
    rights = case.persona.stands.get(case.place.key)
    if rights is None:
        return _FORBIDDEN if case.place.key in case.persona.shut_out else _NOT_FOUND
    needed = door.right_for(method)
    if needed is not None and needed not in rights:
        return _REFUSED if case.foreign else _FORBIDDEN
    return _NOT_FOUND if case.foreign else _let_in(door)


def _of_the_suspended(door: Door, case: Case, method: str) -> frozenset[Outcome]:
    """Whoever is suspended reads it; who is let into the account is led there instead."""
    assert case.place is not None
    persona, key = case.persona, case.place.key
    return _IN if key in persona.shut_out or key in persona.stands else _NOT_FOUND


def _of_staff(door: Door, case: Case, method: str) -> frozenset[Outcome]:
    persona = case.persona
    if not persona.of_staff:
        return _OUTSIDE
    action = door.action_for(method)
    if door.model is not None and not persona.superuser:
        staff = declared_by(admin.site)[door.model]
        if not any(staff.may(action, role) for role in persona.roles):
            return _REFUSED
    # What a page of the log shows is never refused to whom it is for; a change of a row may be.
    return _IN if door.model is not None and action == "view" else _let_in(door)


def _let_in(door: Door) -> frozenset[Outcome]:
    return _IN | _REFUSED if door.may_refuse else _IN


def faults(
    door: Door, case: Case, method: str, answer: Answer, *, answered: bool, ours: bool, world: World
) -> list[str]:
    """What is wrong with this answer.

    ``answered``: whether the page takes this method at all; ``ours``: whether the view is our own,
    so that it changes nothing for who looks.
    """
    allowed = expected(door, case, method)
    if not answered:
        allowed |= {Outcome.UNASKED}
        # A page of the desk that is only read refuses whoever sends something.
        allowed |= _FORBIDDEN if door.audience is Audience.STAFF else frozenset()
    found = []
    if answer.outcome not in allowed:
        found.append(f"{answer}, where the door says: {' or '.join(sorted(allowed))}")
    refused = answer.outcome in _OUTSIDE
    if answer.wrote and (refused or (ours and method in READS)):
        found.append(f"{answer}, and wrote to {', '.join(sorted(set(answer.wrote)))}")
    if answer.outcome is Outcome.FORBIDDEN and not _says_who_may(door, case, method, answer, world):
        found.append("403, and the page does not name who has the right")
    found += [
        f"{answer}, and shows words of the account {place}"
        for place in _given_away(door, case, answer, world)
    ]
    return [f"{method} as {case}: {fault}" for fault in found]


def _says_who_may(door: Door, case: Case, method: str, answer: Answer, world: World) -> bool:
    """Whether a member who lacks a right reads who has it: the primary account admin, where any."""
    needed = door.right_for(method)
    if door.audience is not Audience.ACCOUNT or needed is None or case.place is None:
        return True
    boss = world.people.get(f"{case.place}: primary admin")
    if boss is None or needed not in boss.stands[case.place.key]:
        return True
    return case.place.name("primary admin") in answer.body


def _given_away(door: Door, case: Case, answer: Answer, world: World) -> list[str]:
    """The accounts of which this answer shows words to somebody who may not read them.

    A link shows whom it is from; an invoice names whom it pays for, by name alone.
    """
    persona = case.persona
    linked = case.place if door.audience is Audience.LINK and not case.foreign else None
    if door.audience is Audience.STAFF and (persona.roles or persona.superuser):
        return []
    text = answer.body
    for key in persona.of:
        text = text.replace(_known_above(world.places[key]), "")
    if door.names_paid_for and case.place and not case.foreign:
        for place in world.places.values():
            if place.account.payer_id == case.place.account.pk:
                text = text.replace(place.account.name, "")
    return [
        place.key
        for place in world.places.values()
        if place.word.lower() in text.lower() and not (persona.may_read(place) or place is linked)
    ]


def _known_above(place: Place) -> str:
    """A client knows its reseller, by name alone; a workspace learns nothing of its agency."""
    is_client = place.account.role == Account.Role.CLIENT and place.above is not None
    return place.above.account.name if is_client and place.above else "-"
