"""Conditions: what turns lines into a document, as it was when they were confirmed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.core.tax import Treatment
from billing.drafts import Json


@dataclass(frozen=True, slots=True)
class Conditions:
    """How the lines of a confirmed quote become its one document. PRICE-10, decision 49.

    ``on`` is the local day of the confirmation in the billing ``zone`` of the payer. ``customer``
    is what the document says of them, and ``tax_id_state`` how far their tax ID was checked: with
    the ``seller_id`` of the seller's details they are what ``treatment`` was found by.
    """

    on: date
    zone: str
    discount_percent: Decimal
    treatment: Treatment
    seller_id: int
    customer: Mapping[str, str]
    tax_id_state: str
    pays_by: str

    def to_json(self) -> Json:
        """As an order keeps it: percents as strings, exactly; None where there is no rate."""
        rate = self.treatment.rate
        return {
            "on": self.on.isoformat(),
            "zone": self.zone,
            "discount_percent": format(self.discount_percent, "f"),
            "treatment": {
                "rate": None if rate is None else format(rate, "f"),
                "category": str(self.treatment.category),
                "reason": str(self.treatment.reason),
            },
            "seller": self.seller_id,
            "customer": dict(self.customer),
            "tax_id_state": self.tax_id_state,
            "pays_by": self.pays_by,
        }


def from_json(kept: Json) -> Conditions:
    """What `Conditions.to_json` has kept."""
    treatment = kept["treatment"]
    rate = treatment["rate"]
    return Conditions(
        on=date.fromisoformat(kept["on"]),
        zone=kept["zone"],
        discount_percent=Decimal(kept["discount_percent"]),
        treatment=Treatment(
            None if rate is None else Decimal(rate), treatment["category"], treatment["reason"]
        ),
        seller_id=kept["seller"],
        customer=kept["customer"],
        tax_id_state=kept["tax_id_state"],
        pays_by=kept["pays_by"],
    )
