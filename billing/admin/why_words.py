"""The words of *Why this amount?* at the desk: one sentence a step, one row a click."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from billing.admin import figures
from billing.admin.tables import Cell, Column, Row, Table
from billing.documents.wording import unit_word
from billing.models import Line, Price
from billing.why import Cause, Change, MemberChange, Raised, Step, Sum, Used, Why


def sentences(why: Why) -> Iterator[tuple[str, str]]:
    """Each step of the arithmetic: its words, and the amount after it."""
    for step in why.steps:
        words = _WORDS[step.what](step, why)
        result = "" if step.what is Sum.ALLOWANCE else figures.exact(step.result, why.currency)
        yield words, result


def opening(why: Why) -> str:
    """What the line charges, in one sentence."""
    line = why.line
    if line.reverses is not None:
        return f"{line.names['en']}, billed on {line.reverses.bill.invoice}, given back."
    when = figures.days(line.starts_on, line.ends_on)
    return _OPENINGS[Line.Kind(line.kind)].format(
        quantity=figures.number(line.quantity), what=line.names["en"], when=when
    )


def _counted(step: Step, why: Why) -> str:
    members = why.price.basis == Price.Basis.BILLABLE_MEMBERS
    forms = "billable member|billable members" if members else _unit_forms(why)
    return f"{figures.number(step.count)} {unit_word(step.count, forms, figures.LANGUAGE)}"


def _unit_forms(why: Why) -> str:
    return why.line.names.get("unit_en") or "unit|units"


def _share(step: Step, why: Why) -> str:
    left, whole = figures.number(step.count), figures.number(step.of)
    since = figures.day(why.line.starts_on)
    return f"Times {left} of the {whole} days of the cycle: from {since} on, that day included"


def _tier(step: Step, why: Why) -> str:
    money = why.currency
    bounds = f"above {figures.number(step.above)}" if step.above else "from the first unit"
    if step.up_to is not None:
        bounds += f" up to {figures.number(step.up_to)}"
    parts = []
    if step.flat or not step.price:
        parts.append(figures.unit_price(step.flat, money))
    if step.price:
        parts.append(f"{figures.number(step.count)} × {figures.unit_price(step.price, money)}")
    return f"Tier {bounds}: {' + '.join(parts)}"


def _allowance(step: Step, why: Why) -> str:
    used, included = figures.number(step.count), figures.number(step.of)
    over = figures.number(max(step.count - step.of, step.count * 0))
    return f"Used {used}, {included} of them included: {over} to charge"


def _packages(step: Step, why: Why) -> str:
    count, size = figures.number(step.count), figures.number(step.of)
    price = figures.unit_price(step.price, why.currency)
    return f"{count} packages of {size} units, a part of one counts whole: {count} × {price}"


_WORDS: Final[dict[Sum, Callable[[Step, Why], str]]] = {
    Sum.ALLOWANCE: _allowance,
    Sum.PER_UNIT: lambda step, why: (
        f"{_counted(step, why)} × {figures.unit_price(step.price, why.currency)}"
    ),
    Sum.FLAT: lambda step, why: "One price, whatever the number",
    Sum.PACKAGES: _packages,
    Sum.TIER: _tier,
    Sum.ADD_TIERS: lambda step, why: "The tiers together",
    Sum.MONTHS: lambda step, why: (
        f"Times {figures.number(step.count)} months: a monthly price in a yearly cycle"
    ),
    Sum.SHARE: _share,
    Sum.BILLED: lambda step, why: "What the line was billed at",
    Sum.PART: lambda step, why: "The part of it that is given back",
    Sum.CREDIT: lambda step, why: "Given back, so it counts as a credit",
    Sum.ROUND: lambda step, why: (
        f"Rounded once, half up, to the {figures.number(step.count)} decimals of {why.currency}"
        if step.count
        else f"Rounded once, half up, to whole {why.currency}"
    ),
}

_OPENINGS: Final = {
    Line.Kind.ADVANCE: "{quantity} × {what}, charged in advance for {when}.",
    Line.Kind.MEMBERS: "{what} for the {quantity} members who were billable when {when} began.",
    Line.Kind.PRORATION: "{quantity} × {what} from the day of the change, for {when}.",
    Line.Kind.CREDIT: "{quantity} × {what} given back for the days not used, {when}.",
    Line.Kind.PEAK: "{quantity} was the highest number of {what} at any moment of {when}.",
    Line.Kind.METERED: "{quantity} × {what} used above the allowance in {when}.",
    Line.Kind.ONCE: "{quantity} × {what}, charged once when it was bought.",
}


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
