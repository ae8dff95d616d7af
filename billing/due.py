"""Who is due: this file is the one answer, for handing out, for reading and for closing meters."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from billing.models import Order, Subscription


def due(*, at: datetime, using: str = "default") -> QuerySet[Subscription]:
    """The subscriptions that have something to bill at ``at``.

    A payer with an order that is not settled is passed over, and due again once it is (decision
    17). A closed account is billed for what its ended subscriptions still owe, and for nothing
    else. A sandbox is billed to a sandbox, a live account to a live one, whoever its parent is
    (decision 25).
    """
    ordering = Order.objects.filter(payer=OuterRef("payer"), state__in=Order.UNSETTLED)
    return Subscription.objects.using(using).filter(
        ~Exists(ordering),
        Q(account__closed_at=None) | Q(ends_on__isnull=False),
        next_bill_at__lte=at,
        account__kind=F("payer__kind"),
    )
