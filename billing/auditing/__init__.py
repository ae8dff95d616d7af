"""The audit: everything that can be computed again is, and what differs is said."""

from __future__ import annotations

from collections.abc import Iterator

from billing.auditing.bills import bill_findings
from billing.auditing.findings import Finding
from billing.auditing.logs import log_findings
from billing.auditing.money import money_findings
from billing.auditing.numbers import number_findings

__all__ = ["Finding", "audit"]


def audit(*, account_id: int | None = None, using: str = "default") -> Iterator[Finding]:
    """Every difference between what is stored and what the logs say; nothing when all is well.

    Of one account, or of all: bills with their lines and states, the logs themselves, documents,
    ledger and open amounts, numbers, primary account admins. Reads in pages and writes nothing.
    """
    yield from log_findings(account_id=account_id, using=using)
    yield from bill_findings(account_id=account_id, using=using)
    yield from money_findings(account_id=account_id, using=using)
    if account_id is None:
        yield from number_findings(using=using)
