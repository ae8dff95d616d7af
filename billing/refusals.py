"""The expected refusals of billing: a change that cannot be made, and a stale quote."""

from __future__ import annotations

from collections.abc import Mapping

from accounts.refusals import ChangeRefused

__all__ = ["ChangeRefused", "NotWithPlan", "QuoteChanged"]


class NotWithPlan(ChangeRefused):
    """What goes with other plans than the one held. PRICE-7.

    ``plans``: the name of the plan held, by the code of each product that is not sold with it.
    """

    def __init__(self, message: str, *, plans: Mapping[str, str]) -> None:
        super().__init__(message)
        self.plans = plans


class QuoteChanged(Exception):
    """What was shown is no longer what would be charged: it has to be quoted and shown again."""
