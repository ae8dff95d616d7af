"""What may be used now: asked on every request of the vendor's product, so answered fast. API-1.

Answers are written here as they are sent; their shapes below describe them, and the tests compare
the two.
"""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from ninja import Path, Router

from accounts.scopes import Scope
from config.api.keys import Key, entered
from config.api.sending import body_of
from config.api.shapes import REFUSED, Named, Reference, Shape
from licensing.entitlement_rows import Part
from licensing.entitlements import Entitlements, entitlements_of
from licensing.member_entitlements import MembersEntitlements, members_entitlements

router: Final = Router(tags=["Entitlements"])
_READS: Final = Key(Scope.ENTITLEMENTS_READ)


class AccountNamed(Shape):
    """An account. ``usable`` is false while it, or who pays for it, is blocked or closed."""

    id: int
    reference: str | None
    name: str
    state: str
    usable: bool


class PlanHeld(Named):
    """A plan. ``product`` is what it is a plan of, ``user_seats`` null where nobody counts them."""

    product: Named
    level: Named
    contact_limit: int
    user_seats: int | None


class ProductHeld(Named):
    """A product in force; of a trial until when it is free: the first day that is not."""

    kind: str
    quantity: int
    trial_until: date | None


class Feature(Named):
    """Something that the plan can do; ``limit`` of what is counted, for each month."""

    limit: int | None


class Used(Shape):
    """How many there are, in use, and free."""

    owned: int | None
    used: int
    free: int | None


class ContactNumbers(Shape):
    """How many contacts may be stored. API and forms may go on to 110 %: ``left_by_api``."""

    limit: int
    used: int
    left: int
    left_by_api: int


class ConversationsSeats(Shape):
    """Seats of Conversations. While more are in use than owned, ``warning`` says so, and the agents
    of ``given_as_viewers`` (references, the last hundred at most) are given as viewers.
    """

    owned: int
    used: int
    free: int
    missing: int
    warning: str | None
    given_as_viewers: list[str]


class LicenceNumbers(Used):
    """Licences of one type."""

    code: str


class ServiceNumbers(Shape):
    """A counted service in the month of its meter.

    ``limit`` is the use at which it stops, null where nothing stops it. While it is ``stopped``
    nothing more is counted; ``why`` says for which reason.
    """

    code: str
    on: bool
    used: int
    limit: int | None
    left: int | None
    stopped: bool
    why: str | None


class AccountEntitlements(Shape):
    """What an account may use now."""

    account: AccountNamed
    plans: list[PlanHeld]
    products: list[ProductHeld]
    features: list[Feature]
    contacts: ContactNumbers
    user_seats: Used
    conversations: ConversationsSeats
    licences: list[LicenceNumbers]
    services: list[ServiceNumbers]


class MemberStands(Shape):
    """A member; ``usable`` where they are active, and their account is usable."""

    reference: str
    name: str
    status: str
    bot: bool
    usable: bool
    takes_user_seat: bool


class MembersConversations(Shape):
    """``level`` is what they were assigned, ``given`` what they may now: an agent beyond the seats
    owned is given as a viewer, and ``warning`` says so.
    """

    level: str
    given: str
    warning: str | None


class MemberEntitlements(Shape):
    """What a member may use now."""

    account: AccountNamed
    member: MemberStands
    plans: list[PlanHeld]
    features: list[Feature]
    conversations: MembersConversations
    licences: list[str]
    lacks_channel_licence: bool


@router.get(
    "/accounts/{int:account_id}/entitlements",
    auth=_READS,
    response={200: AccountEntitlements, 304: None, **REFUSED},
    operation_id="account_entitlements",
    url_name="entitlements",
    summary="What an account may use now",
    openapi_extra={"x-scope": Scope.ENTITLEMENTS_READ.value},
)
def account_entitlements(request: HttpRequest, account_id: int) -> HttpResponse:
    """Plans, features, limits and what is left of them. Ask with `If-None-Match` and the `ETag` of
    the last answer: where nothing has changed, 304 is answered without a body.
    """
    caller, account = entered(request)
    return _sent(request, written(entitlements_of(account, at=caller.at)))


@router.get(
    "/accounts/{int:account_id}/members/{reference}/entitlements",
    auth=_READS,
    response={200: MemberEntitlements, 304: None, **REFUSED},
    operation_id="member_entitlements",
    url_name="member_entitlements",
    summary="What a member may use now",
    openapi_extra={"x-scope": Scope.ENTITLEMENTS_READ.value},
)
def member_entitlements(
    request: HttpRequest, account_id: int, reference: Path[Reference]
) -> HttpResponse:
    """The plan's features, the level in Conversations that is given, and the licences they hold."""
    caller, account = entered(request)
    found = members_entitlements(account, reference=reference, at=caller.at)
    return _sent(request, _of_member(found))


