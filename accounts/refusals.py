"""What people may be refused: nothing has happened, and the message says what to do next."""

from __future__ import annotations


class ChangeRefused(Exception):
    """A change that cannot be made. The message says what is so, and what to do next."""
