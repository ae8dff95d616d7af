"""Papers and credit as CSV files: what the pages show, without their pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from djmoney.money import Money

from accounts.spreadsheets import MARK, text
from billing.core.money import to_minor_unit
from billing.core.periods import local_day
from billing.credit_moves import Move
from billing.papers import Paper


def papers(found: Callable[[], Iterator[Paper]]) -> Iterator[str]:
    """The list of papers, in the language of the call."""
    headings = [
        *(_("Kind"), pgettext("document", "Number"), _("Date"), _("Products"), _("Belongs to")),
        *(_("Currency"), _("Amount"), pgettext("amount", "Open"), _("Due on"), _("State")),
    ]
    return _pieces(headings, lambda: (_paper(one) for one in found()))


def moves(found: Callable[[], Iterator[Move]], *, zone: str) -> Iterator[str]:
    """The credit statement, in the language of the call and the days of this time zone."""
    headings = [
        *(_("Date"), _("What"), pgettext("document", "Number"), _("Reason"), _("Currency")),
        *(_("Amount"), _("Balance")),
    ]
    return _pieces(headings, lambda: (_move(one, zone) for one in found()))


def _pieces(headings: list[str], rows: Callable[[], Iterator[list[str]]]) -> Iterator[str]:
    language = translation.get_language()

    def pieces() -> Iterator[str]:
        yield MARK + text([headings])
        with translation.override(language):
            whole = text(rows())
        yield whole

    return pieces()


def _paper(paper: Paper) -> list[str]:
    return [
        *(str(paper.kind.label), paper.number, paper.on.isoformat(), ", ".join(paper.products)),
        paper.about.number if paper.about else "",
        *(str(paper.amount.currency), _amount(paper.amount)),
        "" if paper.open is None else _amount(paper.open),
        *("" if paper.due_on is None else paper.due_on.isoformat(), str(paper.state.label)),
    ]


def _move(move: Move, zone: str) -> list[str]:
    return [
        *(local_day(move.at, zone).isoformat(), str(move.what.label), move.number, move.reason),
        *(str(move.amount.currency), _amount(move.amount), _amount(move.balance)),
    ]


def _amount(amount: Money) -> str:
    """A plain number with all decimals of its currency."""
    return str(to_minor_unit(amount.amount, str(amount.currency)))
