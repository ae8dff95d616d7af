"""The desk's pages about people and letters; those about accounts stand in ``billing.admin``."""

from accounts.admin import api_keys, letters, people, visits

__all__ = ["api_keys", "letters", "people", "visits"]
