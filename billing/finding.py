"""Invoices for Ctrl-K: by a part of their number, for who may see billing."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.jump import MOST, Asked, Found, Group
from accounts.rights import Right
from billing.core.display import format_day
from billing.models import Invoice


def invoices(asked: Asked) -> Group:
    """Invoices and credit notes of the account, the newest first."""
    here, title = asked.here, _("Invoices")
    if here is None or not asked.query or not here.may(Right.SEE_BILLING):
        return Group(title, ())
    own = here.rows(Invoice.objects.all(), by="payer").filter(number__icontains=asked.query)
    language = (get_language() or "en").partition("-")[0]
    return Group(
        title,
        [
            Found(
                document.number,
                reverse("billing:document", args=[here.account.pk, document.pk]),
                note=format_day(document.issued_on, language),
            )
            for document in own.order_by("-issued_on", "-pk")[:MOST]
        ],
    )
