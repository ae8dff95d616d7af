"""The last bill of a subscription that ends: what would still be owed for its last cycle."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from djmoney.money import Money

from billing.core.lines import Line
from billing.core.pricing import Basis
from billing.core.totals import Part, Totals, totals
from billing.documents.wording import LineWords, line_words
from billing.folding import Fold
from billing.invoicing import treatment_on
from billing.models import Product
from billing.prices import PriceBook
from billing.reading import Page, SubscriptionRow, read_running
from billing.showing import ShownAmount, charge_of, sums_of


def last_bill(subscription_id: int, *, ends_on: date, language: str) -> ShownAmount:
    """What the opening on ``ends_on`` would bill if nothing more happened until then. PLAN-13.

    It is ``estimated`` where something metered or a peak may still grow. The fold that will bill it
    is asked; nothing is written.
    """
    page = read_running(subscription_ids=[subscription_id], using="default")
    [[row]] = page.subscriptions.values()
    fold = Fold(replace(row, ends_on=ends_on), page.prices)
    lines: tuple[Line, ...] = ()
    for opened, _charged in fold.openings_until(fold.openings.first_instant(ends_on)):
        lines = opened.lines
    foot = _foot(lines, row, page, ends_on)
    return ShownAmount(
        on=ends_on,
        lines=tuple(_words(lines, page.prices, row.currency, language)),
        subtotal=Money(foot.subtotal, row.currency),
        sums=tuple(sums_of(foot, currency=row.currency, language=language)),
        total=Money(foot.total, row.currency),
        yearly=row.interval == "year",
        estimated=any(pin.price.basis in (Basis.METERED, Basis.PEAK) for pin in fold.pins),
    )


def _foot(lines: tuple[Line, ...], row: SubscriptionRow, page: Page, on: date) -> Totals:
    if not lines:
        return totals((), row.currency)
    subtotal = sum((line.amount for line in lines), Decimal(0))
    taxed = treatment_on(on, payer=page.payers[row.payer_id], page=page)
    return totals([Part(subtotal, row.discount_percent, taxed)], row.currency)


def _words(
    lines: tuple[Line, ...], prices: PriceBook, currency: str, language: str
) -> list[LineWords]:
    codes = {line.product for line in lines}
    products = {one.code: one for one in Product.objects.filter(code__in=codes)}
    return [
        line_words(
            charge_of(
                line,
                product=products[line.product],
                price=prices[int(line.price_version)],
                language=language,
            ),
            currency=currency,
            language=language,
        )
        for line in lines
    ]
