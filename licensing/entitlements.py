"""What an account, and each of its members, may use now: read for the vendor's product. API-1.

It is read from the log, so it is right however late the run is. Nothing is kept from one question
to the next.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, cast

from django.db.models import Count, OuterRef, QuerySet, Subquery

from accounts.models import Account, Member
from accounts.statements import Statement
from billing import contacts
from billing.contacts import Contacts
from billing.itemlog import Entry
from billing.models import (
    Event,
    Feature,
    Item,
    LevelFeature,
    Meter,
    PlanLine,
    Product,
    Trial,
)
from billing.models.subscriptions import LICENSING
from billing.requestable import CONVERSATIONS
from licensing import seats
from licensing.cards import Licence
from licensing.entitlement_rows import EVENT, ITEM, LANGUAGES, NAMES, PRODUCT, Part, Row
from licensing.holding_rules import BACK_OFFICE, CLOUDPHONE
from licensing.models import QueueLogin, UsageLimit
from licensing.running_services import Running, running_services
from licensing.seats import Seats

_FEATURE: Final = (
    *("feature_id", "level_id", "times", "feature__position", "feature__code"),
    *(f"feature__{name}" for name in NAMES),
)
_TRIAL: Final = ("quantity", "ends_on", "time_zone", "keeps", "product")
_PERSON: Final = ("type", "calls_without_queue", "billing_role")


@dataclass(frozen=True, slots=True)
class Held:
    """A product in force; of a trial until when it is free (the first local day that is not)."""

    product: Part
    kind: str
    quantity: int
    trial_until: date | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan in force, its contact limit, and the user seats of its level; None without any."""

    product: Part
    line: Part
    level: Part
    contacts: int
    seats: int | None


@dataclass(frozen=True, slots=True)
class Able:
    """Something that a plan can do; ``limit`` of what is counted, for each month."""

    feature: Part
    limit: int | None


@dataclass(frozen=True, slots=True)
class Owned:
    """How many licences of a type an account owns, and how many its people hold.

    What goes at the next opening is owned until then, and given to nobody any more (LIC-7).
    """

    licence: Licence
    owned: int
    used: int
    stay: int

    @property
    def free(self) -> int:
        return max(min(self.owned, self.stay) - self.used, 0)


@dataclass(frozen=True, slots=True)
class Entitlements:
    """What an account may use now.

    ``members`` are billable and take its user seats. ``licences`` is empty where the Licensing
    module is no part of the account. ``beyond`` are the references of the agents beyond the seats
    owned, who are given as viewers (CONV-8), a hundred at most.
    """

    account: Account
    held: tuple[Held, ...]
    plans: tuple[Plan, ...]
    features: tuple[Able, ...]
    contacts: Contacts
    members: int
    conversations: Seats
    beyond: tuple[str, ...]
    licences: tuple[Owned, ...]
    services: tuple[Running, ...]

    @property
    def user_seats(self) -> int | None:
        """The user seats of all plans together; None where none counts them."""
        found = [plan.seats for plan in self.plans if plan.seats is not None]
        return sum(found) if found else None


def entitlements_of(account: Account, *, at: datetime) -> Entitlements:
    """What the account may use at this instant. One query; two while agents lack seats."""
    read = _READ.read(account_id=account.pk)
    items, events, tried, stored, agents, people, logins, outbound, *more = read
    limits, meters, *able = more
    log = {item_id: Entry(*entry) for item_id, *entry in events}
    rows = [Row.of(values, log=log, at=at) for values in items]
    conversations = _seats(rows, tried, sum(agents), at)
    plans = _plans(rows)
    return Entitlements(
        account=account,
        held=(*_held(rows), *_on_trial(tried, at)),
        plans=plans,
        features=_features(rows, *able),
        contacts=Contacts(stored=sum(stored), limit=sum(plan.contacts for plan in plans)),
        members=sum(number for *_, billing_role, number in people if not billing_role),
        conversations=conversations,
        beyond=_beyond(account, conversations),
        licences=_licences(account, rows, _used(people, logins, outbound)),
        services=running_services(account, rows, limits=limits, meters=meters, at=at),
    )


# ---- what is read ----


def _rows(account_id: int) -> tuple[QuerySet[Any, Any], ...]:
    items = Item.objects.filter(subscription__account=account_id)
    latest = Event.objects.filter(item=OuterRef("pk")).order_by("-sequence").values("pk")[:1]
    last = items.order_by().annotate(last=Subquery(latest)).values("last")
    people = Member.objects.filter(account=account_id, status=Member.Status.ACTIVE, bot=False)
    logins = QueueLogin.objects.filter(
        member__account=account_id, member__status=Member.Status.ACTIVE, member__bot=False
    ).order_by()
    trials: Any = Trial.objects.filter(account=account_id, ended_at=None)
    plans = items.order_by().filter(product__kind=Product.Kind.PLAN)
    levels, lines = plans.values("product__level"), plans.values("product__line")
    people_each, members_each = cast(Any, Count("pk")), cast(Any, Count("member", distinct=True))
    return (
        items.order_by("product__position", "product_id", "pk").values_list(*ITEM),
        Event.objects.order_by().filter(pk__in=last).values_list(*EVENT),
        trials.select_related("product")
        .only(*_TRIAL, *(f"product__{name}" for name in (*PRODUCT, *NAMES)))
        .order_by("product__position", "pk"),
        contacts.stored_rows(account_id),
        counted(seats.agent_rows(account_id)),
        people.order_by().values_list(*_PERSON).annotate(people_each),
        logins.values_list("queue__channel").annotate(members_each),
        logins.filter(queue__outbound=True).values_list("queue__outbound").annotate(members_each),
        UsageLimit.objects.order_by().filter(account=account_id).values_list("service", "over"),
        # Of a month that is billed nothing is counted any more.
        Meter.objects.order_by()
        .filter(item__subscription__account=account_id, closed=False)
        .values_list("item_id", "cycle_start", "used"),
        LevelFeature.objects.order_by().filter(level__in=levels).values_list(*_FEATURE),
        Feature.lines.through._default_manager.filter(feature__levels__level__in=levels)
        .values_list("feature_id", "planline_id")
        .distinct(),
        PlanLine.bundles.through._default_manager.filter(from_planline__in=lines).values_list(
            "from_planline_id", "to_planline_id"
        ),
    )


