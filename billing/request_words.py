"""Requests in their reader's words: what is asked for, and what each step has done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from billing.core.display import format_day
from billing.documents.wording import quantity_of
from billing.models import ChangeRequest, Product, RequestMessage
from billing.speaking import named, spoken


@dataclass(frozen=True, slots=True)
class Shown:
    """One change: a product with its number, or one product in the place of another.

    ``from_on``: from that day on; None: at once, or nobody can say yet.
    """

    name: str
    was: str
    becomes: str
    from_on: date | None = None

    def sentence(self) -> str:
        """For a letter: Pipelines: 1 → 0, from 28 February 2026."""
        change = f"{self.was} → {self.becomes}"
        said = f"{self.name}: {change}" if self.name else change
        if self.from_on is None:
            return said
        day = format_day(self.from_on, spoken())
        return _("%(change)s, from %(day)s") % {"change": said, "day": day}


class Words:
    """Puts messages into the language that is switched on. One query for all of them."""

    def __init__(self, messages: Iterable[RequestMessage]) -> None:
        codes = {code for message in messages for code in _codes(message.details)}
        found = Product.objects.filter(code__in=codes) if codes else ()
        self._products = {product.code: product for product in found}

    def says(self, message: RequestMessage) -> bool:
        """Whether the message names a change: what is asked for, or what was applied."""
        return bool(_codes(message.details))

    def asked(self, message: RequestMessage) -> Shown | None:
        """What is asked for from this message on; None where it asks for nothing in particular."""
        details = message.details
        if "was" not in details:
            return None
        (old, held), (new, wanted) = details["was"], details["becomes"]
        if old == new:
            return Shown(self._name(old), self._number(old, held), self._number(new, wanted))
        return Shown(
            "",
            f"{self._name(old)} · {self._number(old, held)}",
            f"{self._name(new)} · {self._number(new, wanted)}",
        )

    def applied(self, message: RequestMessage) -> list[Shown]:
        """What holds because of this message."""
        return [
            Shown(
                self._name(code),
                self._number(code, was),
                self._number(code, becomes),
                None if day is None else date.fromisoformat(day),
            )
            for code, was, becomes, day in message.details.get("steps", ())
        ]

    def _name(self, code: str) -> str:
        product = self._products.get(code)
        return code if product is None else product.names[spoken()]

    def _number(self, code: str, number: int) -> str:
        product = self._products.get(code)
        unit = "" if product is None else product.names[f"unit_{spoken()}"]
        return quantity_of(number, unit, spoken())


def title(request: ChangeRequest) -> str:
    """What a request is about, in a few words."""
    label = str(request.get_kind_display())
    if request.product is None:
        return label
    return f"{label}: {named(request.product)}"


def _codes(details: Mapping[str, Any]) -> set[str]:
    pairs = [details[name] for name in ("was", "becomes") if name in details]
    return {code for code, *_ in (*pairs, *details.get("steps", ()))}
