"""Why this amount: the clicks behind an invoice line, and its arithmetic step by step.

Everything is read from the log and from the price version of the line, so a stranger can recompute
it; the words for it stand in the pages. PLAN-12, decision 11.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final, TypeAlias, TypeVar

from django.db.models import Exists, Model, OuterRef, QuerySet

from accounts.models import Account, MemberEvent, User
from billing.core import pricing
from billing.core.money import minor_digits, to_minor_unit
from billing.core.proration import prorate
from billing.models import Event, Line, Meter, Price, PricePin, UsageDay, UsageRecord
from billing.prices import core_prices

PER_PAGE: Final = 50
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Change:
    """Somebody set a quantity; ``waits`` until the next opening, or held at once."""

    id: int
    at: datetime
    who: str
    was: int
    becomes: int
    waits: bool
    cause: str
    actor: User | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class MemberChange:
    """A member's status changed; ``step`` is what that did to the number of billable members."""

    id: int
    at: datetime
    who: str
    member: str
    was: str
    becomes: str
    step: int
    cause: str
    actor: User | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Used:
    """One report of use, with the key under which it was counted once."""

    id: int
    at: datetime
    key: str
    quantity: int


@dataclass(frozen=True, slots=True)
class UsedOnDay:
    """What was counted of a day, by so many reports that are older than 90 days."""

    id: int
    day: date
    records: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Raised:
    """Somebody raised the credit note that a line stands on, and why."""

    id: int
    at: datetime
    who: str
    cause: str


Cause: TypeAlias = Change | MemberChange | Used | UsedOnDay | Raised


class Sum(StrEnum):
    """What one step of the arithmetic does."""

    ALLOWANCE = "allowance"
    PER_UNIT = "per_unit"
    FLAT = "flat"
    PACKAGES = "packages"
    TIER = "tier"
    ADD_TIERS = "add_tiers"
    MONTHS = "months"
    SHARE = "share"
    CREDIT = "credit"
    ROUND = "round"
    BILLED = "billed"
    PART = "part"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what it does, with which numbers, and the exact amount after it.

    ``count`` is of units, packages, months or days, ``of`` what it is compared with (units in a
    package, days of the whole cycle, the allowance), ``price`` per one of it, ``flat`` what a tier
    adds, ``above`` and ``up_to`` the bounds of a tier.
    """

    what: Sum
    result: Fraction
    count: Decimal = Decimal(0)
    of: Decimal = Decimal(0)
    price: Decimal = Decimal(0)
    flat: Decimal = Decimal(0)
    above: int = 0
    up_to: int | None = None


@dataclass(frozen=True, slots=True)
class Why:
    """One line explained. ``right`` says whether the steps lead to the amount on the invoice.

    A line of a credit note that somebody raised is explained by them and by the line it gives back,
    ``line.reverses``, which has its own clicks.
    """

    line: Line
    account: Account
    zone: str
    currency: str
    causes: tuple[Cause, ...]
    page: int
    more: bool
    used: int | None
    pinned: PricePin | None
    price: Price
    steps: tuple[Step, ...]
    amount: Decimal

    @property
    def right(self) -> bool:
        return self.amount == self.line.amount


def why(line_id: int, *, page: int = 1) -> Why:
    """Explains this line; its causes 50 a page. ``Line.DoesNotExist`` for an unknown one."""
    line = Line.objects.select_related(
        *("bill__subscription__account", "bill__invoice__correction__person", "price__product"),
        "reverses__bill__invoice",
    ).get(pk=line_id)
    subscription = line.bill.subscription
    counts = line.kind == Line.Kind.METERED and line.reverses is None
    used = _meter(line).used if counts else None
    causes, more = _causes(line, page=page)
    steps = tuple(_steps(line, used=used, currency=subscription.currency))
    return Why(
        line=line,
        account=subscription.account,
        zone=subscription.time_zone,
        currency=subscription.currency,
        causes=causes,
        page=page,
        more=more,
        used=used,
        pinned=PricePin.objects.filter(item=line.item_id, price=line.price_id).first(),
        price=line.price,
        steps=steps,
        amount=Decimal(_decimal(steps[-1].result, subscription.currency)),
    )


# The clicks.


def _causes(line: Line, *, page: int) -> tuple[tuple[Cause, ...], bool]:
    if line.reverses is not None:
        return tuple(_raised(line)), False
    if line.kind == Line.Kind.METERED:
        return _used(line, page)
    if line.price.basis == Price.Basis.BILLABLE_MEMBERS:
        members, more = _one_page(_member_events(line), page)
        return tuple(_member_change(row) for row in members), more
    events, more = _one_page(
        Event.objects.filter(pk__in=line.event_ids)
        .select_related("actor")
        .order_by("at", "sequence"),
        page,
    )
    return tuple(change_of(row) for row in events), more


def _raised(line: Line) -> Iterator[Raised]:
    invoice = line.bill.invoice
    if invoice is not None and hasattr(invoice, "correction"):
        raised = invoice.correction
        yield Raised(raised.pk, raised.at, str(raised.person), raised.reason)


def _one_page(rows: QuerySet[Row], page: int) -> tuple[Sequence[Row], bool]:
    first = (page - 1) * PER_PAGE
    found = list(rows[first : first + PER_PAGE + 1])
    return found[:PER_PAGE], len(found) > PER_PAGE


def _used(line: Line, page: int) -> tuple[tuple[Cause, ...], bool]:
    """What was counted: days of what is older than 90 days, then the records that are kept."""
    meter = {"meter__item": line.item_id, "meter__cycle_start": line.starts_on}
    found: list[Cause] = [
        UsedOnDay(row.pk, row.day, row.records, row.quantity)
        for row in UsageDay.objects.filter(**meter).order_by("day")
    ]
    first = (page - 1) * PER_PAGE
    after, room = max(first - len(found), 0), max(first + PER_PAGE + 1 - len(found), 0)
    records = UsageRecord.objects.filter(**meter, sequence__lte=line.last_sequence or 0)
    found = found[first : first + PER_PAGE + 1] + [
        Used(row.pk, row.at, row.key, row.quantity)
        for row in records.order_by("sequence")[after:room]
    ]
    return tuple(found[:PER_PAGE]), len(found) > PER_PAGE


def _meter(line: Line) -> Meter:
    """The meter of the line's cycle; one that nothing was counted on has no row."""
    found = Meter.objects.filter(item=line.item_id, cycle_start=line.starts_on).first()
    return found or Meter(used=0)