def counted(rows: QuerySet[Any]) -> QuerySet[Any, Any]:
    """How many there are of an account: one row, or none."""
    return rows.order_by().values("account").annotate(n=Count("pk")).values_list("n", flat=True)


_READ: Final = Statement(_rows)


# ---- what follows from it ----


def _held(rows: Sequence[Row]) -> list[Held]:
    return [Held(row.product, row.kind, row.quantity) for row in rows if row.quantity]


def _on_trial(tried: Sequence[Trial], at: datetime) -> list[Held]:
    found = []
    for trial in tried:
        number = seats.tried(trial, at=at)
        if number:
            names = {key: getattr(trial.product, f"name_{key}") for key in LANGUAGES}
            part = Part(trial.product.code, names)
            found.append(Held(part, trial.product.kind, number, trial.ends_on))
    return found


def _plans(rows: Sequence[Row]) -> tuple[Plan, ...]:
    places: Counter[int] = Counter()
    for row in rows:
        if row.kind == Product.Kind.USERS and row.level:
            places[row.level[0]] += row.quantity
    known = {row.level[0] for row in rows if row.kind == Product.Kind.USERS and row.level}
    return tuple(
        Plan(
            product=row.product,
            line=row.line[1],
            level=row.level[1],
            contacts=row.quantity,
            seats=places[row.level[0]] if row.level[0] in known else None,
        )
        for row in rows
        if row.kind == Product.Kind.PLAN and row.quantity and row.line and row.level
    )


def _features(
    rows: Sequence[Row],
    of_levels: Sequence[tuple[Any, ...]],
    of_lines: Sequence[tuple[int, int]],
    bundles: Sequence[tuple[int, int]],
) -> tuple[Able, ...]:
    """What the plans in force can do, in the order of the catalogue; the most where two can."""
    lines_of = defaultdict(set)
    for feature_id, line_id in of_lines:
        lines_of[feature_id].add(line_id)
    found: dict[tuple[int, int], tuple[Part, int | None]] = {}
    for row in rows:
        if row.kind != Product.Kind.PLAN or not row.quantity or not (row.line and row.level):
            continue
        mine = {row.line[0], *(part for whole, part in bundles if whole == row.line[0])}
        for feature_id, level_id, times, position, code, *names in of_levels:
            lines = lines_of[feature_id]
            if level_id != row.level[0] or (lines and mine.isdisjoint(lines)):
                continue
            part = Part(code, dict(zip(LANGUAGES, names, strict=True)))
            limit = None if times is None else times * row.quantity
            before = found.get((position, feature_id), (part, None))[1]
            most = max((number for number in (limit, before) if number is not None), default=None)
            found[position, feature_id] = part, most
    return tuple(Able(part, limit) for _, (part, limit) in sorted(found.items()))


def _seats(rows: Sequence[Row], tried: Sequence[Trial], used: int, at: datetime) -> Seats:
    mine = [row for row in rows if row.family == CONVERSATIONS]
    free = sum(seats.tried(one, at=at) for one in tried if one.product.family == CONVERSATIONS)
    return Seats(
        owned=free + sum(row.quantity for row in mine),
        used=used,
        stay=free + sum(row.stays for row in mine),
    )


_NAMED: Final = 100


def _beyond(account: Account, conversations: Seats) -> tuple[str, ...]:
    if not conversations.missing:
        return ()
    last = seats.agent_rows(account.pk).reverse()[: min(conversations.missing, _NAMED)]
    return tuple(reversed(last.values_list("member__reference", flat=True)))


def _used(
    people: Sequence[tuple[str, bool, bool, int]],
    logins: Sequence[tuple[str, int]],
    outbound: Sequence[tuple[bool, int]],
) -> Counter[str]:
    """How many hold each licence, counted by the database as `holding_rules` says it (LIC-7)."""
    used = Counter({channel: number for channel, number in logins})
    used[Licence.OUTBOUND] = sum(number for _, number in outbound)
    for type_, calls, _billing_role, number in people:
        used[Licence.BACK_OFFICE] += number * (type_ == BACK_OFFICE)
        used[Licence.CLOUDPHONE] += number * (
            type_ == CLOUDPHONE or (type_ == BACK_OFFICE and calls)
        )
    return used


def _licences(account: Account, rows: Sequence[Row], used: Mapping[str, int]) -> tuple[Owned, ...]:
    if not account.licensing_enabled:
        return ()
    owned: Counter[str] = Counter()
    stay: Counter[str] = Counter()
    for row in rows:
        if row.subscription == LICENSING:
            owned[row.product.code] += row.quantity
            stay[row.product.code] += row.stays
    return tuple(Owned(one, owned[one], used.get(one, 0), stay[one]) for one in Licence)
