"""What a payment provider has to be able to do, and what it may answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final, Protocol, TypeAlias, runtime_checkable

from djmoney.money import Money

_NOTHING: Final = Decimal(0)


class Cause(StrEnum):
    """Why a charge was not made. What a payer reads about each stands in ``billing/causes.py``."""

    DECLINED = "declined"  # by the bank, which does not say why
    FUNDS = "funds"  # there is not enough money
    EXPIRED = "expired"
    LOST = "lost"  # reported lost or stolen
    CONFIRMATION = "confirmation"  # the bank wants the payer to confirm, who is not there
    REFUSED = "refused"  # the payer did not pass their bank's step
    NO_METHOD = "no_method"  # the payer has no payment method
    GONE = "gone"  # the provider does not keep the method any more
    UNANSWERED = "unanswered"  # the bank's step was left open for too long
    CALLED_OFF = "called_off"  # by the payer, before it was charged
    INTERRUPTED = "interrupted"  # nobody waits for it any more
    UNACCEPTED = "unaccepted"  # the provider does not take it, as what is less than it charges
    OVERTAKEN = "overtaken"  # another payment came first
    DISPUTED = "disputed"  # the bank of the card has taken what it paid of the invoice back


# ---- charges ----


@dataclass(frozen=True, slots=True)
class Charged:
    """The money is ours; ``reference`` is the provider's own number of the charge."""

    reference: str


@dataclass(frozen=True, slots=True)
class Declined:
    """The money was refused, for good under this key; ``reason`` is the provider's own words."""

    reason: str
    cause: Cause = Cause.DECLINED


@dataclass(frozen=True, slots=True)
class ActionNeeded:
    """The bank asks the payer something on the page at ``url`` before it decides."""

    url: str


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Nothing was charged under this key, and nothing will be."""


# ---- refunds ----


@dataclass(frozen=True, slots=True)
class Refunded:
    """The money went back; ``reference`` is the provider's own number of the refund."""

    reference: str


@dataclass(frozen=True, slots=True)
class RefundRefused:
    """Nothing went back, for good under this key; ``reason`` is for support."""

    reason: str


# ---- disputes ----


class DisputeState(StrEnum):
    """How a dispute stands."""

    INQUIRY = "inquiry"  # the bank asks; no money is taken
    OPEN = "open"
    WON = "won"  # the money is, or stays, with us
    LOST = "lost"
    CLOSED = "closed"  # an inquiry that became no dispute


@dataclass(frozen=True, slots=True)
class Disputed:
    """A cardholder's bank asks for the money of a charge, or did.

    ``charge`` is the reference of `Charged`; ``money`` what is disputed of it; ``taken``: the
    provider has taken it from us by now, but for ``came_again``: of one that was lost for a part
    alone, what was given again all the same. Its fee is no part of it. ``reason`` is the
    provider's word; evidence is given at ``url`` until ``evidence_by``.
    """

    charge: str
    money: Money
    state: DisputeState
    taken: bool
    reason: str
    url: str
    evidence_by: datetime | None
    came_again: Decimal = _NOTHING


# ---- payment methods ----


@dataclass(frozen=True, slots=True)
class Card:
    """What may be known of a card: enough to tell it from another, not enough to charge it.

    It is good to the end of its month.
    """

    brand: str
    last4: str
    month: int
    year: int


@dataclass(frozen=True, slots=True)
class MethodReady:
    """The provider keeps the payer's card under this ``reference``, and charges it on demand."""

    reference: str
    card: Card


@dataclass(frozen=True, slots=True)
class MethodPending:
    """The payer has not finished the provider's form."""


@dataclass(frozen=True, slots=True)
class MethodRefused:
    """The card cannot be kept, for good under this key."""

    cause: Cause = Cause.DECLINED


@dataclass(frozen=True, slots=True)
class Form:
    """The provider's own form waits for the payer's card on the page at ``url``.

    "" as the address: the form stands on a page of ours, which asks the provider to draw it.
    """

    url: str


# ---- any of them ----


@dataclass(frozen=True, slots=True)
class Unknown:
    """No answer: done or not. It has to be looked up before anything is tried again."""


