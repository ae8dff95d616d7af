"""What was said of bank files whose headers are not known: which column is what, once for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from django.db import transaction

from accounts.models import User
from billing.models import BankLayout, BankUpload

# How long a file waits for somebody to say it.
KEPT: Final = timedelta(days=1)


def said_of(header: Sequence[str]) -> BankLayout | None:
    """What somebody has said of files with this header."""
    return BankLayout.objects.filter(key=_key(header)).first()


def said_of_any(headers: Sequence[tuple[str, ...]]) -> set[tuple[str, ...]]:
    """Of which of these headers somebody has said it. One query."""
    keys = {header: _key(header) for header in headers}
    known = set(BankLayout.objects.filter(key__in=set(keys.values())).values_list("key", flat=True))
    return {header for header, key in keys.items() if key in known}


def remember(
    header: Sequence[str],
    places: Mapping[str, int],
    *,
    currency: str,
    by: User,
    at: datetime,
) -> BankLayout:
    """Keep which column is what in files with this header, in place of what was said before."""
    layout, _new = BankLayout.objects.update_or_create(
        key=_key(header),
        defaults={
            "titles": list(header),
            "places": dict(places),
            "currency": currency,
            "person": by,
            "at": at,
        },
    )
    return layout


def forget(layout_id: int) -> None:
    """Have it asked again which column is what."""
    BankLayout.objects.filter(pk=layout_id).delete()


@transaction.atomic
def keep_file(content: bytes, *, name: str, currency: str, by: User, at: datetime) -> BankUpload:
    """Keep a file until somebody says which column is what; older ones are thrown away."""
    throw_away(at=at)
    upload: BankUpload = BankUpload.objects.create(
        file=name[:200], content=content, currency=currency, person=by, at=at
    )
    return upload


def throw_away(*, at: datetime) -> None:
    """Throw away the files that have waited for too long: customers' names stand in them."""
    BankUpload.objects.filter(at__lt=at - KEPT).delete()


def _key(header: Sequence[str]) -> str:
    titles = "\n".join(title.casefold() for title in header)
    return sha256(titles.encode()).hexdigest()
