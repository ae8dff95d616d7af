"""What keeps a document from being an e-invoice: what EN 16931 cannot say."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from billing.core.currencies import is_current
from billing.core.money import minor_digits, to_minor_unit
from billing.core.tax import Category, Treatment
from billing.core.totals import Document, Taxed, document_totals
from billing.documents.reading import Facts

# BR-DEC-01 to -28: amounts have two decimals at most.
_MOST_DECIMALS: Final = 2
# The accounting dinar is in ISO 4217, but not yet in the list of the standard.
_NOT_LISTED: Final = frozenset({"XAD"})


class NoEInvoice(ValueError):
    """The document cannot be written as EN 16931 wants it; the message says why."""


def obstacle_of_currency(currency: str) -> str:
    """Why documents in this currency cannot be e-invoices; empty where they can."""
    if minor_digits(currency) > _MOST_DECIMALS:
        return _("%(currency)s has %(digits)s decimals; an e-invoice (EN 16931) takes two.") % {
            "currency": currency,
            "digits": minor_digits(currency),
        }
    if currency in _NOT_LISTED or not is_current(currency):
        return _("%(currency)s is no currency of e-invoices (EN 16931).") % {"currency": currency}
    return ""


def obstacle(facts: Facts) -> str:
    """Why this document cannot be an e-invoice, in a sentence; empty where it can."""
    return next(_obstacles(facts), "")


def _obstacles(facts: Facts) -> Iterator[str]:
    of_currency = obstacle_of_currency(facts.currency)
    if of_currency:
        yield of_currency
    if not facts.seller.country or not facts.seller.tax_id.strip():
        yield _("The seller's country or tax ID is missing.")
    if not facts.customer.get("country"):
        yield _("The customer's country is missing.")
    if not any(group.charges for group in facts.groups):
        yield _("It has no line.")
    if len(facts.taxes) != 1:
        yield _("It does not say how each of its lines is taxed.")
        return
    if facts.taxes[0].category == Category.REVERSE_CHARGE and not facts.customer.get("tax_id"):
        yield _("Reverse charge needs the customer's tax ID, which is missing.")
    if not _adds_up(facts):
        yield _("Its amounts do not add up as those of an e-invoice must.")


def _adds_up(facts: Facts) -> bool:
    """Whether what is stored is what the standard's own arithmetic comes to.

    The tax may be off by less than one, as BR-S-09 has it: credit notes spread what was rounded.
    """
    (tax,) = facts.taxes
    treatment = Treatment(tax.rate, tax.category, tax.reason)
    charges = [charge for group in facts.groups for charge in group.charges]
    summed = document_totals(
        Document(
            lines=tuple(Taxed(_money(facts, charge.amount), treatment) for charge in charges),
            allowances=tuple(
                Taxed(_money(facts, amount), treatment) for *_of, amount in facts.discounts
            ),
        ),
        facts.currency,
    )
    gap = abs(summed.tax_total - tax.amount)
    return (
        summed.line_total == facts.subtotal
        and summed.tax_exclusive == tax.base
        and summed.tax_exclusive + tax.amount == facts.total
        and (gap < 1 if tax.category == Category.STANDARD else not tax.amount)
    )


def _money(facts: Facts, amount: Decimal) -> Decimal:
    return to_minor_unit(amount, facts.currency)
