"""A quote in its reader's words: the three amounts with their lines, to be drawn. PRICE-10."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from djmoney.money import Money

from billing.core.display import format_day, format_money, format_number, format_rate
from billing.core.lines import Line
from billing.core.pricing import Model, Price
from billing.core.quote import Amount, Covered, Unsaved
from billing.core.tax import Reason, TaxAmount
from billing.core.totals import Totals
from billing.documents.reading import priced
from billing.documents.wording import Charge, LineWords, line_words, quantity_of
from billing.models import Product
from billing.objections import Objection, Sees, nothing
from billing.prices import snapshot
from billing.quoting import Quoted, QuotedPart, Step


@dataclass(frozen=True, slots=True)
class ShownSum:
    """A row of the foot: a discount or a tax with what it is of."""

    label: str
    amount: Money


@dataclass(frozen=True, slots=True)
class ShownAmount:
    """One of the three amounts: its day, its lines, and the foot down to the total.

    ``yearly`` says what a cycle is; ``estimated`` that something metered may still be added.
    """

    on: date
    lines: tuple[LineWords, ...]
    subtotal: Money
    sums: tuple[ShownSum, ...]
    total: Money
    yearly: bool = False
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A change as a line of the cart; ``from_on``: it holds from that day on, else at once.

    ``instead_of`` is the number that was scheduled and is called off by it, else empty.
    """

    code: str
    name: str
    was: str
    becomes: str
    from_on: date | None
    objections: tuple[Objection, ...]
    instead_of: str = ""


@dataclass(frozen=True, slots=True)
class ShownQuote:
    """What a page shows of a quote; ``next`` and ``every`` have one amount a subscription.

    ``unsaved``, ``covered`` and ``carried`` are sentences: what a reduction does not save, what
    costs nothing because the peak is as high already, and what was scheduled and goes over to what
    is bought.
    """

    steps: tuple[ShownStep, ...]
    now: ShownAmount
    credit: Money
    to_pay: Money
    next: tuple[ShownAmount, ...]
    every: tuple[ShownAmount, ...]
    unsaved: tuple[str, ...]
    covered: tuple[str, ...]
    carried: tuple[str, ...]

    @property
    def gives_back(self) -> bool:
        """Whether the change leaves something on the credit balance."""
        return bool(self.now.total.amount < 0)

    @property
    def in_the_way(self) -> bool:
        """Whether an objection stands against it."""
        return any(step.objections for step in self.steps)


def show(quoted: Quoted, *, language: str, sees: Sees = nothing) -> ShownQuote:
    """The quote in this language: en, it or cs. No query.

    ``sees``: whether its reader has a right, for what may be named to them.
    """
    against = [one.told(sees=sees) for one in quoted.objections]
    words = _Words(replace(quoted, objections=tuple(against)), language)
    return ShownQuote(
        steps=tuple(words.steps()),
        now=words.now(),
        credit=Money(quoted.credit, quoted.currency),
        to_pay=Money(quoted.to_pay, quoted.currency),
        next=tuple(words.foreseen(part, part.quote.next_invoice) for part in quoted.parts),
        every=tuple(words.foreseen(part, part.quote.every_cycle) for part in quoted.parts),
        unsaved=tuple(words.unsaved()),
        covered=tuple(words.covered()),
        carried=tuple(words.carried()),
    )


class _Words:
    """The parts of a quote in one language."""

    def __init__(self, quoted: Quoted, language: str) -> None:
        self.quoted, self.language = quoted, language

    def steps(self) -> Iterator[ShownStep]:
        against: dict[str, list[Objection]] = {}
        for objection in self.quoted.objections:
            against.setdefault(objection.product, []).append(objection)
        for part in self.quoted.parts:
            for step in part.steps:
                yield ShownStep(
                    code=step.product.code,
                    name=self.name(step.product),
                    was=self.number(step, step.was),
                    becomes=self.number(step, step.becomes),
                    from_on=part.quote.next_invoice.on if step.waits else None,
                    objections=tuple(against.get(step.product.code, ())),
                    instead_of=(
                        "" if step.instead_of is None else self.number(step, step.instead_of)
                    ),
                )

    def name(self, product: Product) -> str:
        return product.names[self.language]

    def number(self, step: Step, number: int) -> str:
        return quantity_of(number, step.product.names[f"unit_{self.language}"], self.language)

    def now(self) -> ShownAmount:
        lines = [(part, line) for part in self.quoted.parts for line in part.quote.due_now.lines]
        return self.amount(
            on=self.quoted.parts[0].quote.due_now.on,
            lines=[self.line(part, line) for part, line in lines],
            foot=self.quoted.due_now,
        )

    def foreseen(self, part: QuotedPart, amount: Amount) -> ShownAmount:
        return self.amount(
            on=amount.on,
            lines=[self.line(part, line) for line in amount.lines],
            foot=amount.totals,
            yearly=part.subscription.interval == "year",
            estimated=part.quote.estimated,
        )

    def amount(
        self,
        *,
        on: date,
        lines: Sequence[LineWords],
        foot: Totals,
        yearly: bool = False,
        estimated: bool = False,
    ) -> ShownAmount:
        return ShownAmount(
            on=on,
            lines=tuple(lines),
            subtotal=self.money(foot.subtotal),
            sums=tuple(sums_of(foot, currency=self.quoted.currency, language=self.language)),
            total=self.money(foot.total),
            yearly=yearly,
            estimated=estimated,
        )

    def money(self, amount: Decimal) -> Money:
        return Money(amount, self.quoted.currency)

    def line(self, part: QuotedPart, line: Line) -> LineWords:
        charge = charge_of(
            line,
            product=self.quoted.products[line.product],
            price=part.prices[line.price_version],
            language=self.language,
        )
        return line_words(charge, currency=self.quoted.currency, language=self.language)

    def carried(self) -> Iterator[str]:
        for part in self.quoted.parts:
            for step in part.carried:
                yield carried_words(step, on=part.quote.next_invoice.on, language=self.language)

    def unsaved(self) -> Iterator[str]:
        for part in self.quoted.parts:
            for one in part.quote.unsaved:
                yield unsaved_words(
                    one,
                    product=self.quoted.products[one.product],
                    then=_each_cycle(part, one.product),
                    currency=self.quoted.currency,
                    language=self.language,
                )

    def covered(self) -> Iterator[str]:
        for part in self.quoted.parts:
            for one in part.quote.covered:
                product = self.quoted.products[one.product]
                yield covered_words(one, product=product, language=self.language)


