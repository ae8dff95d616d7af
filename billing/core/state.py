"""The state of a subscription: all that one cycle hands to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from billing.core import lines
from billing.core.lines import Json, Line, Ref


@dataclass(frozen=True, slots=True)
class Waiting:
    """A quantity that takes hold at the next opening, and the event that asked for it."""

    quantity: int
    because: Ref


@dataclass(frozen=True, slots=True)
class Paid:
    """Units that were paid for at one version of a price."""

    quantity: int
    price_version: str | None


@dataclass(frozen=True, slots=True)
class ItemState:
    """What is true of one item.

    `quantity` is in force, set by the event `because`; `waiting` takes its place at the next
    opening. `paid` is the number already paid for in the running cycle: chosen units, or billable
    members. `price_version` is the price in force. `paid_at` says at which versions the paid ones
    were paid, oldest first; left out, all of them at the one in force (decision 32). ValueError
    where it does not add up to `paid`.
    """

    quantity: int = 0
    because: Ref | None = None
    waiting: Waiting | None = None
    paid: int = 0
    price_version: str | None = None
    paid_at: tuple[Paid, ...] = ()

    def __post_init__(self) -> None:
        if self.paid and not self.paid_at:
            object.__setattr__(self, "paid_at", (Paid(self.paid, self.price_version),))
        if sum(paid.quantity for paid in self.paid_at) != self.paid:
            raise ValueError(f"{self.paid} paid are no stored sum of {self.paid_at!r}.")


_NO_ITEMS: Mapping[str, ItemState] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class State:
    """What is true right after an opening (or, as a reading, at a moment of the running cycle).

    Items that hold nothing and wait for nothing are left out. `members` is the number of billable
    members; `put_off` are the lines that the next opening charges, in the order they happened.
    Decision 5: the state at each opening is stored, and an audit computes it again from the log.
    """

    items: Mapping[str, ItemState] = field(default_factory=lambda: _NO_ITEMS)
    put_off: tuple[Line, ...] = ()
    members: int = 0

    @staticmethod
    def nothing() -> State:
        """The state before the first opening: nothing held, nobody billable."""
        return _NOTHING


_NOTHING = State()


def to_json(state: State) -> dict[str, Json]:
    """The state as a compact value that JSON holds without loss; `from_json` reads it back."""
    stored: dict[str, Json] = {
        "items": {product: _item_to_json(item) for product, item in state.items.items()}
    }
    if state.put_off:
        stored["put_off"] = [lines.to_json(line) for line in state.put_off]
    if state.members:
        stored["members"] = state.members
    return stored


def from_json(stored: Mapping[str, object]) -> State:
    """The state that `to_json` wrote. ValueError for anything else."""
    match stored:
        case {"items": dict(items), **rest}:
            return State(
                items={product: _item_from_json(item) for product, item in items.items()},
                put_off=_put_off_from_json(rest.pop("put_off", [])),
                members=_members_from_json(rest.pop("members", 0)),
            )
    raise ValueError(f"This is no stored state: {stored!r}.")


def _item_to_json(item: ItemState) -> list[Json]:
    waiting = item.waiting
    stored: list[Json] = [
        item.quantity,
        item.because,
        None if waiting is None else [waiting.quantity, waiting.because],
        item.paid,
        item.price_version,
    ]
    if any(paid.price_version != item.price_version for paid in item.paid_at):
        stored.append([[paid.quantity, paid.price_version] for paid in item.paid_at])
    return stored


def _item_from_json(stored: object) -> ItemState:
    match stored:
        case [
            int(quantity),
            None | int() | str() as because,
            waiting,
            int(paid),
            None | str() as price_version,
            *paid_at,
        ]:
            return ItemState(
                quantity=quantity,
                because=because,
                waiting=_waiting_from_json(waiting),
                paid=paid,
                price_version=price_version,
                paid_at=_paid_at_from_json(paid_at),
            )
    raise ValueError(f"This is no stored item: {stored!r}.")


def _paid_at_from_json(stored: object) -> tuple[Paid, ...]:
    """Stored only where something was paid at another version than that in force."""
    match stored:
        case []:
            return ()
        case [list(paid_at)]:
            return tuple(map(_paid_from_json, paid_at))
    raise ValueError(f"These are no stored versions: {stored!r}.")


def _paid_from_json(stored: object) -> Paid:
    match stored:
        case [int(quantity), None | str() as price_version]:
            return Paid(quantity, price_version)
    raise ValueError(f"This is no stored paid quantity: {stored!r}.")


def _waiting_from_json(stored: object) -> Waiting | None:
    match stored:
        case None:
            return None
        case [int(quantity), int() | str() as because]:
            return Waiting(quantity, because)
    raise ValueError(f"This is no stored waiting quantity: {stored!r}.")


def _put_off_from_json(stored: object) -> tuple[Line, ...]:
    if not isinstance(stored, list):
        raise ValueError(f"These are no stored lines: {stored!r}.")
    return tuple(lines.from_json(line) for line in stored)


def _members_from_json(stored: object) -> int:
    if not isinstance(stored, int):
        raise ValueError(f"This is no stored number of members: {stored!r}.")
    return stored
