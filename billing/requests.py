"""Requests: opened by a customer, answered by support, in a thread that both sides read. PLAN-9."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts import acting, deeds
from accounts.access import Standing
from accounts.deeds import Doer
from accounts.locks import lock_payer_of
from accounts.models import Account, AccountEvent, User
from billing import buyers, request_telling, requestable
from billing.models import ChangeRequest, RequestMessage
from billing.objections import Sees, everything, in_words
from billing.refusals import ChangeRefused
from billing.requested import Asked, quoted, wished

logger = logging.getLogger(__name__)

State = ChangeRequest.State
Deed = RequestMessage.Deed


# ---- of the customer ----


@transaction.atomic
def open_request(*, here: Standing, asked: Asked, key: str, at: datetime) -> ChangeRequest:
    """Ask support for something; support and the customer are told.

    The same ``key`` opens one request only: sent again with it, the one that is there comes back.
    `ChangeRefused` for what cannot be had, for example fewer seats than are in use: it says who
    holds them. `Lacking` for who may not ask for it.
    """
    here = acting.begin(here, needs=requestable.right_to_ask(asked.product))
    buyers.refuse_unpermitted(products=[asked.product] if asked.product else [], here=here)
    same = ChangeRequest.objects.filter(account=here.account, key=key).first()
    if same is not None:
        return same
    details = refuse_in_the_way(here.account, asked, at=at, sees=here.may)
    opened = ChangeRequest.objects.create(
        **columns(here.account, asked),
        source=ChangeRequest.Source.PORTAL,
        opened_at=at,
        opened_by=here.person,
        opened_by_name=here.by.name[:150],
        since=at,
        key=key,
    )
    write(opened, Deed.OPENED, at=at, by=here.by, text=asked.notes, details=details)
    _note(here, opened, AccountEvent.Kind.REQUEST_OPENED, at=at)
    logger.info("request opened request=%s account=%s", opened.pk, here.account.pk)
    return opened


@transaction.atomic
def say(*, here: Standing, request_id: int, text: str, at: datetime) -> RequestMessage:
    """Write into the thread; what waited for the customer waits for support again.

    `ChangeRefused` for a request that is done with, and for nothing written.
    """
    here = acting.begin(here, needs=requestable.right_to_ask(None))
    found = _of_account(here, request_id)
    hear(found, at=at)
    return write(found, Deed.SAID, at=at, by=here.by, text=_written(text))


@transaction.atomic
def withdraw(*, here: Standing, request_id: int, at: datetime) -> ChangeRequest:
    """Take a request back; nothing is changed by it. `ChangeRefused` once it is done with."""
    here = acting.begin(here, needs=requestable.right_to_ask(None))
    found = _of_account(here, request_id)
    here.need(requestable.right_to_ask(found.product))
    refuse_done(found)
    move(found, State.WITHDRAWN, at=at)
    write(found, Deed.WITHDRAWN, at=at, by=here.by)
    _note(here, found, AccountEvent.Kind.REQUEST_WITHDRAWN, at=at)
    return found


def refuse_in_the_way(
    account: Account, asked: Asked, *, at: datetime, sees: Sees
) -> dict[str, Any]:
    """What a message keeps of what is asked; `ChangeRefused` with all that stands in its way.

    ``sees``: whether who is refused has a right, for what may be named to them.
    """
    if asked.product is None:
        return {}
    wish, found = quoted(
        account, kind=asked.kind, product=asked.product, quantity=asked.quantity, at=at
    )
    if found.objections:
        raise ChangeRefused(in_words(found.objections, sees=sees))
    return wish.to_json()


# ---- of support ----


@transaction.atomic
def write_down(*, account_id: int, asked: Asked, by: User, at: datetime) -> ChangeRequest:
    """Write down what a customer has asked for otherwise, for example by telephone.

    It is not refused for what stands in its way: that is told when it is applied.
    """
    lock_payer_of(account_id)
    account = Account.objects.get(pk=account_id)
    opened = ChangeRequest.objects.create(
        **columns(account, asked),
        source=ChangeRequest.Source.DESK,
        opened_at=at,
        opened_by=by,
        opened_by_name=str(by)[:150],
        since=at,
        verified=False,
    )
    details = words_of(account, asked, at=at)
    write(
        opened, Deed.OPENED, at=at, by=Doer(by), text=asked.notes, details=details, verified=False
    )
    return opened


@transaction.atomic
def take(*, request_id: int, by: User, at: datetime) -> ChangeRequest:
    """Look after a request that nobody looks after yet. `ChangeRefused` otherwise."""
    found = lock(request_id)
    refuse_done(found)
    if found.taken_by_id is not None:
        raise ChangeRefused(f"{found.taken_by} looks after it already.")
    _take(found, by=by, at=at)
    write(found, Deed.TAKEN, at=at, by=Doer(by), from_support=True)
    return found


@transaction.atomic
def ask(*, request_id: int, text: str, by: User, at: datetime) -> ChangeRequest:
    """Ask the customer something: the request waits for them. `ChangeRefused` once it is done."""
    found = lock(request_id)
    refuse_done(found)
    _take(found, by=by, at=at)
    move(found, State.WAITING, at=at)
    write(found, Deed.ASKED, at=at, by=Doer(by), text=_written(text), from_support=True)
    return found


@transaction.atomic
def answer(*, request_id: int, text: str, by: User, at: datetime) -> ChangeRequest:
    """Answer: what asks for no change is done with then, until the customer writes again."""
    found = lock(request_id)
    if found.state != State.ANSWERED:
        refuse_done(found)
    _take(found, by=by, at=at)
    if not found.changes:
        move(found, State.ANSWERED, at=at)
    write(found, Deed.ANSWERED, at=at, by=Doer(by), text=_written(text), from_support=True)
    return found


@transaction.atomic
def decline(*, request_id: int, reason: str, by: User, at: datetime) -> ChangeRequest:
    """Say no, and why; nothing is changed. `ChangeRefused` without a reason, or once it is done."""
    found = lock(request_id)
    refuse_done(found)
    _take(found, by=by, at=at)
    move(found, State.DECLINED, at=at)
    write(found, Deed.DECLINED, at=at, by=Doer(by), text=_written(reason), from_support=True)
    return found


@transaction.atomic
def describe(*, request_id: int, asked: Asked, by: User, at: datetime) -> ChangeRequest:
    """Put what the customer has said in their own words into what can be applied.

    The customer reads it in the thread. `ChangeRefused` for what cannot be had, or once it is done.
    """
    found = lock(request_id)
    refuse_done(found)
    details = refuse_in_the_way(found.account, asked, at=at, sees=everything)
    _take(found, by=by, at=at)
    found.kind, found.product, found.quantity = asked.kind, asked.product, asked.quantity
    found.wanted_on = asked.wanted_on
    found.save(update_fields=["kind", "product", "quantity", "wanted_on"])
    words = {"kind": asked.kind, **details}
    write(found, Deed.CHANGED, at=at, by=Doer(by), details=words, from_support=True)
    return found


# ---- what the verbs have in common; everything belongs into their transaction ----


def words_of(account: Account, asked: Asked, *, at: datetime) -> dict[str, Any]:
    """What a message keeps of what is asked, whatever stands in its way."""
    if asked.product is None:
        return {}
    try:
        wish = wished(
            account, kind=asked.kind, product=asked.product, quantity=asked.quantity, at=at
        )
    except ChangeRefused:
        return {}
    return wish.to_json()


def lock(request_id: int) -> ChangeRequest:
    """The request as it is under the lock of its account's payer."""
    account_id = ChangeRequest.objects.values_list("account_id", flat=True).get(pk=request_id)
    lock_payer_of(account_id)
    rows = ChangeRequest.objects.select_related("account__payer", "product", "taken_by")
    return rows.get(pk=request_id)


