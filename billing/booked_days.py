"""Booked days: money that came or went is dated in the seller's time zone, as documents are.

A payment would else stand a day before its invoice where its payer's evening is the seller's next
day, as if it had been paid ahead.
"""

from __future__ import annotations

from datetime import date

from django.db.models import Q
from django.utils import timezone

from billing.core.periods import first_instant
from billing.models import SellerDetails


def booking_zone() -> str:
    """The time zone of who sells now; the reader's where nobody is written down yet. One query."""
    zones = SellerDetails.objects.order_by("-pk").values_list("time_zone", flat=True)
    return zones.first() or timezone.get_current_timezone_name()


def booked_in(year: int, *, moment: str, zone: str) -> Q:
    """Whether the instant in this field is one of that year in the time zone."""
    begins, ends = (first_instant(date(one, 1, 1), zone) for one in (year, year + 1))
    return Q((f"{moment}__gte", begins), (f"{moment}__lt", ends))
