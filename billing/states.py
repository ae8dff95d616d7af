"""Stored states: what a bill keeps of the moment right after its opening."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from billing.core import state as core
from billing.core.state import State

_MEMBERS_READ = "member_sequence"


def to_store(state: State, *, member_sequence: int) -> dict[str, Any]:
    """The state as `Bill.state` keeps it, with the last member event that it has counted.

    A member event that is written late is dated before the opening but stands after this one in the
    log: the next bill counts it from the first day of the running cycle.
    """
    return {**core.to_json(state), **({_MEMBERS_READ: member_sequence} if member_sequence else {})}


def from_store(stored: Mapping[str, Any]) -> State:
    """The state that `to_store` wrote. ValueError for anything else."""
    return core.from_json(stored)


def member_sequence(stored: object) -> int:
    """The last member event that the state has counted; 0 where it counts nobody."""
    sequence = stored.get(_MEMBERS_READ, 0) if isinstance(stored, Mapping) else None
    if not isinstance(sequence, int):
        raise ValueError(f"This says nothing about the log of members: {stored!r}.")
    return sequence
