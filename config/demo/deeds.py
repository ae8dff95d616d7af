"""What people of the demo do: one small deed each, done by the verbs of the product."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from accounts import people
from accounts.models import Account, Member, User
from billing import events, subscribing
from billing.models import Item, Price, Subscription
from config.demo.cards import Keeps
from config.demo.cast import Part
from config.demo.sign_ins import let_sign_in
from config.demo.taken_over import email_of, take_over


class Deed(Protocol):
    """Something that happens at an instant."""

    def do(self, at: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Opens:
    """An account comes with what it holds from that day on, and with the card that pays for it."""

    part: Part
    card: Keeps | None

    def do(self, at: datetime) -> None:
        take_over([self.part], at=at)
        let_sign_in(self.part, at=at)
        if self.card is not None:
            self.card.do(at)


@dataclass(frozen=True, slots=True)
class Wants:
    """Somebody of the account changes numbers of a subscription."""

    reference: str
    code: str
    changes: Mapping[str, int]
    actor: str
    cause: str = ""

    def do(self, at: datetime) -> None:
        events.record(
            subscription_id=_subscription(self.reference, self.code),
            changes=self.changes,
            at=at,
            by=User.objects.filter(
                members__account__reference=self.reference, name=self.actor
            ).first(),
            by_name=self.actor,
            cause=self.cause,
        )


@dataclass(frozen=True, slots=True)
class Joins:
    """A new member, first invited or active at once."""

    part: Part
    member: str
    name: str

    def do(self, at: datetime) -> None:
        account = Account.objects.only("pk").get(reference=self.part.reference)
        people.add_member(
            account_id=account.pk,
            reference=self.member,
            name=self.name,
            email=email_of(self.name, self.part.reference),
            status=Member.Status.ACTIVE,
            at=at,
            by=_primary_admin(self.part.reference),
        )


@dataclass(frozen=True, slots=True)
class Becomes:
    """A member is suspended, activated or deleted."""

    reference: str
    member: str
    status: str
    cause: str = ""

    def do(self, at: datetime) -> None:
        member = Member.objects.only("pk").get(
            account__reference=self.reference, reference=self.member
        )
        people.set_status(
            member_id=member.pk,
            status=self.status,
            at=at,
            by=_primary_admin(self.reference),
            cause=self.cause,
        )


@dataclass(frozen=True, slots=True)
class Announces:
    """The vendor gives notice that an item will be charged by the newest version of its price."""

    reference: str
    product: str
    holds_from: date

    def do(self, at: datetime) -> None:
        item = Item.objects.select_related("subscription").get(
            subscription__account__reference=self.reference, product__code=self.product
        )
        newest = Price.objects.filter(
            product=item.product_id,
            currency=item.subscription.currency,
            interval=item.subscription.interval,
        ).latest("valid_from")
        events.announce_price(
            item_id=item.pk,
            price_id=newest.pk,
            holds_from=self.holds_from,
            noticed_on=at.date(),
            at=at,
        )


@dataclass(frozen=True, slots=True)
class Ends:
    """A customer leaves at the end of the cycle."""

    reference: str
    code: str

    def do(self, at: datetime) -> None:
        subscribing.end_subscription(
            subscription_id=_subscription(self.reference, self.code),
            at=at,
            by=_primary_admin(self.reference),
            cause="The season is over",
        )


@dataclass(frozen=True, slots=True)
class Blocks:
    """Support blocks an account that does not pay."""

    reference: str

    def do(self, at: datetime) -> None:
        account = Account.objects.get(reference=self.reference)
        account.blocked_at = at
        account.save(update_fields=["blocked_at"])


def _primary_admin(reference: str) -> User | None:
    return User.objects.filter(
        members__account__reference=reference, members__primary_admin=True
    ).first()


def _subscription(reference: str, code: str) -> int:
    return Subscription.objects.values_list("pk", flat=True).get(
        account__reference=reference, code=code
    )
