"""Provenance in a scenario: which members and which usage stand behind a line."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from operator import attrgetter

from billing.core.happened import MemberChange
from billing.core.lines import Kind, Line, Ref
from billing.core.members import is_billable
from billing.core.scenario import MemberEntry, Usage


def member_changes(entries: Iterable[MemberEntry]) -> list[MemberChange]:
    """The entries that make a member billable or no longer billable, oldest first.

    An entry that leaves that as it was sets nothing.
    """
    changes = []
    billable: set[str] = set()
    for entry in sorted(entries, key=attrgetter("at")):
        counts = is_billable(entry.status, bot=entry.bot)
        if counts == (entry.member in billable):
            continue
        billable.symmetric_difference_update({entry.member})
        changes.append(MemberChange(entry.at, entry.day, 1 if counts else -1, entry.path))
    return changes


class Provenance:
    """Fills in what the fold leaves open. Ask it about later and later openings only."""

    def __init__(self, entries: Sequence[MemberEntry], usage: Sequence[Usage]) -> None:
        self._places = {entry.path: place for place, entry in enumerate(entries)}
        self._members = {entry.path: entry.member for entry in entries}
        self._changes = member_changes(entries)
        self._next_change = 0
        self._active: dict[str, Ref] = {}
        self._usage: dict[str, list[tuple[datetime, int, str]]] = {}
        for place, use in enumerate(usage):
            self._usage.setdefault(use.product, []).append((use.at, place, use.path))
        for uses in self._usage.values():
            uses.sort()

    def explained(
        self, lines: Iterable[Line], *, since: datetime | None, at: datetime
    ) -> tuple[Line, ...]:
        """The lines of the opening at `at`, after the one at `since`, each with its reasons.

        A members line names the entry that made each of them active, a metered line the usage of
        the cycle, both in file order.
        """
        return tuple(self._line(line, since, at) for line in lines)

    def _line(self, line: Line, since: datetime | None, at: datetime) -> Line:
        if line.kind is Kind.MEMBERS:
            return replace(line, because=self._active_at(at))
        if line.kind is Kind.METERED and since is not None:
            return replace(line, because=self._used(line.product, since, at))
        return line

    def _active_at(self, at: datetime) -> tuple[Ref, ...]:
        while self._next_change < len(self._changes):
            change = self._changes[self._next_change]
            if change.at > at:
                break
            member = self._members[str(change.ref)]
            if change.step > 0:
                self._active[member] = change.ref
            else:
                del self._active[member]
            self._next_change += 1
        return tuple(sorted(self._active.values(), key=lambda ref: self._places[str(ref)]))

    def _used(self, product: str, since: datetime, before: datetime) -> tuple[Ref, ...]:
        uses = self._usage.get(product, [])
        first, last = bisect_left(uses, (since,)), bisect_left(uses, (before,))
        return tuple(path for _, _, path in sorted(uses[first:last], key=lambda use: use[1]))
