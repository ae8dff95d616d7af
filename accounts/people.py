"""Who is in an account: the one hand that writes the log of its members."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.bulk import insert_rows
from accounts.locks import lock_payer_of, lock_payers
from accounts.models import Account, Member, MemberEvent, User
from accounts.refusals import ChangeRefused

Status = Member.Status

_COLUMNS = (
    "account_id", "member_id", "sequence", "at", "was", "becomes", "step", "actor_id", "cause",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One change of a member's status that is to be appended to the log."""

    member_id: int
    at: datetime
    status: str
    cause: str = ""


@transaction.atomic
def add_member(
    *,
    account_id: int,
    name: str,
    at: datetime,
    reference: str = "",
    status: str = Status.INVITED,
    email: str = "",
    bot: bool = False,
    billing_role: bool = False,
    by: User | None = None,
    cause: str = "",
) -> Member:
    """A new member of the account, and the log's first entry about them.

    ``reference`` is the member's own id in the account: ``ChangeRefused`` when it is taken. Without
    one the member is given one that is free.
    """
    lock_payer_of(account_id)
    if reference and _is_taken(account_id, reference):
        raise ChangeRefused(
            _("There is a member with the reference %(reference)s already. Choose another one.")
            % {"reference": reference}
        )
    member = Member.objects.create(
        account_id=account_id,
        reference=reference or _free_reference(account_id),
        name=name,
        email=email,
        bot=bot,
        billing_role=billing_role,
        status=status,
    )
    _append(member, was="", becomes=status, was_billable=False, at=at, by=by, cause=cause)
    return member


@transaction.atomic
def set_status(
    *, member_id: int, status: str, at: datetime, by: User | None = None, cause: str = ""
) -> MemberEvent | None:
    """Move a member to ``status`` and write it down; None when they stand there already.

    The primary account admin is active: ``ChangeRefused`` until the role is handed over (RSL-6).
    """
    member = _locked(member_id)
    if member.status == status:
        return None
    if member.primary_admin and status != Status.ACTIVE:
        raise ChangeRefused(hand_over_first(member))
    was, was_billable = member.status, _billable(member)
    member.status = status
    member.save(update_fields=["status"])
    return _append(
        member, was=was, becomes=status, was_billable=was_billable, at=at, by=by, cause=cause
    )


def hand_over_first(member: Member) -> str:
    """Why the primary account admin is neither suspended nor deleted (RSL-6)."""
    said = _("%(name)s is the primary account admin. Hand the role over to somebody first.")
    return said % {"name": member.name}


@transaction.atomic
def set_billing_role(
    *, member_id: int, billing_role: bool, at: datetime, by: User | None = None, cause: str = ""
) -> MemberEvent | None:
    """Give a member the billing role, which takes no seat, or take it back (PRICE-3).

    None when it is so already. The log's entry keeps the status and says what it does to the
    number of billable members.
    """
    member = _locked(member_id)
    if member.billing_role == billing_role:
        return None
    was_billable = _billable(member)
    member.billing_role = billing_role
    member.save(update_fields=["billing_role"])
    status = member.status
    return _append(
        member, was=status, becomes=status, was_billable=was_billable, at=at, by=by, cause=cause
    )


@transaction.atomic
def append_many(*, entries: Sequence[Entry], by: User | None = None) -> int:
    """Append many changes of status at once, in the order given, and say how many were written.

    Members exist already; one without any entry yet counts as new. An entry that repeats the status
    writes nothing. Within an account every entry is dated at its own instant or just as late as the
    one before. Costs a constant number of statements.
    """
    members = Member.objects.in_bulk({entry.member_id for entry in entries})
    accounts = {member.account_id for member in members.values()}
    lock_payers(set(Account.objects.filter(pk__in=accounts).values_list("payer_id", flat=True)))
    known = set(
        MemberEvent.objects.filter(account__in=accounts, member__in=members)
        .values_list("member_id", flat=True)
        .distinct()
    )
    places = _places(accounts)
    before = {pk: member.status if pk in known else "" for pk, member in members.items()}
    rows = list(_rows(entries, members, before, places, by))
    insert_rows(MemberEvent, fields=_COLUMNS, rows=rows)
    for status in Status.values:
        moved = [pk for pk, now in before.items() if now == status != members[pk].status]
        Member.objects.filter(pk__in=moved).update(status=status)
    return len(rows)


@dataclass(slots=True)
class _Place:
    """Where an account's log stands."""

    sequence: int = 0
    at: datetime | None = None

    def next(self, at: datetime) -> tuple[int, datetime]:
        """Take the next place: its number, and its instant, never before the one before."""
        self.sequence += 1
        self.at = at if self.at is None else max(at, self.at)
        return self.sequence, self.at


def _places(account_ids: set[int]) -> dict[int, _Place]:
    places = {account_id: _Place() for account_id in account_ids}
    last = MemberEvent.objects.filter(account__in=account_ids).values_list("account_id")
    for account_id, sequence, at in last.annotate(Max("sequence"), Max("at")).order_by():
        places[account_id] = _Place(sequence, at)
    return places


def _rows(
    entries: Sequence[Entry],
    members: dict[int, Member],
    standing: dict[int, str],
    places: dict[int, _Place],
    by: User | None,
) -> Iterator[tuple[object, ...]]:
    """The log's rows of these entries; `standing` (status by member) follows them."""
    actor_id = None if by is None else by.pk
    for entry in entries:
        member, was = members[entry.member_id], standing[entry.member_id]
        if was == entry.status:
            continue
        standing[entry.member_id] = entry.status
        sequence, at = places[member.account_id].next(entry.at)
        step = member.takes_seat * ((entry.status == Status.ACTIVE) - (was == Status.ACTIVE))
        yield (
            member.account_id, member.pk, sequence, at, was, entry.status, step, actor_id,
            entry.cause,
        )  # fmt: skip


def _is_taken(account_id: int, reference: str) -> bool:
    return Member.objects.filter(account_id=account_id, reference=reference).exists()


def _free_reference(account_id: int) -> str:
    """The next number of the account's own; the payer's lock is held."""
    number = Member.objects.filter(account_id=account_id).count() + 1
    while _is_taken(account_id, f"m-{number}"):
        number += 1
    return f"m-{number}"


def _locked(member_id: int) -> Member:
    """The member, read again under the lock of the account's payer."""
    account_id = Member.objects.values_list("account_id", flat=True).get(pk=member_id)
    lock_payer_of(account_id)
    return Member.objects.get(pk=member_id)


def _billable(member: Member) -> bool:
    return member.takes_seat and member.status == Status.ACTIVE


def _append(
    member: Member,
    *,
    was: str,
    becomes: str,
    was_billable: bool,
    at: datetime,
    by: User | None,
    cause: str,
) -> MemberEvent:
    """The next entry of the account's log; the payer's lock is held."""
    sequence, dated = _places({member.account_id})[member.account_id].next(at)
    return MemberEvent.objects.create(
        account_id=member.account_id,
        member=member,
        sequence=sequence,
        at=dated,
        was=was,
        becomes=becomes,
        step=_billable(member) - was_billable,
        actor=by,
        cause=cause,
    )
