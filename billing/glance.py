"""What Billing & upgrade shows beside what is held: each as its own file reads it, all together.

Three queries at most: what everybody sees there, what who pays, and what who may buy.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db.models import QuerySet

from accounts import access
from accounts.access import Standing
from accounts.models import Account, Member
from accounts.rights import Right
from accounts.statements import Statement
from billing import (
    auto_upgrades,
    carts,
    contacts,
    disputes,
    offering,
    owed,
    requestable,
    trials,
    waiting,
)
from billing.core.periods import local_day
from billing.foreseeing import Running
from billing.gateways import gateway
from billing.means import Means, default_rows, means_with
from billing.models import AutoUpgrade, ChangeRequest, Invoice, Order, PlanLine, Product, Trial
from billing.owed import Owed

# Of its invoices and of its open requests; all of them stand on pages of their own.
_LATEST: Final = 6
_REQUESTS: Final = 5
_NAMED: Final = 5


@dataclass(frozen=True, slots=True)
class Around:
    """What everybody sees: what is open and in credit, trials, an automatic upgrade that was agreed
    to, how many contacts are stored, requests that are not done, and who may buy.
    """

    owed: list[Owed]
    trials: list[Trial]
    agreed: AutoUpgrade | None
    stored: int
    requests: list[ChangeRequest]
    buyers: list[Member]


def around(account: Account) -> Around:
    """What stands around what the account holds. One query."""
    open_, tried, agreed, stored, asked, buyers = _AROUND.read(account_id=account.pk)
    return Around(
        owed=owed.standing_in(open_),
        trials=tried,
        agreed=next(iter(agreed), None),
        stored=next(iter(stored), 0),
        requests=asked,
        buyers=buyers,
    )


def _around(account_id: int) -> tuple[QuerySet[Any, Any], ...]:
    return (
        owed.open_rows(account_id),
        trials.active_rows(account_id),
        auto_upgrades.active_rows(account_id),
        contacts.stored_rows(account_id),
        requestable.undone_rows(account_id)[:_REQUESTS],
        access.holders_in(account_id, Right.PURCHASE)[:_NAMED],
    )


_AROUND: Final = Statement(_around)


@dataclass(frozen=True, slots=True)
class Paying:
    """How a payer pays, their latest documents, and the order that waits for their transfer."""

    means: Means
    latest: list[Invoice]
    order: Order | None


def paying(payer: Account, *, at: datetime) -> Paying:
    """What who pays sees of it. One query."""
    cards, latest, orders = _PAYING.read(payer_id=payer.pk, gateway=gateway().name)
    card = next(iter(cards), None)
    found = means_with(card, payer.pk, pays_by=payer.pays_by, zone=payer.time_zone, at=at)
    return Paying(means=found, latest=latest, order=next(iter(orders), None))


def _paying(payer_id: int, gateway: str) -> tuple[QuerySet[Any, Any], ...]:
    invoices = Invoice.objects.filter(payer=payer_id).annotate(disputed=disputes.OF_INVOICE)
    return (
        default_rows(payer_id, gateway=gateway),
        invoices.select_related("receivable")[:_LATEST],
        waiting.waiting_rows(payer_id),
    )


_PAYING: Final = Statement(_paying)


@dataclass(frozen=True, slots=True)
class Offered:
    """What could be bought: products to add, how many changes lie in the cart, and bundles.

    ``bundles`` are the plan products that hold others together, with those. ``begins`` are the
    codes of the subscriptions that plans open.
    """

    products: list[Product]
    in_cart: int
    bundles: dict[PlanLine, list[PlanLine]]
    begins: frozenset[str]


def offered(here: Standing, running: Iterable[Running], *, at: datetime) -> Offered:
    """What who may buy sees of it. One query."""
    account = here.account
    products, terms, lines, pairs, begins = _OFFERED.read(
        account_id=account.pk,
        person_id=here.person.pk,
        today=local_day(at, account.time_zone),
    )
    bundles: dict[PlanLine, list[PlanLine]] = {}
    for pair in pairs:
        bundles.setdefault(pair.from_planline, []).append(pair.to_planline)
    return Offered(
        products=offering.added(products, terms, running=running),
        in_cart=len(lines),
        bundles=bundles,
        begins=frozenset(begins),
    )


def _offered(account_id: int, person_id: int, today: date) -> tuple[QuerySet[Any, Any], ...]:
    order = ("position", "pk")
    pairs: QuerySet[Any, Any] = PlanLine.bundles.through._default_manager.order_by(
        *(f"{side}__{name}" for side in ("from_planline", "to_planline") for name in order)
    )
    plans = Product.objects.filter(kind=Product.Kind.PLAN).order_by()
    return (
        *offering.offered_rows(account_id, today),
        carts.line_rows(account_id, person_id).values_list("pk"),
        pairs.select_related("from_planline", "to_planline"),
        plans.values_list("subscription_code", flat=True).distinct(),
    )


_OFFERED: Final = Statement(_offered)
