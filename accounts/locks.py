"""The first lock of the house: the payer's account row (decision 16)."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.models import Account


def lock_payers(payer_ids: Iterable[int]) -> dict[int, Account]:
    """The accounts of these ids, locked until the transaction ends, always in order of id.

    On SQLite the transaction itself holds the only write lock (it begins IMMEDIATE). Raises
    ``TransactionManagementError`` outside a transaction on PostgreSQL.
    """
    # Without the key: a row that only refers to the account, such as a use being counted, does not
    # wait for it, and so cannot hold the meter that the run waits for.
    locked = Account.objects.select_for_update(of=("self",), no_key=True)
    rows = locked.filter(pk__in=list(payer_ids))
    return {account.pk: account for account in rows.order_by("pk")}


def lock_payer_of(account_id: int) -> Account:
    """The payer of this account, locked: read, locked, and read again (decision 6).

    Repeats when the payer changed between reading and locking. ``Account.DoesNotExist`` for an
    unknown account.
    """
    while True:
        payer_id = Account.objects.values_list("payer_id", flat=True).get(pk=account_id)
        payer = lock_payers([payer_id])[payer_id]
        if Account.objects.filter(pk=account_id, payer_id=payer_id).exists():
            return payer
