"""A document in a reader's language: every word and figure of the page, ready to be set."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from accounts.models import Account
from billing.core.display import (
    country_name,
    format_amount,
    format_day,
    format_money,
    format_period,
    format_rate,
)
from billing.core.tax import Reason
from billing.documents.reading import Facts, Group, TaxFacts
from billing.documents.wording import line_words
from billing.models import SellerDetails


def page(facts: Facts) -> dict[str, Any]:
    """What ``invoice.typ`` reads: texts, and lists of texts."""
    with override(facts.language):
        return _Page(facts).content()


def title(facts: Facts) -> str:
    """What the document is called, in the language that is switched on: Invoice SL-2026-00042."""
    return f"{heading(facts)} {facts.number}"


def heading(facts: Facts) -> str:
    """Invoice, or credit note."""
    return _("Credit note") if facts.in_favour else _("Invoice")


def headline(facts: Facts) -> str:
    """What is to be done about the amount, in a few words."""
    if facts.in_favour:
        return _("in your favour")
    if not facts.to_pay:
        by_credit = _("to pay, the total was taken from your credit balance")
        return by_credit if facts.total else _("nothing to pay")
    if facts.pays_by == Account.PaysBy.CARD:
        return _("to be charged to your card")
    return _("due on %(day)s by bank transfer") % {"day": format_day(facts.due_on, facts.language)}


def owed(facts: Facts) -> str:
    """The total with its currency; of a credit note what it gives, without a minus."""
    total = -facts.total if facts.in_favour else facts.total
    return format_money(total, facts.currency, facts.language)


def to_pay(facts: Facts) -> str:
    """What is left to pay with its currency; of a credit note what it gives."""
    if facts.in_favour:
        return owed(facts)
    return format_money(facts.to_pay, facts.currency, facts.language)


def why_untaxed(reason: str) -> str:
    """Why no tax is charged, as the law wants it said; empty where nothing need be said."""
    if reason == Reason.REVERSE_CHARGE:
        return _("Reverse charge: the customer accounts for the tax.")
    return _("Exempt from tax.") if reason == Reason.EXEMPT else ""


def reason_words(facts: Facts) -> str:
    """Why a credit note was raised, in the language that is switched on."""
    return _("Reason: %(reason)s") % {"reason": facts.reason}


def how_to_pay(facts: Facts) -> str:
    """How and until when the amount is paid, in the language that is switched on."""
    words: str = _Page(facts).payment()["words"]
    return words


def sums_of(facts: Facts) -> list[dict[str, Any]]:
    """The foot of the document: labels, and amounts without their currency; what is ``strong``."""
    with override(facts.language):
        return list(_Page(facts).sums())


def discount_words(facts: Facts, percent: Decimal, base: Decimal) -> str:
    """What a discount is called: Discount 20%, in the language that is switched on."""
    return _Page(facts).discount(percent, base)


def transfer_facts(facts: Facts, amount: Decimal) -> list[tuple[str, str]]:
    """What a bank transfer of ``amount`` needs to know."""
    return transfer_rows(
        facts.seller,
        reference=facts.number,
        amount=format_money(amount, facts.currency, facts.language),
    )


def transfer_rows(seller: SellerDetails, *, reference: str, amount: str) -> list[tuple[str, str]]:
    """Where a bank transfer goes and what it names, in the language that is switched on."""
    named = [
        (_("Account holder"), seller.name),
        (_("Bank"), seller.bank_name),
        ("IBAN", " ".join(re.findall(".{1,4}", seller.iban.replace(" ", "")))),
        ("BIC", seller.bic),
        (pgettext("transfer", "Reference"), reference),
        (_("Amount"), amount),
    ]
    return [(name, value) for name, value in named if value]


@dataclass(frozen=True, slots=True)
class _Page:
    facts: Facts

    def content(self) -> dict[str, Any]:
        facts = self.facts
        return {
            "language": facts.language,
            "title": title(facts),
            "heading": heading(facts),
            "number": facts.number,
            "dates": list(self.dates()),
            "seller": self.seller(),
            "customer": self.customer(),
            "headline": {"amount": to_pay(facts), "words": headline(facts)},
            "columns": [
                _("Description"),
                _("Quantity"),
                _("Unit price"),
                _("Amount in %(currency)s") % {"currency": facts.currency},
            ],
            "groups": [self.group(group) for group in facts.groups],
            "sums": list(self.sums()),
            "remarks": list(self.remarks()),
            "payment": self.payment(),
            "footer": " · ".join(filter(None, (facts.seller.name, facts.seller.registration))),
            "page_words": self.page_words(),
        }

    def day(self, name: str) -> str:
        return format_day(getattr(self.facts, name), self.facts.language)

    def amount(self, amount: Decimal) -> str:
        """In the document's own direction, without the currency."""
        signed = -amount if self.facts.in_favour else amount
        return format_amount(signed, self.facts.currency, self.facts.language)

    def dates(self) -> Iterator[tuple[str, str]]:
        facts = self.facts
        yield _("Issued on"), self.day("issued_on")
        if facts.pays_by != Account.PaysBy.CARD and not facts.in_favour and facts.to_pay:
            yield _("Due on"), self.day("due_on")
        if facts.period is not None:
            first, end = facts.period
            last = max(first, end - timedelta(days=1))
            yield _("Period"), format_period(first, last, facts.language)
        if facts.corrects:
            yield _("Corrects"), facts.corrects

    def seller(self) -> dict[str, Any]:
        seller = self.facts.seller
        address = _address(vars(seller), self.facts.language)
        return {
            "label": pgettext("on an invoice", "From"),
            "name": seller.name,
            "lines": [*address, *self.tax_id(seller.tax_id), seller.email],
        }

    def customer(self) -> dict[str, Any]:
        customer = self.facts.customer
        address = _address(customer, self.facts.language)
        return {
            "label": pgettext("on an invoice", "To"),
            "name": customer["name"],
            "lines": [*address, *self.tax_id(customer.get("tax_id"))],
        }

    def tax_id(self, number: str | None) -> list[str]:
        return [" ".join((_("Tax ID"), number))] if number else []

    def group(self, group: Group) -> dict[str, Any]:
        facts = self.facts
        words = (
            line_words(
                charge,
                currency=facts.currency,
                language=facts.language,
                in_favour=facts.in_favour,
            )
            for charge in group.charges
        )
        return {
            "name": group.name,
            "amount": self.amount(group.subtotal),
            "lines": [asdict(line) for line in words],
        }

    def sums(self) -> Iterator[dict[str, Any]]:
        facts = self.facts
        if facts.discounts or facts.taxes:
            yield _sum(_("Subtotal"), self.amount(facts.subtotal))
        for percent, base, amount in facts.discounts:
            yield _sum(self.discount(percent, base), self.amount(-amount))
        for tax in facts.taxes:
            yield _sum(self.tax(tax), self.amount(tax.amount))
        total = _("Total in %(currency)s") % {"currency": facts.currency}
        yield {**_sum(total, self.amount(facts.total)), "strong": True}
        if facts.credit_used:
            yield _sum(_("Taken from your credit balance"), self.amount(-facts.credit_used))
            left = _("To pay in %(currency)s") % {"currency": facts.currency}
            yield {**_sum(left, self.amount(facts.to_pay)), "strong": True}

    def discount(self, percent: Decimal, base: Decimal) -> str:
        rate = format_rate(percent.normalize(), self.facts.language)
        if base == self.facts.subtotal:
            return _("Discount %(rate)s") % {"rate": rate}
        return _("Discount %(rate)s on %(base)s") % {"rate": rate, "base": self.amount(base)}

    def tax(self, tax: TaxFacts) -> str:
        return _("Tax %(rate)s on %(base)s") % {
            "rate": format_rate(tax.rate.normalize(), self.facts.language),
            "base": self.amount(tax.base),
        }

    def remarks(self) -> Iterator[str]:
        if self.facts.reason:
            yield reason_words(self.facts)
        reasons = {tax.reason for tax in self.facts.taxes}
        for reason in (Reason.REVERSE_CHARGE, Reason.EXEMPT):
            if reason in reasons:
                yield why_untaxed(reason)

    def payment(self) -> dict[str, Any]:
        facts = self.facts
        if facts.in_favour:
            words = _("This amount is taken off what you owe, now or on your next invoices.")
            return _payment(_("In your favour"), words)
        if not facts.to_pay:
            return _payment(_("Nothing to pay"), _("This invoice needs no payment."))
        if facts.pays_by == Account.PaysBy.CARD:
            words = _("The amount is charged to your card. There is nothing more for you to do.")
            return _payment(_("How it is paid"), words)
        words = _(
            "Transfer the amount by %(day)s and name the reference, so that it is recognised."
        ) % {"day": self.day("due_on")}
        return _payment(_("How to pay"), words, transfer_facts(facts, facts.to_pay))

    def page_words(self) -> list[str]:
        """What stands before, between and after the two numbers of "Page 1 of 3"."""
        mark = "\n"
        return (_("Page %(page)s of %(pages)s") % {"page": mark, "pages": mark}).split(mark)


def _sum(label: str, amount: str) -> dict[str, Any]:
    return {"label": label, "amount": amount, "strong": False}


def _payment(named: str, words: str, facts: list[tuple[str, str]] | None = None) -> dict[str, Any]:
    return {"heading": named, "words": words, "facts": facts or []}


def _address(of: Any, language: str) -> list[str]:
    """The lines of an address, without those that are empty."""
    town = " ".join(filter(None, (of.get("postcode"), of.get("city"))))
    country = country_name(of["country"], language) if of.get("country") else ""
    return [line for line in (of.get("street"), town, country) if line]
