"""Members, when they were last there and what they did: read, and kept in step. API-3."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Final

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from ninja import Path, Query, Router, Status
from pydantic import Field, StringConstraints

from accounts import syncing
from accounts.models import Account, Member
from accounts.scopes import Scope
from accounts.syncing import Wanted
from config.api.entitlements import told_of_level
from config.api.keys import Key, entered
from config.api.problems import refuse_unknown
from config.api.shapes import (
    PRINTABLE,
    REFUSED,
    Asked,
    Day,
    Email,
    Instant,
    ProblemDetails,
    Reference,
    Shape,
)
from licensing import assigning, product_reports
from licensing.member_entitlements import members_entitlements
from licensing.models import ConversationsLevel, Level

router: Final = Router(tags=["Members"])
_READS: Final = Key(Scope.MEMBERS_READ)
_WRITES: Final = Key(Scope.MEMBERS_WRITE)
_READ_SCOPE: Final = {"x-scope": Scope.MEMBERS_READ.value}
_WRITE_SCOPE: Final = {"x-scope": Scope.MEMBERS_WRITE.value}
_MOST: Final = 500
_MOST_DAYS: Final = 31
_LARGEST: Final = 1_000_000
_LARGEST_SECONDS: Final = 10**12

Name = Annotated[str, StringConstraints(min_length=1, max_length=150, pattern=PRINTABLE)]
Count = Annotated[int, Field(ge=0, le=_LARGEST, strict=True)]


class Settable(StrEnum):
    """What a program may make of a member. People are invited and approved in the portal."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    DELETED = "deleted"


class MemberTold(Shape):
    """A member: a person, or a bot."""

    reference: str
    name: str
    email: str
    bot: bool
    billing_role: bool
    primary_admin: bool
    status: str
    last_active_at: datetime | None
    conversations: str


class MembersTold(Shape):
    """Members in the order of their references; ``next`` is where the next page begins, if any."""

    members: list[MemberTold]
    next: str | None


class PageAsked(Asked):
    """Which page."""

    after: Annotated[str, StringConstraints(max_length=64, pattern=PRINTABLE)] = ""
    limit: Annotated[int, Field(ge=1, le=_MOST)] = 100


class MemberWanted(Asked):
    """What shall be so. What is left out stays as it is; a new member needs a name."""

    name: Name | None = None
    email: Email | None = None
    bot: Annotated[bool, Field(strict=True)] | None = None
    status: Settable | None = None
    last_active_at: Instant | None = None


class LevelWanted(Asked):
    """The level in Conversations."""

    level: Level


class LevelTold(Shape):
    """The level that was assigned, and the one that is given: with seats missing, a viewer's."""

    reference: str
    level: Level
    given: Level
    warning: str | None


class DayReported(Asked):
    """What a member did in Conversations on one local day. The latest report of a day counts."""

    day: Day
    conversations: Count
    answered: Count
    first_response_seconds: Annotated[int, Field(ge=0, le=_LARGEST_SECONDS, strict=True)]


class MemberReported(Asked):
    """When a member was last active, and their days."""

    reference: Reference
    last_active_at: Instant | None = None
    days: Annotated[list[DayReported], Field(max_length=_MOST_DAYS)] = []


class ActivityReported(Asked):
    """Up to 500 members at once, up to 31 days of each."""

    members: Annotated[list[MemberReported], Field(min_length=1, max_length=_MOST)]


class ActivityKept(Shape):
    """How much was kept."""

    members: int
    days: int


@router.get(
    "/accounts/{int:account_id}/members",
    auth=_READS,
    response={200: MembersTold, **REFUSED},
    operation_id="members",
    url_name="members",
    summary="Members of an account",
    openapi_extra=_READ_SCOPE,
)
def members(request: HttpRequest, account_id: int, asked: Query[PageAsked]) -> dict[str, Any]:
    """Everybody but who was deleted, page by page: `after` is the `next` of the page before."""
    _caller, account = entered(request)
    refuse_unknown(request, PageAsked.model_fields)
    rows = _rows(account).filter(reference__gt=asked.after).order_by("reference")
    found = list(rows[: asked.limit + 1])
    page = found[: asked.limit]
    return {
        "members": [_told(one) for one in page],
        "next": page[-1].reference if len(found) > asked.limit else None,
    }


