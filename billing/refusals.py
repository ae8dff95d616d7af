"""The two expected refusals of billing: a change that cannot be made, and a stale quote."""

from __future__ import annotations

from accounts.refusals import ChangeRefused

__all__ = ["ChangeRefused", "QuoteChanged"]


class QuoteChanged(Exception):
    """What was shown is no longer what would be charged: it has to be quoted and shown again."""
