"""The desk's pages about people and letters; those about accounts stand in ``billing.admin``."""

from accounts.admin import letters, people, visits

__all__ = ["letters", "people", "visits"]
