"""Doorbells of the accounts app: Celery tasks that read the clock and ring the verb."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from accounts import mail


@shared_task
def deliver_mail() -> None:
    """Deliver the letters that are due."""
    mail.deliver_due(clock=timezone.now)
