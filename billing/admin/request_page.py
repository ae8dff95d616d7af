"""What the desk's page of a request shows: how it stands, what it would cost, and its thread."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from accounts.models import Account
from billing import checkout, request_words
from billing.admin import figures
from billing.admin.tables import Cell, Column, Row, Table, paged
from billing.core.periods import local_day
from billing.models import ChangeRequest, RequestMessage
from billing.objections import everything
from billing.quoting import Quoted
from billing.refusals import ChangeRefused, QuoteChanged
from billing.request_words import Shown, Words
from billing.requested import quoted_request
from billing.showing import ShownAmount, ShownQuote, show

TONES = {
    ChangeRequest.State.OPEN: "waiting",
    ChangeRequest.State.IN_PROGRESS: "waiting",
    ChangeRequest.State.WAITING: "waiting",
    ChangeRequest.State.APPLIED: "good",
    ChangeRequest.State.ANSWERED: "good",
    ChangeRequest.State.DECLINED: "bad",
    ChangeRequest.State.WITHDRAWN: "",
}


@dataclass(frozen=True, slots=True)
class Preview:
    """What applying it would do now. ``seen`` is what its form gives back.

    ``refused`` stands in place of all the rest where it has no price, ``objections`` are what is in
    the way, and ``notes`` are worth reading before one applies it.
    """

    refused: str = ""
    quote: ShownQuote | None = None
    tables: tuple[Table, ...] = ()
    objections: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A message of the thread with its words."""

    message: RequestMessage
    at: str
    received: str
    asked: Shown | None
    applied: list[Shown]


def preview(found: ChangeRequest, *, at: datetime) -> Preview | None:
    """What applying the request would do; None where there is nothing to apply."""
    if not (found.undone and found.changes):
        return None
    try:
        _wish, quoted = quoted_request(found, at=at)
    except (ChangeRefused, QuoteChanged) as refusal:
        return Preview(refused=str(refusal))
    shown = show(quoted, language=figures.LANGUAGE)
    return Preview(
        quote=shown,
        tables=tuple(_tables(shown)),
        objections=tuple(one.said(sees=everything) for one in quoted.objections),
        notes=tuple(_notes(found, quoted, at)),
        seen=checkout.shown(quoted),
    )


def steps(found: ChangeRequest) -> list[Step]:
    """The thread, the oldest first. Two queries."""
    rows = list(found.messages.select_related("author").order_by("pk"))
    words, zone = Words(rows), found.account.time_zone
    return [
        Step(
            message=row,
            at=figures.instant(row.at, zone),
            received=figures.instant(row.received_at, zone) if row.received_at else "",
            asked=words.asked(row),
            applied=words.applied(row),
        )
        for row in rows
    ]


def of_account(request: HttpRequest, account: Account) -> Table:
    """The tab of an account: its requests, the newest first."""

    def row(found: ChangeRequest) -> Row:
        state = ChangeRequest.State(found.state)
        return Row(
            (
                Cell(str(found), href=address(found.pk), below=found.get_source_display()),
                Cell(request_words.title(found), below=found.reason),
                Cell(found.get_state_display(), tone=TONES[state]),
                Cell(figures.instant(found.opened_at, account.time_zone)),
                Cell(found.opened_by_name, below="" if found.verified else "unverified"),
            )
        )

    return paged(
        request,
        ChangeRequest.objects.filter(account=account).select_related("product").order_by("-pk"),
        title="Requests",
        columns=(
            *(Column("Request"), Column("What"), Column("State"), Column("Sent")),
            Column("By"),
        ),
        row=row,
        empty="This customer has asked for nothing yet.",
    )


def address(request_id: int) -> str:
    return reverse("admin:billing_changerequest_change", args=[request_id])


def enter_address(account_id: int) -> str:
    """The address of the page on which an e-mail of this account is entered."""
    return f"{reverse('admin:billing_changerequest_add')}?account={account_id}"


def _notes(found: ChangeRequest, quoted: Quoted, at: datetime) -> Iterator[str]:
    """What an eye on the amounts alone would miss."""
    today = local_day(at, found.account.time_zone)
    at_once = any(not step.waits for step in quoted.steps)
    if found.wanted_on is not None and found.wanted_on > today and at_once:
        yield f"It is wanted from {figures.day(found.wanted_on)} on, and would hold at once."
    if quoted.to_pay:
        by = quoted.payer.get_pays_by_display().lower()
        amount = figures.money(quoted.to_pay, quoted.currency)
        yield f"{amount} are collected by {by}, from {quoted.payer}."
    if not found.verified:
        yield "It came from an address that nobody has verified. Ask the primary account admin."


def _tables(shown: ShownQuote) -> Iterator[Table]:
    yield _table("Due at once", shown.now)
    for one in shown.next:
        yield _table(f"Next invoice, {figures.day(one.on)}", one)
    for one in shown.every:
        yield _table(f"Every {'year' if one.yearly else 'month'} after", one)


def _table(title: str, amount: ShownAmount) -> Table:
    lines = [
        Row((Cell(line.name, below=" · ".join(line.notes)), Cell(line.quantity), Cell(line.amount)))
        for line in amount.lines
    ]
    sums = [Row((Cell(one.label), Cell(""), Cell(_money(one.amount)))) for one in amount.sums]
    total = Row((Cell("Total"), Cell(""), Cell(_money(amount.total))))
    return Table(
        title,
        (Column("Line"), Column("Quantity"), Column("Amount", figure=True)),
        tuple([*lines, *sums, total] if lines else ()),
        empty="Nothing.",
    )


def _money(money: Any) -> str:
    return figures.money(money.amount, money.currency.code)
