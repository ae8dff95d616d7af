"""Papers and credit as CSV files: what the pages show, without their pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from djmoney.money import Money

from accounts.spreadsheets import MARK, text
from billing.core.money import to_minor_unit
from billing.credit_moves import Move
from billing.papers import Paper


def papers(found: Callable[[], Iterator[Paper]]) -> Iterator[str]:
    """The list of papers, in the language and the time zone of the call."""
    headings = [
        *(_("Kind"), pgettext("document", "Number"), _("Date"), _("Products"), _("Belongs to")),
        *(_("Currency"), _("Amount"), pgettext("amount", "Open"), _("Due on"), _("State")),
    ]
    return _pieces(headings, lambda: (_paper(one) for one in found()))


def moves(found: Callable[[], Iterator[Move]]) -> Iterator[str]:
    """The credit statement, in the language and the time zone of the call."""
    headings = [
        *(_("Date"), _("What"), pgettext("document", "Number"), _("Reason"), _("Currency")),
        *(_("Amount"), _("Balance")),
    ]
    return _pieces(headings, lambda: (_move(one) for one in found()))


def _pieces(headings: list[str], rows: Callable[[], Iterator[list[str]]]) -> Iterator[str]:
    language, zone = translation.get_language(), timezone.get_current_timezone()

    def pieces() -> Iterator[str]:
        yield MARK + text([headings])
        with translation.override(language), timezone.override(zone):
            whole = text(rows())
        yield whole

    return pieces()


def _paper(paper: Paper) -> list[str]:
    return [
        *(str(paper.kind.label), paper.number, _day(paper.on), ", ".join(paper.products)),
        paper.about.number if paper.about else "",
        *(str(paper.amount.currency), _amount(paper.amount)),
        "" if paper.open is None else _amount(paper.open),
        *("" if paper.due_on is None else paper.due_on.isoformat(), str(paper.state.label)),
    ]


def _move(move: Move) -> list[str]:
    return [
        *(_day(move.at), str(move.what.label), move.number, move.reason),
        *(str(move.amount.currency), _amount(move.amount), _amount(move.balance)),
    ]


def _day(on: date | datetime) -> str:
    """A day as every spreadsheet takes it; of an instant its day in the reader's time zone."""
    if isinstance(on, datetime):
        on = on.astimezone(timezone.get_current_timezone()).date()
    return on.isoformat()


def _amount(amount: Money) -> str:
    """A plain number with all decimals of its currency."""
    return str(to_minor_unit(amount.amount, str(amount.currency)))
