"""Metered use: this file is the one hand that counts it, once each, and closes what is billed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from operator import itemgetter
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.translation import gettext as _

from accounts.bulk import insert_rows
from billing.due import due
from billing.limits import LARGEST_USE
from billing.metering_rules import Rules, refusal
from billing.models import Item, Meter, Price, PricePin, Subscription, UsageRecord
from billing.openings import openings_of
from billing.refusals import ChangeRefused
from billing.speaking import day_words
from billing.uses import Answer, KeyReused, Outcome, Use, Why

__all__ = ["KeyReused", "add", "close_due", "count"]

# How often a batch is counted anew because somebody else has counted a key of it meanwhile.
_TRIES: Final = 10
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

    Costs two statements for each meter and four for all. ValueError for a use below zero. In a
    surrounding transaction the meters stay locked until it ends: take payers first (decision 16).
    """
    if below := [use.quantity for use in uses if use.quantity < 0]:
        raise ValueError(f"A use is zero or more, got {below[0]}.")
    for left in reversed(range(_TRIES)):
        try:
            with transaction.atomic():
                return _Batch(uses, now).count()
        except IntegrityError:
            # Somebody else has counted one of the keys meanwhile; anything else is raised again.
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


class _Batch:
    """Uses that are counted in one transaction."""

    def __init__(self, uses: Sequence[Use], now: datetime) -> None:
        self._uses = uses
        self._answers: list[Answer | None] = [None] * len(uses)
        self._rules = Rules.of({use.item.pk: use.item for use in uses}.values(), now=now)
        self._rows: list[Row] = []

    def count(self) -> list[Answer]:
        again = self._answer_known()
        cycles = self._by_cycle()
        # Meters are locked in one order, whoever counts: by item, then by cycle.
        while cycles:
            place = min(cycles)
            uses = sorted(cycles.pop(place))
            if not self._fill(self._uses[uses[0]].item, place[1], uses):
                cycles.setdefault((place[0], place[1] + 1), []).extend(uses)
        # So are keys: two who insert the same ones wait for each other in one direction only.
        insert_rows(UsageRecord, fields=_RECORD, rows=sorted(self._rows, key=_NAME_OF))
        for number, first in again.items():
            self._answers[number] = _again(self._answers[first])
        return [answer for answer in self._answers if answer is not None]

    def _answer_known(self) -> dict[int, int]:
        """Answer what was counted before; which other uses repeat one of this batch."""
        names = {use.name for use in self._uses}
        records = UsageRecord.objects.select_related("meter").filter(
            account__in={account_id for account_id, _ in names}, key__in={key for _, key in names}
        )
        known = {(record.account_id, record.key): record for record in records}
        first: dict[tuple[int, str], int] = {}
        again = {}
        for number, use in enumerate(self._uses):
            if (record := known.get(use.name)) is not None:
                self._answers[number] = self._known(use, record)
            elif (before := first.setdefault(use.name, number)) != number:
                if use.body == self._uses[before].body:
                    again[number] = before
                self._answers[number] = _reused(use.key)
        return again

    def _known(self, use: Use, record: UsageRecord) -> Answer:
        if (record.meter.item_id, record.at, record.quantity) != use.body:
            return _reused(use.key)
        openings, cycle = self._rules.openings(use.item), record.meter.cycle_start
        return Answer(
            Outcome.DUPLICATE,
            cycle=cycle,
            late=openings.cycle(openings.number_at(use.at)).period.start != cycle,
            used=record.meter.used,
            limit=use.limit,
        )

    def _by_cycle(self) -> dict[tuple[int, int], list[int]]:
        """The uses that are left, by item and by the number of the first cycle that may be open."""
        found: dict[tuple[int, int], list[int]] = {}
        for number, use in enumerate(self._uses):
            if self._answers[number] is None:
                self._answers[number] = refused = self._rules.refused(use)
                if refused is None:
                    place = use.item.pk, self._rules.first_open(use)
                    found.setdefault(place, []).append(number)
        return found

    def _fill(self, item: Item, cycle: int, numbers: Sequence[int]) -> bool:
        """Add these uses to the meter of a cycle; False where it is closed."""
        start = self._rules.openings(item).cycle(cycle).period.start
        subscription = item.subscription
        if subscription.ends_on is not None and start >= subscription.ends_on:
            words = _("The subscription has ended on %(day)s. Open a new one.")
            text = words % {"day": day_words(subscription.ends_on)}
            for number in numbers:
                self._answers[number] = refusal(Why.ENDED, text)
            return True
        limit = self._uses[numbers[0]].limit
        total = sum(self._uses[number].quantity for number in numbers)
        meter = Meter.objects.filter(item=item, cycle_start=start)
        if _add(meter, total, count=len(numbers), limit=limit):
            after = meter.get()
            if not self._rules.too_much(item, after.used):
                after.used, after.last_sequence = (
                    after.used - total, after.last_sequence - len(numbers)
                )  # fmt: skip
                self._take(after, numbers, limit)
                return True
            _add(meter, -total, count=-len(numbers), limit=None)
        locked = _locked(item, start)
        if locked.closed:
            return False
        self._fill_one_by_one(locked, item, numbers, limit)
        return True

    def _fill_one_by_one(
        self, meter: Meter, item: Item, numbers: Sequence[int], limit: int | None
    ) -> None:
        """Take what fits, in order; the meter is locked and open."""
        used, taken = meter.used, []
        for number in numbers:
            use = self._uses[number]
            then = used + use.quantity
            if limit is not None and then > limit:
                refused = self._rules.stopped(use, used)
            elif text := self._rules.too_much(item, then):
                refused = refusal(Why.TOO_MUCH, text, used=used, limit=limit)
            else:
                used = then
                taken.append(number)
                continue
            late = self._rules.is_late(use, meter.cycle_start)
            self._answers[number] = replace(refused, cycle=meter.cycle_start, late=late)
        rows = Meter.objects.filter(pk=meter.pk)
        if taken and not _add(rows, used - meter.used, count=len(taken), limit=limit):
            raise AssertionError(f"meter {meter.pk} was filled by somebody else while it is locked")
        self._take(meter, taken, limit)

    def _take(self, before: Meter, numbers: Sequence[int], limit: int | None) -> None:
        """These uses were added to a meter that stood like this before."""
        used, start = before.used, before.cycle_start
        for sequence, number in enumerate(numbers, before.last_sequence + 1):
            use = self._uses[number]
            used += use.quantity
            account_id, key = use.name
            self._rows.append((account_id, before.pk, sequence, key, use.at, use.quantity))
            late = self._rules.is_late(use, start)
            self._answers[number] = Answer(
                Outcome.ACCEPTED, cycle=start, late=late, used=used, limit=limit
            )


def _add(meter: QuerySet[Meter], quantity: int, *, count: int, limit: int | None) -> bool:
    """Add to an open meter where it fits below the limit: the one statement that fills meters."""
    most = LARGEST_USE if limit is None else min(limit, LARGEST_USE)
    roomy = meter.filter(closed=False, used__lte=most - quantity)
    more = {"used": F("used") + quantity, "last_sequence": F("last_sequence") + count}
    return bool(roomy.update(**more))


def _locked(item: Item, start: date) -> Meter:
    """The meter of a cycle, made where there is none, and locked."""
    meter = Meter.objects.select_for_update().filter(item=item, cycle_start=start)
    found = meter.first()
    if found is None:
        Meter.objects.bulk_create([Meter(item=item, cycle_start=start)], ignore_conflicts=True)
        found = meter.get()
    return found


def _again(first: Answer | None) -> Answer | None:
    """The answer to a use that was reported twice in a batch, by that to the first."""
    if first is None or first.outcome is not Outcome.ACCEPTED:
        return first
    return replace(first, outcome=Outcome.DUPLICATE)


def _reused(key: str) -> Answer:
    words = _("The key %(key)s has counted another use already. Choose a new key.")
    return refusal(Why.KEY_REUSED, words % {"key": key})
