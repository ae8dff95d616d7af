"""VIES: the service of the European Commission that knows the tax IDs of the Union."""

from __future__ import annotations

import json
from http.client import HTTPException
from typing import Any, Final
from urllib.parse import quote
from urllib.request import Request, urlopen

from accounts.tax_checks.base import Answer
from accounts.tax_ids import UNION

ADDRESS: Final = "https://ec.europa.eu/taxation_customs/vies/rest-api"
_LONGEST_ANSWER: Final = 100_000


class Vies:
    """Asks VIES, which asks the member state."""

    name = "VIES"
    countries = UNION

    def __init__(self, address: str = ADDRESS, *, seconds: float = 5) -> None:
        self._address, self._seconds = address, seconds

    def ask(self, number: str) -> Answer:
        """What VIES says; unknown for an outage, of a member state's too, and any odd answer."""
        said = self._said(f"/ms/{quote(number[:2], safe='')}/vat/{quote(number[2:], safe='')}")
        if said.get("isValid") is True:
            return Answer.VALID
        # It says isValid: false as well where the member state did not answer.
        if said.get("isValid") is False and said.get("userError") == "INVALID":
            return Answer.INVALID
        return Answer.UNKNOWN

    def _said(self, path: str) -> dict[str, Any]:
        request = Request(self._address + path, headers={"Accept": "application/json"})
        try:
            with urlopen(request, timeout=self._seconds) as answer:
                said = json.loads(answer.read(_LONGEST_ANSWER))
        except (OSError, HTTPException, ValueError):
            return {}
        return said if isinstance(said, dict) else {}
