"""Quoting: what a wish costs now, next and from then on; read from the log, never written to it.

The fold that will bill the wish is asked, so what is shown is what is charged (PRICE-10).
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext

from accounts.models import Account
from accounts.statements import Statement
from billing import self_service
from billing.conditions import Conditions
from billing.core import quote as core
from billing.core.balance import apply_credit
from billing.core.lines import Line
from billing.core.pricing import Price
from billing.core.totals import Part, Totals, totals
from billing.credits import credit_in, credit_rows, open_in
from billing.folding import Fold
from billing.foreseeing import terms_of
from billing.gateways import gateway
from billing.invoicing import seller_of
from billing.itemlog import ItemLog
from billing.logs import dated
from billing.means import Means, default_rows, means_with
from billing.models import Event, Product, Subscription
from billing.objections import Objection, Proposal, objections
from billing.on_account import Awaits, awaits
from billing.openings import has_ended
from billing.reading import Page
from billing.refusals import ChangeRefused
from billing.unwritten import to_be_opened
from billing.whole import Whole, read_whole, row_of
from billing.wish_reading import changes_of, new_pins, with_new_items
from billing.wishes import Entries, Wish, wish

# How long what was shown may be confirmed.
LASTS: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Step:
    """One change of the wish: from the number in force to the one wanted.

    ``waits``: it takes hold at the next opening. ``instead_of`` is the number that was scheduled
    for it, if any: this one takes its place (decision 4).
    """

    product: Product
    was: int
    becomes: int
    waits: bool
    instead_of: int | None = None


@dataclass(frozen=True, slots=True)
class QuotedPart:
    """What the wish does to one subscription; ``prices`` are those of its lines by version.

    ``carried`` was scheduled for what is replaced, and is for what takes its place (PRICE-5).
    """

    subscription: Subscription
    steps: tuple[Step, ...]
    carried: tuple[Step, ...]
    quote: core.Quote
    terms: core.Terms
    prices: Mapping[str, Price]


@dataclass(frozen=True, slots=True)
class Quoted:
    """The price of a wish, as it is shown and, unless the fingerprint differs, charged.

    ``due_now`` is the foot of the invoice that confirming raises, under these ``conditions``;
    ``credit`` of it is taken from the payer's balance and ``to_pay`` is left, zero where nothing is
    due or the wish gives back; ``means`` is what it is charged to, ``awaits`` why it waits for a
    bank transfer, if it does.
    ``objections`` stand in its way. ``at`` is the instant that its events will have. ``products``,
    by code, are those of all its lines.
    """

    account: Account
    payer: Account
    at: datetime
    parts: tuple[QuotedPart, ...]
    products: Mapping[str, Product]
    conditions: Conditions
    due_now: Totals
    credit: Decimal
    to_pay: Decimal
    means: Means
    awaits: Awaits | None
    objections: tuple[Objection, ...]
    fingerprint: str

    @property
    def steps(self) -> tuple[Step, ...]:
        return tuple(step for part in self.parts for step in part.steps)

    @property
    def carried(self) -> tuple[Step, ...]:
        return tuple(step for part in self.parts for step in part.carried)

    @property
    def currency(self) -> str:
        return self.payer.currency

    @property
    def lines_now(self) -> tuple[Line, ...]:
        return tuple(line for part in self.parts for line in part.quote.due_now.lines)

    @property
    def unsaved(self) -> tuple[core.Unsaved, ...]:
        return tuple(one for part in self.parts for one in part.quote.unsaved)

    @property
    def expires_at(self) -> datetime:
        return self.at + LASTS


def quote(
    *,
    account: Account,
    changes: Mapping[str, int],
    at: datetime,
    replaces: bool = False,
    granted: bool = False,
    interval: str = "",
    whole: Whole | None = None,
) -> Quoted:
    """What it costs the account that these quantities (by product code) are wanted from ``at`` on.

    Nothing is written. What can be said against a change stands in ``objections``; where it has no
    price at all, `ChangeRefused` says why. `QuoteChanged` for an instant before the last billed
    opening. A number that is in force already is no change. A plan that is bought without a
    subscription opens one, charged each ``interval``, on that day. ``whole`` is the account, where
    this request has read it already; without it everything is read now, the account too.

    Worked example: 8 seats in place of 5 at 19.00, on 20 February in 31 January to 28 February,
    at 21 %: 3 × 19.00 × 8/28 = 16.29 and 3.42 of tax, due now 19.71.
    """
    if whole is None:
        now = Account.objects.select_related("payer").get(pk=account.pk)
        whole = read_whole(now, codes=changes)
    whole = whole.knowing(changes)
    changed = [
        _Changed(subscription, mine, whole.logs(subscription, mine), whole.billed(subscription))
        for subscription, mine in _subscriptions(whole, changes, interval, at)
    ]
    instant = _common_instant(changed, at)
    wishes = [
        wish(
            subscription=one.subscription,
            logs=one.logs,
            changes=one.changes,
            at=instant,
            billed=one.billed,
            held=whole.held,
            granted=granted,
            replaces=replaces,
        )
        for one in changed
    ]
    parts = tuple(_part(found, whole, instant) for found in wishes)
    proposal = _proposal(whole, parts, instant)
    against = objections(proposal)
    if not granted:
        against = [*self_service.against(proposal, wishes, replaces=replaces), *against]
    return _quoted(whole, parts, instant, against)


@dataclass(frozen=True, slots=True)
class _Changed:
    """A subscription that the wish changes: how, and where its logs stand."""

    subscription: Subscription
    changes: Mapping[str, int]
    logs: Sequence[ItemLog]
    billed: Collection[datetime]


def _products(whole: Whole, changes: Mapping[str, int]) -> list[Product]:
    """The products that are changed, in the order of the catalogue."""
    if unknown := changes.keys() - whole.products.keys():
        raise ValueError(f"The catalogue has no product {', '.join(sorted(unknown))}.")
    found = (whole.products[code] for code in changes)
    return sorted(found, key=lambda product: (product.position, product.pk))


def _subscriptions(
    whole: Whole,
    changes: Mapping[str, int],
    interval: str,
    at: datetime,
) -> list[tuple[Subscription, dict[str, int]]]:
    """The subscriptions that hold what is changed, by their ids, each with its changes.

    The changes stand in the order of the catalogue, so that they are the same in whatever order
    they were put together.
    """
    account, sold = whole.account, _products(whole, changes)
    mine: dict[str, dict[str, int]] = defaultdict(dict)
    for product in sold:
        mine[product.subscription_code][product.code] = changes[product.code]
    by_code = {
        one.code: one
        for one in whole.subscriptions
        if one.code in mine and not has_ended(one, at=at)
    }
    opens = {one.subscription_code for one in sold if one.kind == Product.Kind.PLAN}
    for code in mine.keys() - by_code.keys():
        if not (interval and code in opens):
            words = gettext("%(account)s has no subscription for this yet. Ask support to open it.")
            raise ChangeRefused(words % {"account": account})
        by_code[code] = to_be_opened(
            account=account,
            payer=whole.payers[account.payer_id],
            code=code,
            interval=interval,
            at=at,
        )
    ordered = sorted(by_code.values(), key=lambda subscription: subscription.pk)
    return [(subscription, mine[subscription.code]) for subscription in ordered]


def _common_instant(changed: Sequence[_Changed], at: datetime) -> datetime:
    """One instant for all events of the wish, so that one document charges them."""
    found = max(dated(one.subscription, logs=one.logs, at=at, billed=one.billed) for one in changed)
    return at if found == at else _common_instant(changed, found)


def _part(found: Wish, whole: Whole, at: datetime) -> QuotedPart:
    row = whole.rows.get(found.subscription.pk) or row_of(found.subscription)
    row = with_new_items(row, found, products=whole.products)
    fold = Fold(row, whole.page.prices)
    for _ in fold.openings_until(at):
        pass  # what is due already is billed without the wish
    today = fold.openings.local_day(at)
    happened = fold.happened_until(at)
    pins = [*fold.pins, *new_pins(found)]
    terms = terms_of(row, whole.page, on=today)
    quoted = core.quote(
        fold.state,
        cycles=fold.openings.cycles,
        cycle=fold.openings.cycle(fold.number),
        zone=row.time_zone,
        happened=happened,
        wanted=changes_of(found.steps, today),
        scheduled=changes_of(found.carried, today),
        pins=pins,
        products=fold.products,
        terms=terms,
        on=today,
        ends_on=row.ends_on,
    )
    return QuotedPart(
        subscription=found.subscription,
        steps=tuple(_steps(found.steps, whole.products)),
        carried=tuple(_steps(found.carried, whole.products)),
        quote=quoted,
        terms=terms,
        prices={pin.price.version: pin.price for pin in pins},
    )


def _steps(entries: Entries, products: Mapping[str, Product]) -> Iterator[Step]:
    for log, step in entries:
        entry = step.entry
        waits = entry.holds == Event.Holds.OPENING
        yield Step(products[log.code], entry.was, entry.becomes, waits, step.instead_of)


def _quoted(
    whole: Whole, parts: tuple[QuotedPart, ...], at: datetime, against: Sequence[Objection]
) -> Quoted:
    [payer_id] = {part.subscription.payer_id for part in parts}
    payer, who = whole.payers[payer_id], whole.page.payers[payer_id]
    conditions = _conditions(parts[0], whole.page, payer)
    due_now = _due_now(parts, conditions, payer.currency)
    credits, cards = _PAYS.read(payer_id=payer_id, gateway=gateway().name)
    held = credit_in(open_in(credits), payer.currency)
    owed = max(due_now.total, Decimal(0))
    applied = apply_credit(owed, held)
    quoted = Quoted(
        account=whole.account,
        payer=payer,
        at=at,
        parts=parts,
        products=whole.products,
        conditions=conditions,
        due_now=due_now,
        credit=owed - applied.to_pay,
        to_pay=applied.to_pay,
        means=means_with(
            next(iter(cards), None), payer_id, pays_by=who.pays_by, zone=payer.time_zone, at=at
        ),
        awaits=awaits(who, to_pay=applied.to_pay, currency=payer.currency),
        objections=tuple(against),
        fingerprint="",
    )
    return replace(quoted, fingerprint=_fingerprint(quoted))


# What pays for a quote: what is in credit, then the card.
_PAYS: Final = Statement(
    lambda payer_id, gateway: (credit_rows([payer_id]), default_rows(payer_id, gateway=gateway))
)


def _conditions(first: QuotedPart, page: Page, payer: Account) -> Conditions:
    """Those of the one document: all of it is of one account, one day and one payer."""
    who, (seller_id, _) = page.payers[payer.pk], seller_of(page)
    return Conditions(
        on=first.quote.due_now.on,
        zone=payer.time_zone,
        discount_percent=first.terms.discount_percent,
        treatment=first.terms.treatment,
        seller_id=seller_id,
        customer=who.customer,
        tax_id_state=who.tax_id_state,
        pays_by=who.pays_by,
    )


def _due_now(parts: Iterable[QuotedPart], conditions: Conditions, currency: str) -> Totals:
    """The foot of the one document that charges what is due now of all subscriptions."""
    due = [part.quote.due_now.lines for part in parts if part.quote.due_now.lines]
    return totals(
        [
            Part(
                sum((line.amount for line in lines), Decimal(0)),
                conditions.discount_percent,
                conditions.treatment,
            )
            for lines in due
        ],
        currency,
    )


def _proposal(whole: Whole, parts: Iterable[QuotedPart], at: datetime) -> Proposal:
    steps = [step for part in parts for step in part.steps]
    return Proposal(
        account=whole.account,
        at=at,
        changes={step.product.code: (step.was, step.becomes) for step in steps},
        held=whole.held | {step.product.code: step.becomes for step in steps},
        products=whole.products,
    )


def _fingerprint(quoted: Quoted) -> str:
    """SHA-256 over what the customer agrees to: of each subscription, and what is taken in all."""
    agreed: dict[str, Any] = {
        "account": quoted.account.pk,
        "parts": {part.subscription.pk: part.quote.fingerprint for part in quoted.parts},
        "credit": str(quoted.credit),
        "to_pay": str(quoted.to_pay),
        "means": quoted.means.fingerprint,
        "awaits": quoted.awaits is not None,
    }
    canonical = json.dumps(agreed, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
