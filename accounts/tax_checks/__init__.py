"""The only room that asks others about tax IDs; whom it asks, a setting says."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from accounts.tax_checks.base import TaxIdCheck


@cache
def tax_id_check() -> TaxIdCheck:
    """The check that ``ACCOUNTS_TAX_ID_CHECK`` names by dotted path."""
    made: TaxIdCheck = import_string(settings.ACCOUNTS_TAX_ID_CHECK)()
    return made
