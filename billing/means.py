"""What a payer pays with: the way they have chosen, and the card that everything is charged to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Account
from billing.core.periods import local_day
from billing.gateways import gateway
from billing.models import MethodSetup, PaymentMethod


class Lack(StrEnum):
    """Why a payer by card cannot be charged."""

    MISSING = "missing"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Means:
    """How one payer pays: ``method`` is their default card, ``lack`` why it will not do."""

    payer_id: int
    pays_by: str
    method: PaymentMethod | None
    lack: Lack | None

    @property
    def by_card(self) -> bool:
        return self.pays_by == Account.PaysBy.CARD

    @property
    def fingerprint(self) -> str:
        """Tells whether something else would be charged (decision 18)."""
        return f"{self.pays_by} {self.method.pk if self.method else ''}".strip()


def lack_words(lack: Lack) -> str:
    """Why nothing can be charged, and what to do about it, in the language that is switched on."""
    if lack is Lack.MISSING:
        return _("There is no card to charge. Add one, or choose bank transfer, then confirm.")
    return _("The card that is charged has expired. Replace it, then confirm.")


def means_of(payer: Account, *, at: datetime) -> Means:
    """What the payer pays with. Costs one query for who pays by card, none for others."""
    return means(payer.pk, pays_by=payer.pays_by, zone=payer.time_zone, at=at)


def means(payer_id: int, *, pays_by: str, zone: str, at: datetime) -> Means:
    """What the payer of this id pays with, where their way and time zone are known already."""
    by_card = pays_by == Account.PaysBy.CARD
    method = default_of(payer_id, gateway=gateway().name) if by_card else None
    return means_with(method, payer_id, pays_by=pays_by, zone=zone, at=at)


def means_with(
    method: PaymentMethod | None, payer_id: int, *, pays_by: str, zone: str, at: datetime
) -> Means:
    """The same where their default card is at hand already: no query."""
    if pays_by != Account.PaysBy.CARD:
        return Means(payer_id, pays_by, None, None)
    if method is None:
        return Means(payer_id, pays_by, None, Lack.MISSING)
    expired = method.is_expired(on=local_day(at, zone))
    return Means(payer_id, pays_by, method, Lack.EXPIRED if expired else None)


def default_of(payer_id: int, *, gateway: str) -> PaymentMethod | None:
    """The card that this payer's charges go to; None where this provider keeps none of theirs."""
    return default_rows(payer_id, gateway=gateway).first()


def default_rows(payer_id: int, *, gateway: str) -> QuerySet[PaymentMethod]:
    """The same as rows: one, or none."""
    return kept_by(payer_id, gateway=gateway).filter(is_default=True)


def kept_by(payer_id: int, *, gateway: str) -> QuerySet[PaymentMethod]:
    """The cards of this payer that this provider keeps, the default first, then the newest."""
    kept = PaymentMethod.objects.filter(payer=payer_id, gateway=gateway, removed_at=None)
    return kept.order_by("-is_default", "-pk")


def in_its_place(method: PaymentMethod) -> PaymentMethod:
    """The card that has replaced this one, and what has replaced that; itself where none has."""
    while method.removed_at is not None:
        setup = MethodSetup.objects.filter(replaces=method, becomes__isnull=False).first()
        if setup is None or setup.becomes is None:
            break
        method = setup.becomes
    return method
