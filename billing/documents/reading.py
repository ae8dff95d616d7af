"""An issued document read back from the database, as facts without words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch

from accounts.models import Account
from billing.core.money import to_minor_unit
from billing.core.pricing import Tier
from billing.documents.wording import Charge
from billing.models import Bill, Invoice, Line, Price, SellerDetails


@dataclass(frozen=True, slots=True)
class TaxFacts:
    """The tax of one rate: ``category`` and ``reason`` as ``billing.core.tax`` names them."""

    rate: Decimal
    base: Decimal
    amount: Decimal
    category: str
    reason: str


@dataclass(frozen=True, slots=True)
class Group:
    """The lines of one account; ``name`` is empty where the document is about its payer alone."""

    name: str
    subtotal: Decimal
    charges: tuple[Charge, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that stands on a document; amounts are signed as charges.

    ``corrects`` is the number of the invoice that a credit note gives back lines of, and ``reason``
    why it does.
    """

    number: str
    kind: str
    language: str
    currency: str
    pays_by: str
    issued_at: datetime
    issued_on: date
    due_on: date
    seller: SellerDetails
    customer: Mapping[str, Any]
    corrects: str
    groups: tuple[Group, ...]
    subtotal: Decimal
    discounts: tuple[tuple[Decimal, Decimal, Decimal], ...]
    taxes: tuple[TaxFacts, ...]
    total: Decimal
    credit_used: Decimal = Decimal(0)
    reason: str = ""

    @property
    def to_pay(self) -> Decimal:
        """What the credit balance left to pay when the document was issued."""
        return self.total - self.credit_used

    @property
    def in_favour(self) -> bool:
        """Whether the document gives money back: its amounts are shown with the sign turned."""
        return self.kind == Invoice.Kind.CREDIT_NOTE

    @property
    def period(self) -> tuple[date, date] | None:
        """The first day that a line is about, and the first one that none is."""
        charges = [charge for group in self.groups for charge in group.charges]
        if not charges:
            return None
        return (
            min(charge.starts_on for charge in charges),
            max(charge.ends_on for charge in charges),
        )


def read(invoice_id: int, *, language: str | None = None) -> Facts:
    """The facts of this document, its products named in ``language`` (default: its own).

    A language that nothing is written in is read as English: what is issued can always be shown.
    ``Invoice.DoesNotExist`` for an unknown id. Three queries, however many lines.
    """
    rows = Invoice.objects.select_related("seller", "corrects", "correction")
    invoice = rows.get(pk=invoice_id)
    language = _spoken(language or invoice.language)
    bills = _bills(invoice)
    return _facts(invoice, language, bills, tuple(_groups(invoice, bills, language)))


def foot(invoice: Invoice, *, language: str) -> Facts:
    """The facts of this document without its lines; ``seller`` and ``corrects`` are read with it.

    One query, however many lines it has.
    """
    return _facts(invoice, _spoken(language), list(invoice.bills.order_by("pk")), ())


def _facts(
    invoice: Invoice, language: str, bills: Sequence[Bill], groups: tuple[Group, ...]
) -> Facts:
    total = invoice.total
    return Facts(
        number=invoice.number,
        kind=invoice.kind,
        language=language,
        currency=total.currency.code,
        pays_by=invoice.pays_by,
        issued_at=invoice.issued_at,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        seller=invoice.seller,
        customer=invoice.customer,
        corrects=invoice.corrects.number if invoice.corrects else "",
        groups=groups,
        subtotal=invoice.subtotal,
        discounts=tuple(_discounts(bills)),
        taxes=tuple(_tax(tax) for tax in invoice.taxes),
        total=to_minor_unit(total.amount, total.currency.code),
        credit_used=to_minor_unit(invoice.credit_used, total.currency.code),
        reason=reason_of(invoice),
    )


def reason_of(invoice: Invoice) -> str:
    """Why a credit note was raised; empty for every other document."""
    return invoice.correction.reason if hasattr(invoice, "correction") else ""