def written(found: Entitlements) -> dict[str, Any]:
    """What an account may use, as it is sent."""
    language = _language()
    stored, limit = found.contacts.stored, found.contacts.limit
    seats, owned = found.conversations, found.user_seats
    return {
        "account": _account(found),
        "plans": _plans(found, language),
        "products": [
            {
                **_named(one.product, language),
                "kind": one.kind,
                "quantity": one.quantity,
                "trial_until": one.trial_until.isoformat() if one.trial_until else None,
            }
            for one in found.held
        ],
        "features": _features(found, language),
        "contacts": {
            "limit": limit,
            "used": stored,
            "left": found.contacts.left,
            "left_by_api": found.contacts.left_by_api,
        },
        "user_seats": {
            "owned": owned,
            "used": found.members,
            "free": None if owned is None else max(owned - found.members, 0),
        },
        "conversations": {
            "owned": seats.owned,
            "used": seats.used,
            "free": seats.free,
            "missing": seats.missing,
            "warning": _beyond(found) if seats.missing else None,
            "given_as_viewers": list(found.beyond),
        },
        "licences": [
            {"code": one.licence.value, "owned": one.owned, "used": one.used, "free": one.free}
            for one in found.licences
        ],
        "services": [
            {
                "code": one.service.value,
                "on": one.on,
                "used": one.used,
                "limit": one.limit,
                "left": one.left,
                "stopped": one.why is not None,
                "why": one.why.value if one.why else None,
            }
            for one in found.services
        ],
    }


def _of_member(found: MembersEntitlements) -> dict[str, Any]:
    language, member = _language(), found.member
    account = _account(found.account)
    return {
        "account": account,
        "member": {
            "reference": member.reference,
            "name": member.name,
            "status": member.status,
            "bot": member.bot,
            "usable": found.active and account["usable"],
            "takes_user_seat": found.active and member.takes_seat,
        },
        "plans": _plans(found.account, language),
        "features": _features(found.account, language),
        "conversations": {
            "level": found.level.value,
            "given": found.given.value,
            "warning": told_of_level(found),
        },
        "licences": [one.value for one in found.licences],
        "lacks_channel_licence": found.lacks_channel,
    }


def told_of_level(found: MembersEntitlements) -> str | None:
    """Why somebody is given less than the agent that they were assigned to be; None where not."""
    is_less = found.level.value == "agent" and found.given.value == "viewer"
    return _beyond(found.account) if is_less and found.account.conversations.missing else None


def _beyond(found: Entitlements) -> str:
    """What a warning says while more seats of Conversations are in use than owned. CONV-8."""
    seats = found.conversations
    return (
        f"{seats.used} seats are in use, and {seats.owned} owned. The agents assigned last are "
        f"given as viewers until {seats.missing} more are bought or released."
    )


def _account(found: Entitlements) -> dict[str, Any]:
    account, payer = found.account, found.account.payer
    closed, blocked = account.closed_at or payer.closed_at, account.blocked_at or payer.blocked_at
    state = "closed" if closed else "blocked" if blocked else "active"
    return {
        "id": account.pk,
        "reference": account.reference,
        "name": account.name,
        "state": state,
        "usable": state == "active",
    }


def _plans(found: Entitlements, language: str) -> list[dict[str, Any]]:
    return [
        {
            **_named(one.product, language),
            "product": _named(one.line, language),
            "level": _named(one.level, language),
            "contact_limit": one.contacts,
            "user_seats": one.seats,
        }
        for one in found.plans
    ]


def _features(found: Entitlements, language: str) -> list[dict[str, Any]]:
    return [{**_named(one.feature, language), "limit": one.limit} for one in found.features]


def _named(part: Part, language: str) -> dict[str, str]:
    return {"code": part.code, "name": part.names[language]}


def _language() -> str:
    return (get_language() or "en").partition("-")[0]


def _sent(request: HttpRequest, told: dict[str, Any]) -> HttpResponse:
    """The answer with its mark; 304 to whoever has it already."""
    body = body_of(told)
    mark = f'"{sha256(body).hexdigest()[:32]}"'
    response = HttpResponse(body, content_type="application/json", headers={"ETag": mark})
    response.headers["Cache-Control"] = "private, no-cache"
    answer = get_conditional_response(request, mark, None, response)
    return answer if isinstance(answer, HttpResponse) else response
