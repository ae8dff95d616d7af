"""Contacts that the vendor's product stores and deletes, against the plan's limit. PLAN-10."""

from __future__ import annotations

from typing import Annotated, Any, Final

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import AfterValidator, Field

from accounts.scopes import Scope
from billing import contact_calls, contacts
from billing.limits import LARGEST_QUANTITY
from config.api.keys import Key, entered
from config.api.shapes import REFUSED, Asked, ProblemDetails, RequestKey, Shape

router: Final = Router(tags=["Contacts"])


def _some(change: int) -> int:
    if not change:
        raise ValueError("no contacts count nothing: leave it out")
    return change


class ContactsChanged(Asked):
    """So many contacts were added, or below zero removed; never none."""

    key: RequestKey
    change: Annotated[
        int,
        Field(
            ge=-LARGEST_QUANTITY,
            le=LARGEST_QUANTITY,
            strict=True,
            json_schema_extra={"not": {"const": 0}},
        ),
        AfterValidator(_some),
    ]


class ContactsTold(Shape):
    """The step, and what stands now. ``stored`` is the number just after the step."""

    outcome: str
    change: int
    stored: int
    used: int
    limit: int
    left: int
    left_by_api: int


@router.post(
    "/accounts/{int:account_id}/contacts",
    auth=Key(Scope.CONTACTS_WRITE),
    response={200: ContactsTold, 201: ContactsTold, **REFUSED, 409: ProblemDetails},
    operation_id="change_contacts",
    url_name="contacts",
    summary="Add or remove contacts",
    openapi_extra={"x-scope": Scope.CONTACTS_WRITE.value},
)
def change(request: HttpRequest, account_id: int, step: ContactsChanged) -> Status[Any]:
    """All of them or none: 201 where they are counted now, 200 where the same key has counted the
    same before. What is added may go on to 110 % of the limit; 409 says how many are stored.
    """
    caller, account = entered(request)
    done = contact_calls.change(
        account_id=account.pk, key=step.key, step=step.change, at=caller.at, by=caller.by
    )
    now = contacts.contacts_of(account.pk)
    told = {
        "outcome": "duplicate" if done.before else "accepted",
        "change": done.change,
        "stored": done.stored,
        "used": now.stored,
        "limit": now.limit,
        "left": now.left,
        "left_by_api": now.left_by_api,
    }
    return Status(200 if done.before else 201, told)