@dataclass(frozen=True, slots=True)
class NeverSeen:
    """The provider has never heard of this key, so nothing was done under it."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the provider says by itself: that something has become of what has this ``key``.

    ``id`` is the provider's own of the message, ``kind`` its word for it. `about_card` is the key
    of a card that is kept, `about_dispute` that of a dispute; without a key it is about nothing of
    ours. It is a bell and no answer: what is so is looked up.
    """

    id: str
    kind: str
    key: str


_CARD: Final = "card-"


def about_card(reference: str) -> str:
    """The key under which something is told of the card with this reference."""
    return f"{_CARD}{reference}"


def card_named(key: str) -> str:
    """The reference of the card that this key is about."""
    return key.removeprefix(_CARD)


_DISPUTE: Final = "dispute-"


def about_dispute(reference: str) -> str:
    """The key under which something is told of the dispute with this reference."""
    return f"{_DISPUTE}{reference}"


def dispute_named(key: str) -> str:
    """The reference of the dispute that this key is about."""
    return key.removeprefix(_DISPUTE)


class BadSignature(Exception):
    """What came in by webhook does not come from the provider, or is too old."""


class Unaskable(ValueError):
    """The provider cannot be asked for this: a mistake of ours, that asking again does not mend."""


class KeyTaken(Unaskable):
    """The key was used for something else."""


ChargeAnswer: TypeAlias = Charged | Declined | ActionNeeded | Unknown
RefundAnswer: TypeAlias = Refunded | RefundRefused | Unknown
DisputeAnswer: TypeAlias = Disputed | Unknown | NeverSeen
MethodAnswer: TypeAlias = MethodReady | MethodPending | MethodRefused | Unknown


class Gateway(Protocol):
    """A provider. Same key, same answer: asking twice never charges or gives back twice.

    Keys of charges, of refunds and of methods are apart. No verb may be called inside a
    transaction, and none raises for an outage: no answer is `Unknown`. `Unaskable` for what the
    provider cannot be asked, `KeyTaken` where the key was used for something else.
    """

    name: str

    def charge(
        self, key: str, money: Money, payer: str, method: str, return_to: str = ""
    ) -> ChargeAnswer:
        """Take the money from the payer's ``method``, a reference of `MethodReady`.

        ``return_to`` is where the payer is who waits: their bank may ask them something and send
        them there afterwards. Without it nobody is there, and a bank that asks has declined. "" as
        the method is a payer who has none: declined, without a question to the provider.
        """

    def look_up(self, key: str) -> ChargeAnswer | Cancelled | NeverSeen:
        """What became of the charge with this key."""

    def cancel(self, key: str) -> Cancelled | Charged | Declined | Unknown:
        """Give up a charge whose bank waits for the payer; what it was, where it is decided."""

    def refund(self, key: str, reference: str, money: Money) -> RefundAnswer:
        """Give back money of the charge with this reference, never more than is left of it."""

    def look_up_refund(self, key: str) -> RefundAnswer | NeverSeen:
        """What became of the refund with this key."""

    def look_up_dispute(self, reference: str) -> DisputeAnswer:
        """How a dispute stands that the provider has told of by this number.

        `NeverSeen` for one that is about no charge of this site.
        """

    def begin_method(self, key: str, payer: str, return_to: str) -> Form | Unknown:
        """Open the provider's form for a card of the payer, who is sent to ``return_to`` then."""

    def method_of(self, key: str) -> MethodAnswer | NeverSeen:
        """What became of the form with this key."""

    def card_of(self, reference: str) -> Card | None:
        """What may be known of a card that is kept, by now: a bank sends a new one in its place.

        None for one that is not kept any more, and where there is no answer.
        """

    def forget_method(self, reference: str) -> bool:
        """Have the provider keep this method no longer; whether it is so now."""

    def read_webhook(self, body: bytes, headers: Mapping[str, str], *, at: datetime) -> Told:
        """What came in by webhook, once it is clear from whom; `BadSignature` where it is not."""


@runtime_checkable
class DrawnHere(Protocol):
    """A provider whose form for a card is drawn by its script, on a page of this site."""

    def secret_of(self, key: str) -> str:
        """What opens the form with this key in the browser; "" while there is no answer."""
