"""What stands above the pages of an account that cannot do what it did: blocked, or closed."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.access import Standing
from accounts.banners import Banner, Kind
from accounts.rights import Right
from billing.core.display import format_day
from billing.core.periods import local_day


def blocked_or_closed(here: Standing, *, at: datetime) -> list[Banner]:
    """Since when, and where what is open is paid."""
    account = here.account
    if account.closed_at is not None:
        words = _("This account was closed on %(day)s. What it was billed stays to be read.")
        return [Banner(words % {"day": _day(account.closed_at, here)}, Kind.BAD)]
    if account.blocked_at is None:
        return []
    words = _("This account has been blocked since %(day)s: an invoice is not paid.")
    text = words % {"day": _day(account.blocked_at, here)}
    if not here.may(Right.SEE_BILLING):
        return [Banner(text, Kind.BAD)]
    href = reverse("billing:overview", args=[account.pk])
    return [Banner(text, Kind.BAD, href=href, label=_("See what is open"))]


def _day(at: datetime, here: Standing) -> str:
    language = (get_language() or "en").partition("-")[0]
    return format_day(local_day(at, here.account.time_zone), language)
