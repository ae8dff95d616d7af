"""Vectors about whole documents: their totals by EN 16931."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from billing.core.totals import Document, Taxed, Treatment, document_totals, line_net
from tests.core.vector_adapter_words import only

Inputs = Mapping[str, Any]


def invoice_totals(inputs: Inputs) -> dict[str, Any]:
    only(inputs, rounding="half_up", tax_rounding_stage="per_category_subtotal")
    currency = inputs["currency"]
    nets = [_net(line, currency) for line in inputs["lines"]]
    document = Document(
        lines=tuple(
            Taxed(net, _treatment(line)) for net, line in zip(nets, inputs["lines"], strict=True)
        ),
        allowances=_taxed(inputs.get("document_allowances", ())),
        charges=_taxed(inputs.get("document_charges", ())),
        prepaid=Decimal(inputs.get("prepaid", "0")),
        payable_rounding=Decimal(inputs.get("payable_rounding", "0")),
    )
    totals = document_totals(document, currency)
    return {
        "line_nets": nets,
        "line_total": totals.line_total,
        "allowance_total": totals.allowance_total,
        "charge_total": totals.charge_total,
        "tax_exclusive": totals.tax_exclusive,
        "tax_total": totals.tax_total,
        "tax_inclusive": totals.tax_inclusive,
        "payable": totals.payable,
        "tax_subtotals": [
            {
                "tax_category": tax.category,
                "tax_rate": tax.rate,
                "base": tax.base,
                "tax": tax.amount,
            }
            for tax in totals.taxes
        ],
    }


def _net(line: Inputs, currency: str) -> Decimal:
    if "net" in line:
        return Decimal(line["net"])
    return line_net(
        quantity=Decimal(line["quantity"]),
        price=Decimal(line["price"]),
        base_quantity=Decimal(line.get("price_base_quantity", "1")),
        allowances=[Decimal(amount) for amount in line.get("allowances", ())],
        charges=[Decimal(amount) for amount in line.get("charges", ())],
        currency=currency,
    )


def _treatment(entry: Inputs) -> Treatment:
    rate = entry["tax_rate"]
    return Treatment(None if rate is None else Decimal(rate), entry["tax_category"])


def _taxed(entries: Iterable[Inputs]) -> tuple[Taxed, ...]:
    return tuple(Taxed(Decimal(entry["amount"]), _treatment(entry)) for entry in entries)


OPS = {"invoice_totals": invoice_totals}
