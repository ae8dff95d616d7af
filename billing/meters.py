"""Metered use: this file is the one hand that counts it, once each, and closes what is billed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from operator import itemgetter
from typing import Final, NamedTuple

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from accounts.bulk import insert_rows
from billing.due import due
from billing.limits import LARGEST_USE
from billing.metering_rules import Rules, refusal
from billing.models import Item, Meter, Price, PricePin, Subscription, UsageRecord
from billing.openings import openings_of
from billing.refusals import ChangeRefused
from billing.speaking import day_words
from billing.uses import AHEAD, Answer, KeyReused, Outcome, Report, Use, Why

__all__ = ["KeyReused", "add", "close_due", "count", "counted_before"]

# How often a batch is counted: hopefully, and anew when somebody counts a key of it meanwhile.
_TRIES: Final = 11
_METERED: Final = Price.Basis.METERED
_RECORD: Final = ("account_id", "meter_id", "sequence", "key", "at", "quantity")
# Account and key of a record's values.
_NAME_OF: Final = itemgetter(0, 3)

Row = tuple[int, int, int, str, datetime, int]


def count(uses: Sequence[Use], *, now: datetime) -> list[Answer]:
    """Count these uses, each once by its key; the answer to each, in the order of ``uses``.

    One transaction: all that is answered is so, or nothing was counted. A use belongs to the cycle
    of its instant as long as that one's meter is open, else to the first later one that is. No
    meter ever stands above the limit, whoever else counts at the same time: uses that do not all
    fit are taken one by one, in order, and those that do not fit are refused. API-2, decision 19.

    Costs one statement for each meter and two for all where each use is counted; where something
    stands against one, what was counted before is looked for, too. ValueError for a use below zero.
    In a surrounding transaction the meters stay locked until it ends: take payers first
    (decision 16).
    """
    if below := [use.quantity for use in uses if use.quantity < 0]:
        raise ValueError(f"A use is zero or more, got {below[0]}.")
    rules = Rules.of({use.item.pk: use.item for use in uses}.values(), now=now)
    for left in reversed(range(_TRIES)):
        try:
            with transaction.atomic():
                return _Batch(uses, rules, now=now, hopeful=left == _TRIES - 1).count()
        except _LookFirst:
            continue
        except IntegrityError:
            # One of the keys has been counted before, or meanwhile; anything else is raised again.
            if not left:
                raise
    raise AssertionError("not reached: the last try returns or raises")


def add(
    *, account_id: int, subscription_id: int, product: str, key: str, at: datetime, quantity: int
) -> UsageRecord:
    """Count a use once: the same key with the same use gives the record that is there already.

    It is counted as by somebody who reports at once, and nothing stops it. Raises `KeyReused` for
    a key that has counted something else, `ChangeRefused` for a product that the subscription does
    not meter at that instant, and for more than the cycle's meter can hold or an invoice charge.
    """
    item = Item.objects.select_related("subscription", "product").get(
        subscription=subscription_id, subscription__account=account_id, product__code=product
    )
    [answer] = count([Use(item, key, at, quantity)], now=at)
    if answer.why == Why.KEY_REUSED:
        raise KeyReused(answer.text)
    if answer.outcome is Outcome.REFUSED:
        raise ChangeRefused(answer.text)
    return UsageRecord.objects.select_related("meter").get(account=account_id, key=key)


def counted_before(reports: Sequence[Report]) -> list[Answer | None]:
    """The answer to each report whose key is known, whatever stands against it by now. One query.

    None for a key that has counted nothing yet. API-2: a report may always be sent again.
    """
    names = [(one.account_id, one.key) for one in reports]
    related = ("meter__item__product", "meter__item__subscription")
    known = {(record.account_id, record.key): record for record in _records(names, *related)}
    return [
        _recalled(one, record) if (record := known.get(name)) is not None else None
        for one, name in zip(reports, names, strict=True)
    ]


def close_due(*, payer_ids: Sequence[int], at: datetime) -> None:
    """Close the meters of every cycle that has ended by ``at`` and is due to be billed.

    Belongs into the transaction that bills them, after the payers are locked: it waits for use that
    is just being counted, and whatever comes later is counted in the next cycle. A cycle without
    any use gets a closed meter, too, so that nothing can be added once it is billed.
    """
    billed = due(at=at).filter(payer_id__in=payer_ids)
    metered = Item.objects.filter(
        Exists(PricePin.objects.filter(item=OuterRef("pk"), price__basis=_METERED)),
        subscription__in=billed,
    )
    found = list(metered.order_by("pk").values_list("pk", "subscription_id"))
    subscriptions = billed.in_bulk() if found else {}
    ended = [
        Meter(item_id=item_id, cycle_start=start, closed=True)
        for item_id, subscription_id in found
        for start in _ended(subscriptions[subscription_id], at)
    ]
    Meter.objects.bulk_create(
        ended,
        update_conflicts=True,
        update_fields=["closed"],
        unique_fields=["item", "cycle_start"],
    )


def _ended(subscription: Subscription, at: datetime) -> Iterator[date]:
    """The first days of the cycles that have ended by ``at`` and are not billed yet."""
    openings = openings_of(subscription)
    for number in range(max(subscription.next_number - 1, 0), openings.number_at(at)):
        yield openings.cycle(number).period.start


class _LookFirst(Exception):
    """Not every use of a batch is simply counted: what was counted before has to be known."""


class _Batch:
    """Uses that are counted in one transaction.

    A hopeful one counts without looking for what was counted before: the database refuses a key
    that it has, and whatever else stands against a use is left to one that looks (`_LookFirst`).
    """

    def __init__(
        self, uses: Sequence[Use], rules: Mapping[int, Rules], *, now: datetime, hopeful: bool
    ) -> None:
        self._uses, self._rules, self._hopeful = uses, rules, hopeful
        self._answers: list[Answer | None] = [None] * len(uses)
        accounts = {item_id: one.account_id for item_id, one in rules.items()}
        numbers = {item_id: one.openings.number_at for item_id, one in rules.items()}
        items = [use.item.pk for use in uses]
        self._names = [(accounts[pk], use.key) for pk, use in zip(items, uses, strict=True)]
        # The number of the cycle of each use's instant. Of what lies ahead any will do, because it
        # is refused (`Rules.refused`), and at the end of the calendar there is none.
        latest = now + AHEAD
        self._cycles = [
            numbers[pk](min(use.at, latest)) for pk, use in zip(items, uses, strict=True)
        ]
        self._items = items
        self._rows: list[Row] = []

    def count(self) -> list[Answer]:
        again = self._answer_known()
        places = self._by_cycle()
        # Meters are locked in one order, whoever counts: by item, then by cycle.
        while places:
            place = min(places)
            numbers = sorted(places.pop(place))
            if not self._fill(self._rules[place[0]], place[1], numbers):
                places.setdefault((place[0], place[1] + 1), []).extend(numbers)
        # So are keys: two who insert the same ones wait for each other in one direction only.
        insert_rows(UsageRecord, fields=_RECORD, rows=sorted(self._rows, key=_NAME_OF))
        for number, first in again.items():
            self._answers[number] = _again(self._answers[first])
        return [answer for answer in self._answers if answer is not None]

    def _look(self) -> None:
        """Before anything but counting a use: a hopeful batch has to begin anew, and look."""
        if self._hopeful:
            raise _LookFirst

    def _answer_known(self) -> dict[int, int]:
        """Answer what was counted before; which other uses repeat one of this batch."""
        if self._hopeful and len(set(self._names)) == len(self._names):
            return {}
        self._look()
        records = _records(self._names, "meter")
        known = {(record.account_id, record.key): record for record in records}
        first: dict[tuple[int, str], int] = {}
        again = {}
        for number, (use, name) in enumerate(zip(self._uses, self._names, strict=True)):
            if (record := known.get(name)) is not None:
                self._answers[number] = self._known(number, record)
            elif (before := first.setdefault(name, number)) != number:
                if use.body == self._uses[before].body:
                    again[number] = before
                self._answers[number] = _reused(use.key)
        return again

    def _known(self, number: int, record: UsageRecord) -> Answer:
        use, openings = self._uses[number], self._rules[self._items[number]].openings
        if (record.meter.item_id, record.at, record.quantity) != use.body:
            return _reused(use.key)
        return _duplicate(record, openings.cycle(self._cycles[number]).period.start, use.limit)

    def _by_cycle(self) -> dict[tuple[int, int], list[int]]:
        """The uses that are left, by item and by the number of the first cycle that may be open."""
        running = {item_id: one.running for item_id, one in self._rules.items()}
        found: dict[tuple[int, int], list[int]] = {}
        for number, use in enumerate(self._uses):
            if self._answers[number] is not None:
                continue
            item_id, cycle = self._items[number], self._cycles[number]
            self._answers[number] = refused = self._rules[item_id].refused(use, cycle)
            if refused is None:
                found.setdefault((item_id, max(cycle, running[item_id])), []).append(number)
            else:
                self._look()
        return found

    def _fill(self, rules: Rules, cycle: int, numbers: Sequence[int]) -> bool:
        """Add these uses to the meter of a cycle; False where it is closed."""
        start, item = rules.openings.cycle(cycle).period.start, rules.item
        ends_on = item.subscription.ends_on
        if ends_on is not None and start >= ends_on:
            self._look()
            words = _("The subscription has ended on %(day)s. Open a new one.")
            text = words % {"day": day_words(ends_on)}
            for number in numbers:
                self._answers[number] = refusal(Why.ENDED, text)
            return True
        limit = self._uses[numbers[0]].limit
        total = sum(self._uses[number].quantity for number in numbers)
        after = _add(item, start, total, count=len(numbers), limit=limit)
        if after is not None:
            if not rules.too_much(after.used):
                before = _Stand(after.pk, after.used - total, after.last_sequence - len(numbers))
                self._take(before, start, cycle, numbers)
                return True
            self._look()
            _add(item, start, -total, count=-len(numbers), limit=None)
        self._look()
        locked = _locked(item, start)
        if locked.closed:
            return False
        self._fill_one_by_one(rules, locked, cycle, numbers)
        return True

    def _fill_one_by_one(
        self, rules: Rules, meter: Meter, cycle: int, numbers: Sequence[int]
    ) -> None:
        """Take what fits, in order; the meter is locked and open."""
        used, taken, start = meter.used, [], meter.cycle_start
        limit = self._uses[numbers[0]].limit
        for number in numbers:
            use = self._uses[number]
            then = used + use.quantity
            if limit is not None and then > limit:
                refused = rules.stopped(use, used)
            elif text := rules.too_much(then):
                refused = refusal(Why.TOO_MUCH, text, used=used, limit=limit)
            else:
                used = then
                taken.append(number)
                continue
            late = self._cycles[number] != cycle
            self._answers[number] = replace(refused, cycle=start, late=late)
        more = used - meter.used
        if taken and not _add(rules.item, start, more, count=len(taken), limit=limit):
            raise AssertionError(f"meter {meter.pk} was filled by somebody else while it is locked")
        before = _Stand(meter.pk, meter.used, meter.last_sequence)
        self._take(before, start, cycle, taken)

    def _take(self, before: _Stand, start: date, cycle: int, numbers: Sequence[int]) -> None:
        """These uses were added to the meter of a cycle that stood like this before."""
        used, meter_id = before.used, before.pk
        for sequence, number in enumerate(numbers, before.last_sequence + 1):
            use = self._uses[number]
            used += use.quantity
            account_id, key = self._names[number]
            self._rows.append((account_id, meter_id, sequence, key, use.at, use.quantity))
            late = self._cycles[number] != cycle
            self._answers[number] = Answer(Outcome.ACCEPTED, start, late, used, use.limit)


class _Stand(NamedTuple):
    """What a meter stands at."""

    pk: int
    used: int
    last_sequence: int


_ADD: Final = f"""
    UPDATE {Meter._meta.db_table} SET used = used + %s, last_sequence = last_sequence + %s
    WHERE item_id = %s AND cycle_start = %s AND NOT closed AND used <= %s
    RETURNING id, used, last_sequence