@router.get(
    "/accounts/{int:account_id}/members/{reference}",
    auth=_READS,
    response={200: MemberTold, **REFUSED},
    operation_id="member",
    url_name="member",
    summary="A member",
    openapi_extra=_READ_SCOPE,
)
def member(request: HttpRequest, account_id: int, reference: Path[Reference]) -> dict[str, Any]:
    """Who was deleted is not found."""
    _caller, account = entered(request)
    return _told(_member(account, reference))


@router.put(
    "/accounts/{int:account_id}/members/{reference}",
    auth=_WRITES,
    response={200: MemberTold, 201: MemberTold, **REFUSED, 409: ProblemDetails},
    operation_id="write_member",
    summary="Add or change a member",
    openapi_extra=_WRITE_SCOPE,
)
def write_member(
    request: HttpRequest, account_id: int, reference: Path[Reference], wanted: MemberWanted
) -> Status[Any]:
    """The member as it shall be: 201 where it is new. An active member is billable where the plan
    counts people. Sent again it changes nothing.
    """
    caller, account = entered(request)
    written, is_new = syncing.write(
        account=account,
        reference=reference,
        wanted=Wanted(**wanted.model_dump()),
        at=caller.at,
        by=caller.by,
    )
    return Status(201 if is_new else 200, _told(written))


@router.put(
    "/accounts/{int:account_id}/members/{reference}/conversations",
    auth=_WRITES,
    response={200: LevelTold, **REFUSED, 409: ProblemDetails},
    operation_id="write_level",
    url_name="member_level",
    summary="Give a member their level in Conversations",
    openapi_extra=_WRITE_SCOPE,
)
def write_level(
    request: HttpRequest, account_id: int, reference: Path[Reference], wanted: LevelWanted
) -> dict[str, Any]:
    """An agent beyond the seats owned is accepted, and given as a viewer until there are seats:
    `given` and `warning` say so.
    """
    caller, account = entered(request)
    found = _member(account, reference)
    assigning.set_level_by_program(member=found, level=wanted.level, at=caller.at, by=caller.by)
    now = members_entitlements(account, reference=reference, at=caller.at)
    return {
        "reference": reference,
        "level": now.level,
        "given": now.given,
        "warning": told_of_level(now),
    }


@router.post(
    "/accounts/{int:account_id}/activity",
    auth=_WRITES,
    response={200: ActivityKept, **REFUSED, 409: ProblemDetails},
    operation_id="report_activity",
    url_name="activity",
    summary="Report when members were active, and what they did",
    openapi_extra=_WRITE_SCOPE,
)
def report_activity(
    request: HttpRequest, account_id: int, reported: ActivityReported
) -> dict[str, int]:
    """All of it is kept, or nothing. An earlier moment than is known changes nothing."""
    caller, account = entered(request)
    reports = [
        product_reports.Report(
            one.reference,
            one.last_active_at,
            tuple(product_reports.Day(**day.model_dump()) for day in one.days),
        )
        for one in reported.members
    ]
    days = product_reports.keep(account=account, reports=reports, at=caller.at)
    return {"members": len({one.reference for one in reports}), "days": days}


def _rows(account: Account) -> QuerySet[Member]:
    there = Member.objects.filter(account=account).exclude(status=Member.Status.DELETED)
    return there.select_related("conversations")


def _member(account: Account, reference: str) -> Member:
    found = _rows(account).filter(reference=reference).first()
    if found is None:
        raise Http404(f"There is no member {reference} in account {account.pk}.")
    found.account = account
    return found


def _told(one: Member) -> dict[str, Any]:
    try:
        level = one.conversations.level
    except ConversationsLevel.DoesNotExist:
        level = Level.NONE.value
    return {
        "reference": one.reference,
        "name": one.name,
        "email": one.email,
        "bot": one.bot,
        "billing_role": one.billing_role,
        "primary_admin": one.primary_admin,
        "status": one.status,
        "last_active_at": one.last_active_at,
        "conversations": level,
    }
