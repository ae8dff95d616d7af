"""The months of the demo: who does what when, the same for the same day every time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Final

from accounts.models import Member
from billing.core.periods import Anchors
from config.demo import cards, contacts, limiting, money_back, requesting, trials
from config.demo.cards import Keeps, first_card, good_until
from config.demo.cast import CONTACTS, FIRST_NAMES, LAST_NAMES, Holding, Part, cast
from config.demo.conversing import Conversed
from config.demo.deeds import Announces, Becomes, Blocks, Deed, Ends, Joins, Opens, Wants
from config.demo.floors import FLOORS
from config.demo.limiting import Uses
from config.demo.staffing import Asks, Records, Staffs, Suspends, WereThere
from licensing.metered import Service

MONTHS: Final = 14
LAST: Final = 31
# Minutes of a month that make the bill of this account end in 13, which the sandbox gateway
# declines: 2 × 33 + 55 + 9,830 × 0.011 = 229.13.
DECLINED: Final = ("C-135", 14_830)
# And in 14, to which it says nothing at first: 740 × 0.011 = 8.14.
SILENT: Final = ("C-124", 5740)
MIGRATED: Final = ("K-211", "K-212", "K-213")
CAUSES: Final = ("", "", "", "New colleagues", "Busy season", "Requested by phone", "Reorganised")
STATUSES: Final = (Member.Status.SUSPENDED, Member.Status.ACTIVE, Member.Status.DELETED)


@dataclass(frozen=True, slots=True)
class Happening:
    """A deed and its instant."""

    at: datetime
    deed: Deed


@dataclass(frozen=True, slots=True)
class Story:
    """Who was there before, and all that happens from ``first`` up to but without ``on``."""

    first: date
    on: date
    before: tuple[Part, ...]
    happenings: tuple[Happening, ...]

    @property
    def days(self) -> Iterator[date]:
        for number in range((self.on - self.first).days):
            yield self.first + timedelta(days=number)


def story(on: date, *, months: int = MONTHS) -> Story:
    """The demo's story up to a day: it begins on the first of a month, 14 months before.

    Of fewer ``months`` only the end is told: who was there by then is there from the beginning.
    """
    before_this = Anchors(on.replace(day=1), 1)
    first = before_this.nth(-months)
    lives = [_Life(part, before_this.nth(-MONTHS), first, on) for part in cast()]
    happenings = [happening for life in lives for happening in life.happenings()]
    happenings.sort(key=lambda happening: happening.at)
    before = tuple(life.part for life in lives if life.opens < first)
    told = (one for one in happenings if first <= one.at.date() < on)
    return Story(first, on, before, tuple(told))


class _Life:
    """What one account does from the first month of all; ``first`` is the first day told."""

    def __init__(self, part: Part, first_month: date, first: date, on: date) -> None:
        self.first = first
        self.on = on
        self.months = Anchors(first_month, 1)
        self.random = Random(f"seatledger {part.reference}")
        self.opens = part.opens if isinstance(part.opens, date) else self._opening(part)
        self.part = replace(part, opens=self.opens)

    def happenings(self) -> Iterator[Happening]:
        if self.opens >= self.first:
            yield Happening(
                _at(self.opens, 20), Opens(self.part, first_card(self.part, on=self.on))
            )
        for number in range(MONTHS + 1):
            month = self.months.nth(number)
            yield from self._moves(month)
            yield from self._uses(month)
        if self.part.comes_and_goes:
            yield from self._comes_and_goes()
        months = [self.months.nth(number) for number in range(MONTHS + 1)]
        for day, deed in contacts.steps(self.part, months, self.opens):
            yield Happening(_at(day, 18), deed)
        for day, back in money_back.steps(self.part.reference, on=self.on):
            yield Happening(_at(day, 12), back)
        yield from self._special()
        reference, code, before, after = trials.TRIED
        if self.part.reference == reference:
            tries = trials.Tries(reference, code, self.on + timedelta(days=after))
            yield Happening(_at(self.on - timedelta(days=before), 10), tries)
        for day, hour, deed in requesting.deeds(self.part.reference, opens=self.opens, on=self.on):
            yield Happening(_at(day, hour), deed)
        yield from self._staffing()

    def _opening(self, part: Part) -> date:
        """A day of the month that the part names: one's own, or the last for an anchor of 31."""
        month = int(str(part.opens))
        start, after = self.months.nth(month), self.months.nth(month + 1)
        if any(holding.anchor_day == LAST for holding in part.holdings):
            return after - timedelta(days=1)
        return start + timedelta(days=self.random.randrange(1, 26))

    def _moves(self, month: date) -> Iterator[Happening]:
        for product, lowest, highest in self.part.moves:
            day = month + timedelta(days=self.random.randrange(28))
            number = self._number(product, lowest, highest)
            wanted, hour = self.random.random() < 0.6, self.random.randrange(8, 17)
            if wanted and self.opens < day:
                actor = self.random.choice(self.part.people)
                cause = self.random.choice(CAUSES)
                code = _code(self.part, product)
                deed: Deed = Wants(self.part.reference, code, {product: number}, actor, cause)
                if product == "recording":
                    deed = Records(self.part, number)
                yield Happening(_at(day, hour, self.random.randrange(60)), deed)

    def _number(self, product: str, lowest: int, highest: int) -> int:
        if highest in CONTACTS:
            return self.random.choice([n for n in CONTACTS if lowest <= n <= highest])
        if product == "sms-credits":
            return 1000 * self.random.randrange(lowest // 1000, highest // 1000 + 1)
        if product == "recording":
            return self.random.choice((3, 6, 9))
        return self.random.randrange(lowest, highest + 1)

    def _uses(self, month: date) -> Iterator[Happening]:
        """Weekly reports of what is metered."""
        for service in Service:
            if not any(service in holding.items for holding in self.part.holdings):
                continue
            for number, quantity in enumerate(self._reports(service)):
                day = month + timedelta(days=6 + 7 * number)
                if day > self.opens and quantity:
                    deed = Uses(self.part.reference, service, quantity)
                    yield Happening(_at(day, 19, self.random.randrange(60)), deed)

    def _reports(self, service: Service) -> tuple[int, ...]:
        if service is not Service.SPEECH_TO_TEXT:
            return limiting.weekly(self.part.reference, service, self.random)
        for reference, minutes in (DECLINED, SILENT):
            if self.part.reference == reference:
                return (minutes - 10_000 if minutes > 10_000 else minutes - 2000,
                        *((4000, 6000) if minutes > 10_000 else (1200, 800)))  # fmt: skip
        return tuple(self.random.randrange(1100, 2900) for _ in range(3))

    def _comes_and_goes(self) -> Iterator[Happening]:
        """Members join, are suspended, come back and leave, never the primary account admin."""
        part = self.part
        status = {f"{part.reference}-{n + 2}": STATUSES[1] for n in range(len(part.people) - 1)}
        joined = len(part.people) + len(part.bots)
        day = max(self.opens, self.first)
        while (day := day + timedelta(days=self.random.randrange(9, 40))) < self.on:
            at = _at(day, self.random.randrange(8, 17), self.random.randrange(60))
            there = [member for member, now in status.items() if now != STATUSES[2]]
            if len(there) < 2 or self.random.random() < 0.4:
                joined += 1
                member = f"{part.reference}-{joined}"
                status[member] = STATUSES[1]
                name = f"{self.random.choice(FIRST_NAMES)} {self.random.choice(LAST_NAMES)}"
                yield Happening(at, Joins(part, member, name))
                continue
            member = self.random.choice(there)
            choices = [one for one in STATUSES if one != status[member]]
            status[member] = self.random.choice(choices)
            yield Happening(at, Becomes(part.reference, member, status[member]))

    def _special(self) -> Iterator[Happening]:
        reference = self.part.reference
        if reference in MIGRATED:
            holds_from = self.months.nth(8)
            noticed = holds_from - timedelta(days=20)
            yield Happening(_at(noticed, 9), Announces(reference, "team", holds_from))
        elif reference == "C-136":
            yield Happening(
                _at(self.months.nth(10) + timedelta(days=8), 10), Ends(reference, "plan")
            )
        elif reference == DECLINED[0]:
            yield Happening(_at(self.months.nth(12) + timedelta(days=10), 9), Blocks(reference))
        elif reference == cards.SECURE:
            asks = Keeps(reference, cards.ASKS, good_until(self.on), takes_over=True)
            yield Happening(_at(self.on - timedelta(days=32), 10), asks)
        elif reference == cards.SECOND:
            another = Keeps(reference, cards.ANOTHER, good_until(self.on))
            yield Happening(_at(self.on - timedelta(days=9), 11), another)
            lower = Wants(reference, "plan", {"users-plus": 1}, "Jana Nováková", "Smaller team")
            yield Happening(_at(self.on - timedelta(days=2), 15), lower)

    def _staffing(self) -> Iterator[Happening]:
        """Who works as what from the second day on, and who is away, new or active at the end."""
        begins = max(self.opens, self.first) + timedelta(days=1)
        if self.part.reference in FLOORS:
            yield Happening(_at(begins, 9), Staffs(self.part))
            yield Happening(_at(self.on - timedelta(days=12), 10), Suspends(self.part))
            yield Happening(_at(self.on - timedelta(days=3), 11), Asks(self.part))
        months = [self.months.nth(number) for number in range(MONTHS + 1)]
        for day, hour, deed in limiting.steps(
            self.part.reference, begins=begins, months=months, on=self.on
        ):
            yield Happening(_at(day, hour), deed)
        yield Happening(_at(self.on - timedelta(days=1), 21), WereThere(self.part.reference))
        if self.part.reference in FLOORS:
            yield Happening(_at(self.on - timedelta(days=1), 22), Conversed(self.part.reference))


def _code(part: Part, product: str) -> str:
    holding: Holding = next(one for one in part.holdings if product in one.items)
    return holding.code


def _at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), UTC)
