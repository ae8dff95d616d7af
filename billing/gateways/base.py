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
class Refunded:
    """The money went back; ``reference`` is the provider's own number of the refund."""

    reference: str


@dataclass(frozen=True, slots=True)
class RefundRefused:
    """Nothing went back, for good under this key; ``reason`` is for support."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """No answer: done or not. It has to be looked up before anything is tried again."""


@dataclass(frozen=True, slots=True)
class NeverSeen:
    """The provider has never heard of this key, so nothing was done under it."""


class KeyTaken(ValueError):
    """The key was used for something else: a mistake of ours, that asking again does not mend."""


class Gateway(Protocol):
    """A provider. Same key, same answer: asking twice never charges or gives back twice.

    Keys of charges and of refunds are apart. No verb may be called inside a transaction, and none
    raises for an outage: no answer is `Unknown`.
    """

    name: str

    def charge(self, key: str, money: Money, payer: str) -> Charged | Declined | Unknown:
        """Take the money from the payer. KeyTaken when the key was used for something else."""

    def look_up(self, key: str) -> Charged | Declined | Unknown | NeverSeen:
        """What became of the charge with this key."""

    def refund(self, key: str, reference: str, money: Money) -> Refunded | RefundRefused | Unknown:
        """Give back money of the charge with this reference, never more than is left of it.

        KeyTaken when the key was used for something else.
        """

    def look_up_refund(self, key: str) -> Refunded | RefundRefused | Unknown | NeverSeen:
        """What became of the refund with this key."""
