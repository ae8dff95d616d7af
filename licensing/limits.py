"""The limits of counted services: chosen by a customer, on record, in force at once. LIC-11."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import acting
from accounts.access import Standing
from accounts.models import AccountEvent
from accounts.refusals import ChangeRefused, FieldRefused
from accounts.rights import Right
from billing.limits import LARGEST_QUANTITY
from billing.speaking import number_words
from licensing import metering
from licensing.metered import SWITCHES, Service, Switch
from licensing.models import UsageLimit, UsageLimitStep

MOST: Final = LARGEST_QUANTITY
"""The largest limit that can be typed."""


@transaction.atomic
def set_limit(*, here: Standing, service: Service, over: int | None, at: datetime) -> UsageLimit:
    """Stop this service each month at ``over``: minutes over those included, or packs; None never.

    It holds at once: a service that has stopped goes on where more fits now, and what was refused
    may be reported again by its key. A lower limit takes nothing back. With it the day's price of
    the service is agreed, where none was. `FieldRefused` for a number that cannot be sold,
    `ChangeRefused` where the account has no licences, `Lacking` without Licensing *Update*.
    """
    here = acting.begin(here, needs=Right.UPDATE_LICENSING)
    if over is not None and not 0 <= over <= MOST:
        words = _("Write a whole number from 0 to %(most)s.")
        raise FieldRefused("over", words % {"most": number_words(MOST)})
    one = metering.standings([here.account.pk], at=at)[here.account.pk, service]
    if not one.on:
        raise ChangeRefused(off_words(SWITCHES[service]))
    metering.agree([one], at=at)
    if one.chosen and one.over == over:
        return UsageLimit.objects.get_or_create(account=here.account, service=service)[0]
    limit, _new = UsageLimit.objects.update_or_create(
        account=here.account, service=service, defaults={"over": over}
    )
    UsageLimitStep.objects.create(account=here.account, service=service, at=at, over=over)
    with translation.override(here.account.language):
        acting.write(
            here,
            AccountEvent.Kind.USAGE_LIMIT,
            about=str(UsageLimit.Named(service).label),
            at=at,
            was=limit_words(service, one.over) if one.chosen else "",
            becomes=limit_words(service, over),
        )
    return limit


def limit_words(service: Service, over: int | None) -> str:
    """A limit as it is typed: "2,000 minutes over the base", "3 packs", "no limit"."""
    if over is None:
        return _("no limit")
    if SWITCHES[service] is Switch.POWER_PACK:
        words = ngettext("%(number)s pack", "%(number)s packs", over)
    else:
        words = ngettext(
            "%(number)s minute over the base", "%(number)s minutes over the base", over
        )
    return words % {"number": number_words(over)}


def covered_words(service: Service, size: int) -> str:
    """What a pack of so many covers: "1,000 routed e-mails", "200 reviews"; ValueError without."""
    match service:
        case Service.SMART_ROUTING:
            words = ngettext("%(number)s routed e-mail", "%(number)s routed e-mails", size)
        case Service.AI_TOPICS:
            words = ngettext("%(number)s topic", "%(number)s topics", size)
        case Service.AI_QA:
            words = ngettext("%(number)s review", "%(number)s reviews", size)
        case _:
            raise ValueError(f"{service} has no packs.")
    return words % {"number": number_words(size)}


def off_words(switch: Switch) -> str:
    """That a switch is off, and where it is switched on."""
    if switch is Switch.SPEECH_TO_TEXT:
        return _("Speech-to-text is switched off. Switch it on under Licensing.")
    return _("The Power pack is switched off. Switch it on under Licensing.")
