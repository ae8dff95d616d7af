"""What is scheduled for a plan or its seats, and goes over to what takes their place. PRICE-5."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, TypeAlias

from billing.core.pricing import Price
from billing.itemlog import ItemLog, Step
from billing.models import Event, Product

# What has its counterpart in every plan.
_KINDS: Final = (Product.Kind.PLAN, Product.Kind.USERS)

Steps: TypeAlias = Sequence[tuple[ItemLog, Step]]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Of one product the number in force, and the one that waits for the next opening."""

    number: int
    waits: int


def waiting_in(logs: Sequence[ItemLog], *, at: datetime) -> dict[int, Waiting]:
    """What waits in these logs at ``at``, by product id; ask it before they are gone on with."""
    return {
        log.product_id: Waiting(log.in_force(at), log.last.becomes)
        for log in logs
        if log.last is not None and log.waiting(at)
    }


def carry(steps: Steps, *, waiting: Mapping[int, Waiting], at: datetime) -> tuple[Steps, Steps]:
    """The ``steps`` of a replacement, and those by which what was ``waiting`` goes over with it.

    The latter are of the new side, at ``at``; their ``instead_of`` is what waited for the old side,
    whose own step takes the place of nothing then. A number goes over where the new side has as
    many as the old one had: another one was chosen in its place. Of user seats no fewer than the
    new price includes, as everywhere; where that leaves nothing to lower, nothing goes over.

    Worked example: 6 seats, from the renewal on 1. On a level that includes 3 there are 6 until
    then, and 3 from then on.
    """
    kinds = _kinds(steps, waiting)
    moved = {}
    for old, log in _pairs(steps, kinds, waiting):
        was = waiting[old]
        if (step := _waits(log, was, kinds[log.product_id], at=at)) is not None:
            moved[old] = (log, replace(step, instead_of=was.waits))
    kept = tuple(
        (log, replace(step, instead_of=None) if log.product_id in moved else step)
        for log, step in steps
    )
    return kept, tuple(moved.values())


def least_of(kind: str, *, held: int, price: Price) -> int:
    """The lowest number that saves anything: a plan has user seats, and those included are free."""
    return max(1, min(held, price.included)) if kind == Product.Kind.USERS else 0


def _kinds(steps: Steps, waiting: Mapping[int, Waiting]) -> dict[int, str]:
    """The kind of each product, by id. One query, and none where nothing waits."""
    keys = [log.product_id for log, _ in steps]
    if not waiting.keys() & set(keys):
        return {}
    found = Product.objects.filter(pk__in=keys, kind__in=_KINDS)
    return dict(found.values_list("pk", "kind"))


def _pairs(
    steps: Steps, kinds: Mapping[int, str], waiting: Mapping[int, Waiting]
) -> Iterator[tuple[int, ItemLog]]:
    """The product id of each old side that something waits for, with the log of the new one."""
    for old, gone in steps:
        was = waiting.get(old.product_id)
        if was is None or gone.entry.becomes or old.product_id not in kinds:
            continue
        for new, comes in steps:
            same = kinds.get(new.product_id) == kinds[old.product_id]
            if same and not comes.entry.was and comes.entry.becomes == was.number:
                yield old.product_id, new


def _waits(log: ItemLog, was: Waiting, kind: str, *, at: datetime) -> Step | None:
    price = log.price_at(at)
    least = 0 if price is None else least_of(kind, held=was.number, price=price)
    number = was.waits if was.waits > was.number else max(was.waits, least)
    holds = None if log.openings.is_opening(at) else Event.Holds.OPENING
    return log.append(quantity=number, at=at, holds=holds)
