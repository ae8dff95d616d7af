"""What a payment provider has to be able to do, and what it may answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from djmoney.money import Money


@dataclass(frozen=True, slots=True)
class Charged:
    """The money is ours; ``reference`` is the provider's own number of the charge."""

    reference: str


@dataclass(frozen=True, slots=True)
class Declined:
    """The money was refused, for good under this key; ``reason`` is what the payer may read."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """No answer: charged or not. It has to be looked up before anything is tried again."""


@dataclass(frozen=True, slots=True)
class NeverSeen:
    """The provider has never heard of this key, so nothing was charged under it."""


class KeyTaken(ValueError):
    """The key was used for another charge: a mistake of ours, that asking again does not mend."""


class Gateway(Protocol):
    """A provider. Same key, same answer: asking twice never charges twice.

    Neither verb may be called inside a transaction, and neither raises for an outage: no answer is
    `Unknown`.
    """

    name: str

    def charge(self, key: str, money: Money, payer: str) -> Charged | Declined | Unknown:
        """Take the money from the payer. KeyTaken when the key was used for something else."""

    def look_up(self, key: str) -> Charged | Declined | Unknown | NeverSeen:
        """What became of the charge with this key."""