def refuse_done(found: ChangeRequest) -> None:
    """`ChangeRefused` for a request with which nothing can be done any more."""
    if not found.undone:
        raise ChangeRefused(
            _("%(request)s is done with: %(state)s. Send a new one.")
            % {"request": called(found), "state": found.get_state_display()}
        )


def called(found: ChangeRequest) -> str:
    """The request by its number, in the language that is switched on."""
    return _("Request %(number)s") % {"number": found.pk}


def hear(found: ChangeRequest, *, at: datetime) -> None:
    """The customer has said something: it is support's turn. `ChangeRefused` once it is done."""
    if found.state == State.ANSWERED:
        move(found, State.OPEN, at=at)
        return
    refuse_done(found)
    if found.state == State.WAITING:
        move(found, State.IN_PROGRESS, at=at)


def move(found: ChangeRequest, state: str, *, at: datetime) -> None:
    """Let the request stand so from now on."""
    found.state, found.since = state, at
    found.save(update_fields=["state", "since"])


def cause_of(found: ChangeRequest) -> str:
    """What the log of quantities keeps as the reason, in English as the desk reads it."""
    with override("en"):
        return f"{found}: {found.get_kind_display()}"


def write(
    found: ChangeRequest,
    deed: str,
    *,
    at: datetime,
    by: Doer,
    text: str = "",
    details: Mapping[str, Any] | None = None,
    from_support: bool = False,
    **mail: Any,
) -> RequestMessage:
    """Append a message to the thread, and tell both sides. ``mail``: columns of what came by it."""
    message = RequestMessage.objects.create(
        request=found,
        deed=deed,
        at=at,
        from_support=from_support,
        author=by.person,
        author_name=by.name[:150],
        text=text,
        details=dict(details or {}),
        **mail,
    )
    request_telling.tell(message)
    return message


def columns(account: Account, asked: Asked) -> dict[str, Any]:
    """The columns of a request that say what is asked."""
    return {
        "account": account,
        "kind": asked.kind,
        "product": asked.product,
        "quantity": asked.quantity,
        "wanted_on": asked.wanted_on,
        "reason": asked.reason,
        "notes": asked.notes,
        "contact_email": asked.contact_email,
    }


def _of_account(here: Standing, request_id: int) -> ChangeRequest:
    rows = ChangeRequest.objects.select_related("account", "product")
    return here.rows(rows).get(pk=request_id)


def _take(found: ChangeRequest, *, by: User, at: datetime) -> None:
    """Whoever of support does something first looks after it from then on."""
    if found.taken_by_id is None:
        found.taken_by = by
        found.save(update_fields=["taken_by"])
    if found.state == State.OPEN:
        found.state = State.IN_PROGRESS
        found.save(update_fields=["state"])


def _written(text: str) -> str:
    """What was written; `ChangeRefused` for nothing."""
    kept = text.strip()
    if not kept:
        raise ChangeRefused(_("Write something first."))
    return kept


def _note(here: Standing, found: ChangeRequest, kind: AccountEvent.Kind, *, at: datetime) -> None:
    """The account's log of deeds says it, too: a visit of support is read there."""
    deeds.write(
        account_id=found.account_id,
        kind=kind,
        about=f"{found.pk}",
        becomes=str(found.get_kind_display()),
        at=at,
        by=here.by,
        reason=found.reason,
    )