def _spoken(language: str) -> str:
    return language if language in Account.Language.values else Account.Language.ENGLISH.value


def _bills(invoice: Invoice) -> list[Bill]:
    """The payer's own first, then account by account in order of name."""
    lines = Line.objects.select_related("price", "reverses")
    bills = invoice.bills.select_related("subscription__account").prefetch_related(
        Prefetch("lines", queryset=lines)
    )
    return sorted(bills, key=lambda bill: _place(bill, invoice.payer_id))


def _place(bill: Bill, payer_id: int) -> tuple[Any, ...]:
    account = bill.subscription.account
    return (account.pk != payer_id, account.name, account.pk, bill.at, bill.pk)


def _groups(invoice: Invoice, bills: Iterable[Bill], language: str) -> Iterable[Group]:
    by_account: dict[int, list[Bill]] = {}
    for bill in bills:
        by_account.setdefault(bill.subscription.account_id, []).append(bill)
    named = set(by_account) != {invoice.payer_id}
    for of_account in by_account.values():
        yield Group(
            name=_name(invoice, of_account[0].subscription.account) if named else "",
            subtotal=sum((bill.subtotal for bill in of_account), Decimal(0)),
            charges=tuple(
                charge_of(line, language) for bill in of_account for line in bill.lines.all()
            ),
        )


def _name(invoice: Invoice, account: Account) -> str:
    """What the account was called when the document was issued."""
    known: dict[str, str] = invoice.customer.get("accounts", {})
    return known.get(str(account.pk), account.name)


def _discounts(bills: Iterable[Bill]) -> Iterable[tuple[Decimal, Decimal, Decimal]]:
    """Percent, what it is taken of, and the amount, of each percent that takes something off."""
    found: dict[Decimal, tuple[Decimal, Decimal]] = {}
    for bill in bills:
        if bill.discount:
            base, amount = found.get(bill.discount_percent, (Decimal(0), Decimal(0)))
            found[bill.discount_percent] = (base + bill.subtotal, amount + bill.discount)
    for percent, (base, amount) in sorted(found.items()):
        yield percent, base, amount


def _tax(tax: Mapping[str, Any]) -> TaxFacts:
    return TaxFacts(
        rate=Decimal(tax["rate"] or 0),
        base=Decimal(tax["base"]),
        amount=Decimal(tax["amount"]),
        category=tax["category"],
        reason=tax.get("reason") or "",
    )


def charge_of(line: Line, language: str) -> Charge:
    """A line as far as words need it, its product named in ``language``."""
    names = line.names
    share = None
    if line.share_days is not None and line.cycle_days is not None:
        share = (line.share_days, line.cycle_days)
    return Charge(
        name=names.get(language) or names["en"],
        unit=names.get(f"unit_{language}", ""),
        kind=line.kind,
        starts_on=line.starts_on,
        ends_on=line.ends_on,
        quantity=line.quantity,
        amount=line.amount,
        units=line.units,
        unit_amount=line.unit_amount,
        share=share,
        months=line.months,
        allowance=line.price.allowance,
        part_of=_part_of(line),
        **priced(line.tiers),
    )


def _part_of(line: Line) -> Decimal | None:
    """The amount of the line that this one gives back a part of; None where it is all of it."""
    if line.reverses is None or line.reverses.amount == -line.amount:
        return None
    return line.reverses.amount


def priced(tiers: Mapping[str, Any] | None) -> dict[str, Any]:
    """The fields of a `Charge` that a line's snapshot of a price not per unit gives."""
    found = tiers or {}
    return {
        "model": found.get("model", Price.Model.PER_UNIT),
        "price_amount": Decimal(found["amount"]) if "amount" in found else None,
        "size": found.get("size"),
        "tiers": tuple(
            Tier(tier["up_to"], Decimal(tier["unit"]), Decimal(tier["flat"]))
            for tier in found.get("tiers", ())
        ),
    }
