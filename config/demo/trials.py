"""What is tried for free in the demo."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from accounts.deeds import NOBODY
from accounts.models import Account
from billing import trials
from billing.models import Product

# Who tries what, how many days before the end of the story it begins, and how many after it ends.
TRIED: Final = ("C-101", "custom-reporting", 5, 12)


@dataclass(frozen=True, slots=True)
class Tries:
    """Support lets an account use one of a product for free until a day."""

    reference: str
    code: str
    ends_on: date

    def do(self, at: datetime) -> None:
        trials.grant(
            account_id=Account.objects.values_list("pk", flat=True).get(reference=self.reference),
            product=Product.objects.get(code=self.code),
            quantity=1,
            ends_on=self.ends_on,
            at=at,
            by=NOBODY,
            note="Asked for at a fair",
        )
