"""The refusal that belongs to one field of a form: the message stands beside it."""

from __future__ import annotations

from accounts.refusals import ChangeRefused


class FieldRefused(ChangeRefused):
    """What was given for ``field`` cannot be so."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
