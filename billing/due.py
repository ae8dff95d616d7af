"""Who is due: this file is the one answer, for handing out, for reading and for closing meters."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, Q, QuerySet

from billing.models import Subscription


def due(*, at: datetime, using: str = "default") -> QuerySet[Subscription]:
    """The subscriptions that have something to bill at ``at``.

    A closed account is billed for what its ended subscriptions still owe, and for nothing else. A
    sandbox is billed to a sandbox, a live account to a live one, whoever its parent is (decision
    25).
    """
    return Subscription.objects.using(using).filter(
        Q(account__closed_at=None) | Q(ends_on__isnull=False),
        next_bill_at__lte=at,
        account__kind=F("payer__kind"),
    )