"""


def _add(item: Item, start: date, quantity: int, *, count: int, limit: int | None) -> _Stand | None:
    """Add to the meter of a cycle where it is open, and below the limit afterwards.

    What it stands at then; None where nothing was added. This is the one statement that fills
    meters.
    """
    most = LARGEST_USE if limit is None else min(limit, LARGEST_USE)
    with connection.cursor() as cursor:
        cursor.execute(_ADD, [quantity, count, item.pk, start.isoformat(), most - quantity])
        row = cursor.fetchone()
    return None if row is None else _Stand(*row)


def _locked(item: Item, start: date) -> Meter:
    """The meter of a cycle, made where there is none, and locked."""
    # By its own column: in its usual order it is read, and locked, with its item and its account.
    meter = Meter.objects.select_for_update().filter(item=item, cycle_start=start).order_by("pk")
    found = meter.first()
    if found is None:
        Meter.objects.bulk_create([Meter(item=item, cycle_start=start)], ignore_conflicts=True)
        found = meter.get()
    return found


def _records(names: Sequence[tuple[int, str]], *related: str) -> QuerySet[UsageRecord]:
    """What was counted by these accounts and keys, and by others of both."""
    return UsageRecord.objects.select_related(*related).filter(
        account__in={account_id for account_id, _ in names}, key__in={key for _, key in names}
    )


def _recalled(report: Report, record: UsageRecord) -> Answer:
    item = record.meter.item
    same = item.product.code, record.at, record.quantity
    if same != (report.product, report.at, report.quantity):
        return _reused(report.key)
    openings = openings_of(item.subscription)
    start = openings.cycle(openings.number_at(record.at)).period.start
    return _duplicate(record, start, report.limit)


def _duplicate(record: UsageRecord, start: date, limit: int | None) -> Answer:
    """The answer to a use that was counted before, whose instant is in the cycle of this start."""
    meter = record.meter
    late = start != meter.cycle_start
    return Answer(Outcome.DUPLICATE, meter.cycle_start, late, meter.used, limit)


def _again(first: Answer | None) -> Answer | None:
    """The answer to a use that was reported twice in a batch, by that to the first."""
    if first is None or first.outcome is not Outcome.ACCEPTED:
        return first
    return replace(first, outcome=Outcome.DUPLICATE)


def _reused(key: str) -> Answer:
    words = _("The key %(key)s has counted another use already. Choose a new key.")
    return refusal(Why.KEY_REUSED, words % {"key": key})
