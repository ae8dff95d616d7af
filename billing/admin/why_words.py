"""*Why this amount?* at the desk: the sentences of every page, and a table of the clicks."""

from __future__ import annotations

from collections.abc import Iterator

from billing.admin import figures
from billing.admin.tables import Cell, Column, Row, Table
from billing.documents import explaining
from billing.models import Line
from billing.why import Cause, Change, MemberChange, Raised, Used, UsedOnDay, Why


def sentences(why: Why) -> Iterator[tuple[str, str]]:
    """Each step of the arithmetic: its words, and the amount after it."""
    yield from explaining.sentences(why, language=figures.LANGUAGE)


def opening(why: Why) -> str:
    """What the line charges, in one sentence."""
    return explaining.opening(why, language=figures.LANGUAGE)


def causes(why: Why) -> Table:
    """The clicks as a table: when, who, what, why."""
    columns: tuple[Column, ...]
    if why.line.reverses is not None:
        columns = (Column("When"), Column("Who"), Column("Why"))
        title = "Who gave it back"
    elif why.line.kind == Line.Kind.METERED:
        columns = (Column("When"), Column("Key"), Column("Quantity", figure=True))
        title = f"The {figures.number(why.used or 0)} that were counted in this cycle"
    else:
        columns = (Column("When"), Column("Who"), Column("What"), Column("Cause"), Column("Event"))
        title = "The clicks that made it"
    rows = tuple(_row(cause, why) for cause in why.causes)
    return Table(title, columns, rows, empty="No event of the log stands behind this line.")


def _row(cause: Cause, why: Why) -> Row:
    if isinstance(cause, UsedOnDay):
        told = f"{figures.number(cause.records)} reports, older than 90 days"
        return Row((Cell(figures.day(cause.day)), Cell(told), Cell(figures.number(cause.quantity))))
    when = Cell(figures.instant(cause.at, why.zone))
    match cause:
        case Raised():
            return Row((when, Cell(cause.who), Cell(cause.cause)))
        case Used():
            return Row((when, Cell(cause.key), Cell(figures.number(cause.quantity))))
        case Change():
            holds = " (holds from the next opening)" if cause.waits else ""
            what = f"{figures.number(cause.was)} → {figures.number(cause.becomes)}{holds}"
        case MemberChange():
            what = f"{cause.member}: {cause.was or 'New'} → {cause.becomes}"
    who = Cell(cause.who or "The vendor's product")
    return Row((when, who, Cell(what), Cell(cause.cause), Cell(f"#{cause.id}")))


def price(why: Why) -> list[tuple[str, str]]:
    """The price version behind the line, and since when it is agreed."""
    terms = why.price
    words = [
        ("Product", f"{why.line.names['en']} ({why.line.product_code})"),
        ("Price version", f"#{terms.pk}, {terms.currency} a {terms.interval}"),
        ("Listed from", figures.day(terms.valid_from)),
        ("How", f"{terms.get_model_display()}, {terms.get_timing_display().lower()}"),
        ("Quantity", terms.get_basis_display()),
    ]
    if why.pinned and why.pinned.bought:
        agreed = f"bought {figures.instant(why.pinned.at, why.zone)}"
    elif why.pinned:
        noticed = why.pinned.noticed_on
        agreed = f"announced for {figures.day(why.pinned.holds_from)}"
        agreed += f", notice given {figures.day(noticed)}" if noticed else ", no notice given"
    else:
        agreed = "taken over with the subscription"
    return [*words, ("Agreed", agreed)]
