"""A document as e-invoice: EN 16931 as Cross Industry Invoice, the XML of Factur-X."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import override
from stdnum import iban

from accounts.countries import COUNTRIES
from accounts.models import Account
from accounts.tax_ids import prefix_of
from billing.core.money import to_minor_unit
from billing.core.tax import Category
from billing.documents.einvoice_limits import NoEInvoice, obstacle
from billing.documents.einvoice_lines import lines, named, plain, plain_amount
from billing.documents.page import discount_words, how_to_pay, reason_words, why_untaxed
from billing.documents.plain import printable
from billing.documents.reading import Facts, read

# UNTDID 1001, 4461 and 5189, and the list of reasons for which no tax is charged.
_INVOICE: Final = "380"
_CREDIT_NOTE: Final = "381"
_CARD: Final = "48"
_TRANSFER: Final = "30"
_SEPA_TRANSFER: Final = "58"
_DISCOUNT: Final = "95"
_REVERSE_CHARGE: Final = "VATEX-EU-AE"
_BY_EMAIL: Final = "EM"
# BR-CO-09 knows no tax ID of South Sudan.
_WITHOUT_TAX_IDS: Final = frozenset({"SS"})
_ONE_AT_A_TIME: Final = threading.Lock()


def invoice_xml(invoice_id: int, *, language: str | None = None) -> bytes:
    """The document as EN 16931 XML; its words in ``language`` (default: the document's own).

    `NoEInvoice` where the standard cannot say what stands on it, ``Invoice.DoesNotExist`` for an
    unknown id. The same document gives the same bytes.
    """
    return einvoice(read(invoice_id, language=language))


def einvoice(facts: Facts) -> bytes:
    """The document as EN 16931 XML, of the amounts that are stored.

    A credit note's amounts have their sign turned, as on paper. `NoEInvoice` with the reason, in
    the language that is switched on.
    """
    reason = obstacle(facts)
    if reason:
        raise NoEInvoice(reason)
    with override(facts.language):
        written = _Document(facts).content()
    return _as_xml(written)


def attachable(facts: Facts) -> bytes | None:
    """The XML that goes into the PDF; None where the document is one on paper alone."""
    return None if obstacle(facts) else einvoice(facts)


def _as_xml(written: dict[str, Any]) -> bytes:
    # It takes 0.2 seconds to load.
    from facturx import generate_cii_xml

    # Its first call changes lists that all threads share.
    with _ONE_AT_A_TIME:
        xml: bytes = generate_cii_xml(
            written, level="en16931", check_xsd=False, check_schematron=False
        )
    return xml


class _Document:
    """The parts of a document by the numbers that EN 16931 gives them."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        (self.tax,) = facts.taxes

    def content(self) -> dict[str, Any]:
        facts = self.facts
        kind = _CREDIT_NOTE if facts.in_favour else _INVOICE
        customer = _party(facts.customer, facts.customer["name"])
        return {
            "BT-1": facts.number,
            "BT-2": facts.issued_on,
            "BT-3": kind,
            "BT-5": facts.currency,
            "BG-1": self.notes(),
            "BG-3": [{"BT-25": facts.corrects}] if facts.corrects else [],
            "BG-4": self.seller(),
            "BG-7": customer,
            # The schema wants to hear of a delivery: what is sold goes to the customer.
            "BG-13": {"name": customer["name"]},
            "BG-23": [self.breakdown()],
            "BG-25": lines(facts, taxed=self.taxed("BT-151", "BT-152")),
            **self.period(),
            **self.payment(),
            **self.discounts(),
            **self.totals(),
        }

    def notes(self) -> list[dict[str, str]]:
        reason = printable(reason_words(self.facts)) if self.facts.reason else ""
        return [{"BT-22": reason}] if reason else []

    def signed(self, amount: Decimal) -> Decimal:
        """In the document's own direction."""
        signed = -amount if self.facts.in_favour else amount
        return to_minor_unit(signed, self.facts.currency)

    def amount(self, amount: Decimal) -> str:
        return plain_amount(self.signed(amount))

    def taxed(self, category: str, rate: str) -> dict[str, str]:
        return {category: str(self.tax.category), rate: plain(self.tax.rate)}

    def seller(self) -> dict[str, Any]:
        seller = self.facts.seller
        party = _party(vars(seller), seller.name)
        if "vat_identifier" not in party:
            number = printable(seller.tax_id).strip()
            party |= {"identifiers": {None: number}, "tax_identifier": number}
            party.pop("legal_identifier", None)
        return party | {
            "legal_info": printable(seller.registration).strip(),
            "einvoicing_addr": seller.email,
            "einvoicing_addr_schemeid": _BY_EMAIL,
            "contacts": [{"name": named(seller.name), "email": seller.email}],
        }

    def period(self) -> dict[str, Any]:
        period = self.facts.period
        if period is None:
            return {}
        first, end = period
        return {"BT-73": first, "BT-74": max(first, end - timedelta(days=1))}

    def breakdown(self) -> dict[str, str]:
        tax = self.tax
        found = {
            "BT-116": self.amount(tax.base),
            "BT-117": self.amount(tax.amount),
            **self.taxed("BT-118", "BT-119"),
        }
        why = why_untaxed(tax.reason)
        if why:
            found["BT-120"] = why
        if tax.category == Category.REVERSE_CHARGE:
            found["BT-121"] = _REVERSE_CHARGE
        return found

    def payment(self) -> dict[str, Any]:
        facts = self.facts
        found: dict[str, Any] = {"BT-20": how_to_pay(facts)}
        if facts.in_favour or not facts.to_pay:
            return found
        if facts.pays_by == Account.PaysBy.CARD:
            return found | {"BT-81": _CARD}
        return found | {"BT-9": facts.due_on, "BT-83": facts.number} | self.account()

    def account(self) -> dict[str, str]:
        """Where a transfer goes; nothing where the seller has named no account."""
        seller = self.facts.seller
        number = iban.compact(printable(seller.iban))
        if not number:
            return {}
        in_sepa = self.facts.currency == "EUR" and iban.is_valid(number)
        bank = {"BT-86": seller.bic.replace(" ", "")} if seller.bic.strip() else {}
        return {
            "BT-81": _SEPA_TRANSFER if in_sepa else _TRANSFER,
            "BT-84": number,
            "BT-85": named(seller.name),
            **bank,
        }

    def discounts(self) -> dict[str, Any]:
        """What is taken off the whole; a discount on lines below zero puts on, as a charge."""
        off = [(self.signed(amount), of) for *of, amount in self.facts.discounts]
        taken = [(amount, of) for amount, of in off if amount > 0]
        put_on = [(-amount, of) for amount, of in off if amount < 0]
        found: dict[str, Any] = {}
        for entries, total, amounts, code in (
            ("BG-20", "BT-107", taken, {"reason_code": _DISCOUNT}),
            ("BG-21", "BT-108", put_on, {}),
        ):
            if amounts:
                found[entries] = [self.discount(amount, *of) | code for amount, of in amounts]
                found[total] = plain_amount(sum((amount for amount, _of in amounts), Decimal(0)))
        return found

    def discount(self, amount: Decimal, percent: Decimal, base: Decimal) -> dict[str, str]:
        return {
            "amount": plain_amount(amount),
            "reason": discount_words(self.facts, percent, base),
            **self.taxed("vat_category_code", "vat_rate"),
        }

    def totals(self) -> dict[str, str]:
        facts = self.facts
        found = {
            "BT-106": self.amount(facts.subtotal),
            "BT-109": self.amount(self.tax.base),
            "BT-110": self.amount(self.tax.amount),
            "BT-112": self.amount(facts.total),
            "BT-115": self.amount(facts.to_pay),
        }
        if facts.credit_used:
            found["BT-113"] = self.amount(facts.credit_used)
        return found


def _party(of: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A name with its address and tax ID, without what is empty."""
    lines_of = {
        "addr_l1": of.get("street"),
        "postcode": of.get("postcode"),
        "city": of.get("city"),
        **_tax_id(printable(of.get("tax_id") or "").strip(), of["country"]),
    }
    given = {key: printable(value or "").strip() for key, value in lines_of.items()}
    return {
        "name": named(name),
        "country_code": of["country"],
        **{key: value for key, value in given.items() if value},
    }


def _tax_id(number: str, country: str) -> dict[str, str]:
    """A number that begins with its country, as the standard wants; else one of a register."""
    prefix = prefix_of(country) or country
    if number.startswith(prefix) and country in COUNTRIES - _WITHOUT_TAX_IDS:
        return {"vat_identifier": number}
    return {"legal_identifier": number}
