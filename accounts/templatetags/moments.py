"""How long ago something was, with the exact moment behind it: `{% load moments %}`."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.contrib.humanize.templatetags.humanize import NaturalTimeFormatter
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

register = template.Library()


@register.simple_tag
def ago(moment: datetime | None, now: datetime) -> SafeString | str:
    """How long ago, and the moment in the reader's time zone where one points at it."""
    if moment is None:
        return _("Never")
    local = moment.astimezone(timezone.get_current_timezone())
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        local.isoformat(timespec="seconds"),
        date_format(local, "DATETIME_FORMAT"),
        capfirst(how_long_ago(moment, now=now)),
    )


def how_long_ago(moment: datetime, *, now: datetime) -> str:
    """In the largest fitting unit, in the words of Django's own translations."""
    seconds = (now - moment).total_seconds()
    if seconds < 60:
        return str(NaturalTimeFormatter.time_strings["now"])
    if seconds < 3600:
        words, count = NaturalTimeFormatter.time_strings["past-minute"], int(seconds // 60)
        return str(words % {"count": count})
    if seconds < 86_400:
        words, count = NaturalTimeFormatter.time_strings["past-hour"], int(seconds // 3600)
        return str(words % {"count": count})
    delta = timesince(moment, now, depth=1, time_strings=NaturalTimeFormatter.past_substrings)
    return str(NaturalTimeFormatter.time_strings["past-day"] % {"delta": delta})
