"""Licences and those who hold them, in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from accounts.who_may import together
from billing.models import Product
from licensing.cards import Licence
from licensing.holding_rules import Holding, Reason, Through

_NAMED: Final = 5
# What a licence is called where the catalogue does not sell it.
_NAMES: Final = {
    Licence.VOICE: gettext_lazy("Voice"),
    Licence.OUTBOUND: gettext_lazy("Outbound"),
    Licence.EMAIL: gettext_lazy("E-mail"),
    Licence.CHAT: gettext_lazy("Chat"),
    Licence.SMS: gettext_lazy("SMS"),
    Licence.SOCIAL: gettext_lazy("Social"),
    Licence.BACK_OFFICE: gettext_lazy("Back-office"),
    Licence.CLOUDPHONE: gettext_lazy("Cloudphone"),
}

Names = Mapping[Licence, str]


def licence_names() -> dict[Licence, str]:
    """What each licence is called in the reader's language, as the catalogue has it. One query."""
    language = (get_language() or "en").partition("-")[0]
    sold = {one.code: one.names[language] for one in Product.objects.filter(code__in=list(Licence))}
    return {licence: sold.get(licence, str(_NAMES[licence])) for licence in Licence}


def held_words(holding: Holding, names: Names) -> str:
    """One licence that somebody holds, with the reason: "Voice through queue Sales calls"."""
    return "; ".join(
        _reason_words(
            names[holding.licence], [one for one in holding.reasons if one.through is way]
        )
        for way in Through
        if any(one.through is way for one in holding.reasons)
    )


def counted(numbers: Mapping[Licence, int], names: Names) -> str:
    """So many licences of each type: "1 Voice licence and 2 Outbound licences"."""
    return together(
        [
            ngettext("%(count)s %(licence)s licence", "%(count)s %(licence)s licences", number)
            % {"count": number, "licence": names[licence]}
            for licence in Licence
            if (number := numbers.get(licence, 0))
        ]
    )


def listed(names: Sequence[str]) -> str:
    """The first names in a row, and how many more there are."""
    return together(names[:_NAMED], more=max(len(names) - _NAMED, 0))


def _reason_words(licence: str, reasons: Sequence[Reason]) -> str:
    through = reasons[0].through
    if through is Through.TYPE:
        return _("%(licence)s by type") % {"licence": licence}
    if through is Through.RIGHT:
        return _("%(licence)s: may call without a queue") % {"licence": licence}
    return ngettext(
        "%(licence)s through queue %(queues)s",
        "%(licence)s through queues %(queues)s",
        len(reasons),
    ) % {"licence": licence, "queues": together([reason.queue for reason in reasons])}
