"""The members of one account of a book: who they are, what became of them, what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from accounts.models import Member
from billing.book.columns import MEMBERS
from billing.book.mistakes import Mistake
from billing.book.rows import AccountBook, MemberRow, moment

Tell = Callable[[Mistake], None]

SAME_ON_EVERY_LINE: Final = (
    "name", "email", "bot", "billing_role", "primary_admin", "purchase_permission",
)  # fmt: skip


@dataclass(slots=True)
class MemberHistory:
    """One member, and each status with its instant, oldest first."""

    row: MemberRow
    entries: list[tuple[datetime, MemberRow]]

    @property
    def status(self) -> str:
        return self.entries[-1][1].status

    @property
    def changes(self) -> list[tuple[datetime, MemberRow]]:
        """The entries that change the status: one that repeats it sets nothing."""
        before = [None, *(row.status for _, row in self.entries)]
        return [
            entry
            for entry, was in zip(self.entries, before, strict=False)
            if entry[1].status != was
        ]


def members(book: AccountBook, *, at: datetime, tell: Tell) -> list[MemberHistory]:
    """The account's members in the order of their first lines; mistakes are told. ``at`` is now."""
    by_member: dict[str, list[MemberRow]] = {}
    for row in book.members:
        if not row.wrong:
            by_member.setdefault(row.member, []).append(row)
    found = []
    for rows in by_member.values():
        dated = [(moment(row.at, book.billing_zone), row) for row in rows]
        dated.sort(key=lambda entry: (entry[0], entry[1].line))
        found.append(MemberHistory(rows[0], dated))
    for mistake in _problems(found, at):
        tell(mistake)
    return found


def _problems(found: list[MemberHistory], at: datetime) -> Iterator[Mistake]:
    for member in found:
        yield from _differences(member)
        yield from _time_problems(member, at)
    yield from _primary_problems([member for member in found if member.row.primary_admin])


def _differences(member: MemberHistory) -> Iterator[Mistake]:
    first = member.row
    for _, row in member.entries:
        for column in SAME_ON_EVERY_LINE:
            wanted, got = getattr(first, column), getattr(row, column)
            if wanted != got:
                message = (
                    f"expected {_shown(wanted)} as on line {first.line}, which is of the same "
                    f"member, got {_shown(got)}"
                )
                yield Mistake(MEMBERS.file, row.line, column, message)


def _shown(value: str | int) -> str:
    if isinstance(value, int):
        return "yes" if value else "no"
    return repr(value)


def _time_problems(member: MemberHistory, at: datetime) -> Iterator[Mistake]:
    last: tuple[datetime, MemberRow] | None = None
    for when, row in member.entries:
        if when > at:
            message = "this instant has not come yet: write what has happened"
            yield Mistake(MEMBERS.file, row.line, "at", message)
        if last is not None and last[0] == when:
            message = f"the same member and instant as on line {last[1].line}: leave one of them"
            yield Mistake(MEMBERS.file, row.line, "at", message)
        last = (when, row)


def _primary_problems(primaries: list[MemberHistory]) -> Iterator[Mistake]:
    for second in primaries[1:]:
        message = f"line {primaries[0].row.line} names the primary account admin: expected no"
        yield Mistake(MEMBERS.file, second.row.line, "primary_admin", message)
    for member in primaries[:1]:
        if member.row.bot:
            message = "expected no: a bot cannot be the primary account admin"
            yield Mistake(MEMBERS.file, member.row.line, "primary_admin", message)
        elif member.status != Member.Status.ACTIVE:
            line = member.entries[-1][1].line
            message = f"expected active in the end for the primary account admin, {member.status!r}"
            yield Mistake(MEMBERS.file, line, "status", message)
