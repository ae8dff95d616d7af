"""The desk's pages about people and letters; those about accounts stand in ``billing.admin``."""

from accounts.admin import letters, people

__all__ = ["letters", "people"]
