"""What a payer will be charged if nothing is changed: the dry run of their own months to come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from accounts.models import Account
from billing.core.lines import Kind
from billing.core.periods import first_instant, local_day
from billing.drafts import DraftDocument, DraftLine
from billing.invoicing import draft_page
from billing.models import Order
from billing.spending import Charges

# What is counted when it is billed may be another number by then.
_COUNTED: Final = frozenset({Kind.PEAK.value, Kind.MEMBERS.value, Kind.METERED.value})
_MONTHS_IN_YEAR: Final = 12


@dataclass(frozen=True, slots=True)
class Forecast:
    """Charges by the first day of their month.

    ``estimated``: something stands in them that is counted later, taken as it is today. ``known``
    is False while an order is being paid, and where the payer cannot be billed as things stand.
    """

    months: dict[date, Charges]
    estimated: bool
    known: bool


def forecast(*, payer: Account, at: datetime, months: int) -> Forecast:
    """What the run will charge from ``at`` on, in this month and so many after it; only read.

    The run's own drafts are asked, as if nobody changed anything until then: what is scheduled
    takes hold, numbers in force stay, use that has not happened is none. PLAN-1.

    Worked example: on 20 February, with three months, it reaches to the end of May.
    """
    ends = month_after(local_day(at, payer.time_zone), months + 1)
    until = first_instant(ends, payer.time_zone) - timedelta(microseconds=1)
    page = draft_page(payer_ids=[payer.pk], at=until)
    paying = Order.objects.filter(payer=payer, state__in=Order.UNSETTLED).exists()
    documents = [document for draft in page.payers for document in draft.documents]
    return Forecast(
        months=_by_month(documents, payer.currency),
        estimated=any(line.kind in _COUNTED for line in _lines(documents)),
        known=not (page.problems or paying),
    )


def month_after(day: date, months: int) -> date:
    """The first day of the month that comes so many months after this day's."""
    number = day.year * _MONTHS_IN_YEAR + day.month - 1 + months
    return date(number // _MONTHS_IN_YEAR, number % _MONTHS_IN_YEAR + 1, 1)


def _by_month(documents: Iterable[DraftDocument], currency: str) -> dict[date, Charges]:
    found: dict[date, Charges] = defaultdict(Charges)
    for document in documents:
        if document.currency == currency:
            month = found[document.cycle_date.replace(day=1)]
            month.discount += document.discount
            month.tax += document.tax
            month.total += document.total
            for line in _lines([document]):
                month.by_product[line.product_code] += line.amount
    return dict(found)


def _lines(documents: Iterable[DraftDocument]) -> Iterator[DraftLine]:
    return (line for document in documents for bill in document.bills for line in bill.lines)
