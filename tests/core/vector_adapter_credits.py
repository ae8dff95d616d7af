"""Vectors about credits: what is given back, on which note, as money or on account."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from billing.core.balance import apply_credit, capped_credit, refundable, unused_credit
from billing.core.credit import BilledLine, CreditNote, billed, credit_note
from billing.core.money import to_minor_unit
from billing.core.proration import prorate, share_of
from billing.core.tax import Category, Treatment, with_tax
from tests.core.vector_adapter_words import only, period

Inputs = Mapping[str, Any]


def _share(inputs: Inputs, ends: str) -> Fraction:
    service = period(inputs["service_from"], inputs["service_to"], ends=ends)
    whole = period(inputs["period_from"], inputs["period_to"], ends=ends)
    return prorate(1, *share_of(service, whole))


def upgrade_with_taxed_credit(inputs: Inputs) -> dict[str, Any]:
    convention = inputs.get("convention", {})
    only(convention, day_count="actual/actual_period", rounding="half_up", round_stage="line")
    share, currency = _share(inputs, convention.get("end", "exclusive")), inputs["currency"]
    credit = unused_credit(
        Decimal(inputs["old_amount"]),
        unused=share,
        rate=Decimal(inputs["tax_rate"]),
        currency=currency,
    )
    return {
        "new_charge": to_minor_unit(Fraction(inputs["new_amount"]) * share, currency),
        "credit_net": credit.net,
        "credit_tax": credit.tax,
        "credit_total": credit.total,
    }


def termination_credit(inputs: Inputs) -> dict[str, Any]:
    only(inputs, rounding="half_up")
    currency, rate = inputs["currency"], Decimal(inputs["tax_rate"])
    amount, discount = Decimal(inputs["amount"]), Decimal(inputs["line_discount"])
    credit = unused_credit(
        amount,
        unused=prorate(1, Fraction(inputs["unused"]), Fraction(inputs["total"])),
        rate=rate,
        currency=currency,
        discount=discount,
        credited_before=Decimal(inputs["previous_credit_net"]),
    )
    line_total = with_tax(amount - discount, rate)
    refund = refundable(
        Decimal(inputs["invoice_paid"]),
        line_total=line_total,
        invoice_total=line_total + with_tax(Decimal(inputs["other_lines_net"]), rate),
        used=prorate(1, Fraction(inputs["used"]), Fraction(inputs["total"])),
        credit=credit.total,
        currency=currency,
    )
    money_back = {"refund": refund, "credit": to_minor_unit(0, currency)}[inputs["surplus_mode"]]
    return {
        "net": credit.net,
        "discount": credit.discount,
        "tax": credit.tax,
        "total": credit.total,
        "refund": money_back,
        "credit": credit.total - money_back,
    }


def apply_credit_to_invoice(inputs: Inputs) -> dict[str, Any]:
    used = apply_credit(Decimal(inputs["invoice_total"]), Decimal(inputs["credit_balance"]))
    return {"applied": used.applied, "to_pay": used.to_pay, "credit_left": used.left}


def credit_within_cap(inputs: Inputs) -> dict[str, Any]:
    credit = capped_credit(
        Decimal(inputs["potential"]),
        billed=Decimal(inputs["original_paid"]),
        credited_before=Decimal(inputs["previous_credits"]),
    )
    return {"credit": credit}


def capped_prorated_credit(inputs: Inputs) -> dict[str, Any]:
    only(inputs, rounding="half_up")
    exact = Fraction(inputs["amount"]) * _share(inputs, inputs.get("end", "exclusive"))
    potential = to_minor_unit(exact, inputs["currency"])
    entries = [Decimal(amount) for amount in inputs["billed"]]
    credit = capped_credit(
        potential,
        billed=sum((amount for amount in entries if amount > 0), Decimal(0)),
        credited_before=-sum((amount for amount in entries if amount < 0), Decimal(0)),
    )
    return {"potential": potential, "credit": credit}


def credit_note_sequence(inputs: Inputs) -> dict[str, Any]:
    only(inputs, rounding="half_up")
    currency = inputs["currency"]
    discounted = inputs.get("discount_lines", range(len(inputs["lines"])))
    lines = [
        BilledLine(
            Decimal(line["net"]),
            Treatment(Decimal(line["tax_rate"]), Category.STANDARD),
            discounted=place in discounted,
        )
        for place, line in enumerate(inputs["lines"])
    ]
    invoice = billed(lines, Decimal(inputs["discount"]), currency)
    notes: list[CreditNote] = []
    for wanted in inputs["credit_notes"]:
        credited = [(place, Decimal(amount)) for place, amount in wanted]
        notes.append(credit_note(invoice, credited, earlier=notes, currency=currency))
    return {
        "invoice_tax": invoice.tax,
        "invoice_total": invoice.total,
        "notes": [
            {"net": note.net, "discount": note.discount, "tax": note.tax, "total": note.total}
            for note in notes
        ],
    }


OPS = {
    "apply_credit": apply_credit_to_invoice,
    "capped_credit": credit_within_cap,
    "capped_prorated_credit": capped_prorated_credit,
    "credit_note_sequence": credit_note_sequence,
    "termination_credit": termination_credit,
    "upgrade_with_taxed_credit": upgrade_with_taxed_credit,
}
