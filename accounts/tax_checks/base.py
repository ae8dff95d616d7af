"""What a check of tax IDs has to be able to do, and what it may answer."""

from __future__ import annotations

from enum import Enum
from typing import Protocol


class Answer(Enum):
    """What is known about a tax ID; unknown: nobody answered, so it has to be asked again."""

    VALID = "valid"
    INVALID = "invalid"
    UNKNOWN = "unknown"


class TaxIdCheck(Protocol):
    """Somebody who knows which tax IDs there are, of these countries.

    It may not be called inside a transaction, and does not raise for an outage: no answer is
    `Answer.UNKNOWN`.
    """

    name: str
    countries: frozenset[str]

    def ask(self, number: str) -> Answer:
        """Whether there is this tax ID, written as it is stored: with its country's letters."""
