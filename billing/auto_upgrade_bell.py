"""The bell of automatic upgrades: rung once a contact limit is used up, and what did so is kept."""

from __future__ import annotations

import logging
from functools import partial

from django.db import transaction
from kombu.exceptions import OperationalError as NoBroker

from billing import tasks
from billing.models import AutoUpgrade

logger = logging.getLogger(__name__)


def ring(account_id: int, *, needs: int = 0) -> None:
    """Have the limit raised as soon as this transaction is committed, where that was agreed to.

    ``needs`` is how many contacts were to be stored and did not fit, if any. Nothing depends on the
    bell: beat finds limits that are used up within five minutes.
    """
    if AutoUpgrade.objects.filter(account=account_id, ended_at=None).exists():
        transaction.on_commit(partial(_ring, account_id, needs))


def _ring(account_id: int, needs: int) -> None:
    try:
        tasks.upgrade_contacts.apply_async(args=[account_id, needs], retry=False)
    except NoBroker as problem:
        logger.warning("bell not rung task=upgrade_contacts problem=%s", problem)
