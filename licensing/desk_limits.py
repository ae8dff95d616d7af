"""The counted services of an account at the desk: use, limit, standing and warnings. STAFF-1."""

from __future__ import annotations

from datetime import datetime

from django.utils import translation

from accounts.models import Account
from billing.admin import figures
from billing.admin.tables import Cell, Column, Row, Table
from licensing import limit_list
from licensing.limit_list import Limited
from licensing.usage_notices import unfit_in


def of_account(account: Account, *, at: datetime) -> Table:
    """What was used this month, where each service stops, and what was told. For ``DESK_USAGE``.

    A fixed number of queries.
    """
    with translation.override(figures.LANGUAGE):
        found = limit_list.limits(account, at=at)
        unfit = unfit_in(found[0].months[-1].first, account=account) if found else {}
        rows = tuple(_row(one, unfit.get(one.service)) for one in found)
    columns = (
        *(Column("Service"), Column("Limit"), Column("Used this month", figure=True)),
        *(Column("Stops at", figure=True), Column("State"), Column("Told")),
    )
    return Table("Usage limits", columns, rows, empty="Nothing is counted.")


def _row(one: Limited, unfit: int | None) -> Row:
    stop = "" if one.stop is None else figures.number(one.stop)
    packs = "" if one.packs is None else f"packs: {figures.number(one.packs)}"
    return Row(
        (
            Cell(one.name, below=str(one.service)),
            Cell(one.chosen_words if one.metered.chosen else "Not chosen"),
            Cell(figures.number(one.used), below=packs),
            Cell(stop or "Never"),
            _state(one),
            _told(one, unfit),
        )
    )


def _state(one: Limited) -> Cell:
    until = figures.day(one.until)
    if not one.metered.on:
        return Cell("Off", tone="waiting")
    if one.waits:
        return Cell("Rests", tone="waiting", below="until a limit, or none, is chosen")
    if one.stopped:
        return Cell("Stopped", tone="bad", below=f"until {until}")
    return Cell("Runs", tone="good", below="" if one.percent is None else f"{one.percent} % used")


def _told(one: Limited, unfit: int | None) -> Cell:
    """The threshold that was told last, and whether it was told that a use did not fit."""
    percent = _percent_told(one)
    if unfit is None:
        return Cell(percent or "Nothing this month")
    words = f"a use did not fit below {figures.number(unfit)}"
    return Cell(percent, below=words) if percent else Cell(f"{words[0].upper()}{words[1:]}")


def _percent_told(one: Limited) -> str:
    limit = one.metered.limit
    # A first month, and with it its meter, may begin later than on the 1st.
    told_in = limit.told_in.replace(day=1) if limit and limit.told_in else None
    if limit is None or not limit.told or told_in != one.months[-1].first:
        return ""
    return f"{limit.told} % of {figures.number(limit.told_of or 0)}"