def _each_cycle(part: QuotedPart, product: str) -> Decimal:
    """What the product costs every whole cycle after the change."""
    lines = part.quote.every_cycle.lines
    return sum((line.amount for line in lines if line.product == product), Decimal(0))


def carried_words(step: Step, *, on: date, language: str) -> str:
    """What was scheduled and goes over to what takes its place, in a sentence. PRICE-5."""
    unit = step.product.names[f"unit_{language}"]
    said = {
        "name": step.product.names[language],
        "number": quantity_of(step.becomes, unit, language),
        "was": format_number(step.instead_of or 0, language),
        "day": format_day(on, language),
    }
    if step.instead_of == step.becomes:
        text = _("{name}: your scheduled change to {number} from {day} stays.")
    else:
        text = _(
            "{name}: instead of {was} as scheduled it is {number} from {day}: so many are included."
        )
    return text.format(**said)


def sums_of(foot: Totals, *, currency: str, language: str) -> Iterator[ShownSum]:
    """What stands between the lines and the total: the discount, and each tax with what it is."""
    if foot.discount:
        yield ShownSum(_("Discount"), Money(-foot.discount, currency))
    for tax in foot.taxes:
        yield ShownSum(_tax(tax, language), Money(tax.amount, currency))


def _tax(tax: TaxAmount, language: str) -> str:
    if tax.reason == Reason.REVERSE_CHARGE:
        return _("Reverse charge: you account for the tax")
    if tax.reason == Reason.EXEMPT:
        return _("Exempt from tax")
    rate = format_rate(Decimal(tax.rate or 0).normalize(), language)
    return _("Tax {rate}").format(rate=rate)


def charge_of(line: Line, *, product: Product, price: Price, language: str) -> Charge:
    """A line of a quote as far as words need it, its product named in ``language``."""
    names = product.names
    return Charge(
        name=names[language],
        unit=names[f"unit_{language}"],
        kind=line.kind.value,
        starts_on=line.period.start,
        ends_on=line.period.end,
        quantity=line.quantity,
        amount=line.amount,
        units=line.units,
        unit_amount=line.unit_amount if price.model is Model.PER_UNIT else None,
        share=line.share,
        months=line.months,
        allowance=price.allowance,
        **priced(snapshot(price)),
    )


def unsaved_words(
    one: Unsaved, *, product: Product, then: Decimal, currency: str, language: str
) -> str:
    """What a reduction does not save, and until when, in a sentence. PRICE-10, LIC-4.

    ``then`` is what the product costs each cycle after the reduction.
    """
    until = format_day(one.until, language)
    if one.peak_on is not None:
        text = _(
            "{name}: this month stays at {number} (peak on {day}). From {until} you pay {then} "
            "instead of {now}."
        )
        return text.format(
            name=product.names[language],
            number=quantity_of(one.peak, product.names[f"unit_{language}"], language),
            day=format_day(one.peak_on, language),
            until=until,
            then=format_money(then, currency, language),
            now=format_money(then + one.amount, currency, language),
        )
    text = _("{name}: {number} are paid until {until} ({amount}). This saves nothing before.")
    return text.format(
        name=product.names[language],
        number=quantity_of(one.quantity, product.names[f"unit_{language}"], language),
        amount=format_money(one.amount, currency, language),
        until=until,
    )


def covered_words(one: Covered, *, product: Product, language: str) -> str:
    """That a higher number costs nothing this month, because as many were set already. LIC-4."""
    text = _("{name}: this costs nothing this month, because {number} were set on {day} already.")
    return text.format(
        name=product.names[language],
        number=quantity_of(one.peak, product.names[f"unit_{language}"], language),
        day=format_day(one.peak_on, language),
    )