def _member_events(line: Line) -> QuerySet[MemberEvent]:
    """What made each billable member one: those of the line, or all that were here by then."""
    rows = MemberEvent.objects.select_related("member", "actor")
    if line.last_sequence is None:
        return rows.filter(pk__in=line.event_ids).order_by("sequence")
    upto = rows.filter(account=line.bill.subscription.account_id, sequence__lte=line.last_sequence)
    later = MemberEvent.objects.filter(
        member=OuterRef("member"),
        sequence__gt=OuterRef("sequence"),
        sequence__lte=line.last_sequence,
        step__lt=0,
    )
    return upto.filter(~Exists(later), step__gt=0).order_by("sequence")


def change_of(row: Event) -> Change:
    """What an event says: who set which number, and when."""
    return Change(
        id=row.pk,
        at=row.at,
        who=row.actor_name,
        was=row.was,
        becomes=row.becomes,
        waits=row.holds == Event.Holds.OPENING,
        cause=row.cause,
        actor=row.actor,
    )


def _member_change(row: MemberEvent) -> MemberChange:
    return MemberChange(
        id=row.pk,
        at=row.at,
        who=str(row.actor) if row.actor else "",
        member=row.member.name,
        was=row.get_was_display(),
        becomes=row.get_becomes_display(),
        step=row.step,
        cause=row.cause,
        actor=row.actor,
    )


# The arithmetic, as the core does it.


def _steps(line: Line, *, used: int | None, currency: str) -> Iterator[Step]:
    if line.reverses is not None:
        yield from _steps_back(line, line.reverses)
        return
    price = core_prices([line.price_id])[line.price_id]
    units = line.units if line.units is not None else Decimal(line.quantity)
    if used is not None and price.allowance:
        yield Step(Sum.ALLOWANCE, Fraction(0), count=Decimal(used), of=Decimal(price.allowance))
    last = Fraction(0)
    for step in _price_steps(price, units):
        last = step.result
        yield step
    if line.months:
        last *= line.months
        yield Step(Sum.MONTHS, last, count=Decimal(line.months))
    if line.share_days is not None and line.cycle_days is not None:
        last = prorate(last, line.share_days, line.cycle_days)
        yield Step(Sum.SHARE, last, count=Decimal(line.share_days), of=Decimal(line.cycle_days))
    if line.kind == Line.Kind.CREDIT:
        last = -last
        yield Step(Sum.CREDIT, last)
    rounded = Fraction(_decimal(last, currency))
    yield Step(Sum.ROUND, rounded, count=Decimal(minor_digits(currency)))


def _steps_back(line: Line, original: Line) -> Iterator[Step]:
    """What was billed, the part of it that goes back, and its sign turned."""
    yield Step(Sum.BILLED, Fraction(original.amount))
    if -line.amount != original.amount:
        yield Step(Sum.PART, Fraction(-line.amount))
    yield Step(Sum.CREDIT, Fraction(line.amount))


def _decimal(exact: Fraction, currency: str) -> Decimal:
    return to_minor_unit(exact, currency)


def _price_steps(price: pricing.Price, units: Decimal) -> Iterator[Step]:
    total = pricing.amount_of(price, units)
    amount = price.amount or Decimal(0)
    if price.model is pricing.Model.PER_UNIT:
        yield Step(Sum.PER_UNIT, total, count=units, price=amount)
    elif price.model is pricing.Model.FLAT:
        yield Step(Sum.FLAT, total, count=units, price=amount)
    elif price.model is pricing.Model.PACKAGE:
        packages = total / Fraction(amount) if amount else Fraction(0)
        yield Step(
            Sum.PACKAGES,
            total,
            count=Decimal(packages.numerator),
            of=Decimal(price.size or 1),
            price=amount,
        )
    elif units:
        yield from _tier_steps(price, units, total)
    else:
        yield Step(Sum.FLAT, total)


def _tier_steps(price: pricing.Price, units: Decimal, total: Fraction) -> Iterator[Step]:
    """The tier that decides (volume), or each one reached and their sum (tiered)."""
    whole = price.model is pricing.Model.VOLUME
    above = 0
    for tier in price.tiers:
        top = units if tier.up_to is None else min(units, Decimal(tier.up_to))
        reached = tier.up_to is None or units <= tier.up_to
        if reached or not whole:
            inside = units if whole else top - above
            yield Step(
                Sum.TIER,
                Fraction(tier.flat) + Fraction(tier.unit) * Fraction(inside),
                count=inside,
                price=tier.unit,
                flat=tier.flat,
                above=above,
                up_to=tier.up_to,
            )
        if reached:
            break
        above = tier.up_to or above
    if not whole:
        yield Step(Sum.ADD_TIERS, total)
