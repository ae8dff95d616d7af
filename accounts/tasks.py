"""Doorbells of the accounts app: Celery tasks that read the clock and ring the verb."""

from __future__ import annotations

import logging

from celery import shared_task
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError as NoBroker

from accounts import mail, tax_id_states, visits
from accounts.tax_checks import tax_id_check

logger = logging.getLogger(__name__)


@shared_task
def deliver_mail() -> None:
    """Deliver the letters that are due."""
    mail.deliver_due(clock=timezone.now)


@shared_task
def end_visits() -> None:
    """End the visits of support whose hour is over."""
    visits.end_lapsed(at=timezone.now())


@shared_task
def check_tax_ids() -> None:
    """Ask for the tax IDs that are not checked yet, or that nobody could say anything about."""
    tax_id_states.check_due(check=tax_id_check(), clock=timezone.now)


def deliver_soon() -> None:
    """Have the letters that this transaction owes delivered as soon as it is committed.

    Nothing depends on the bell: where no broker answers, beat finds the letters within a minute.
    """
    transaction.on_commit(_ring)


def _ring() -> None:
    try:
        deliver_mail.apply_async(retry=False)
    except NoBroker as problem:
        logger.warning("bell not rung task=deliver_mail problem=%s", problem)
