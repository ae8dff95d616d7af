"""The components of the portal that compute or wrap something: `{% load portal %}`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from django import template
from django.conf import STATICFILES_STORAGE_ALIAS
from django.core.files.storage import Storage, storages
from django.core.paginator import Page
from django.template.context import RequestContext
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from djmoney.money import Money

from accounts import stops
from billing.core.display import REAL_MINUS, parts_of_money
from config.charts import Mark, Series, draw
from config.month_strip import Day, lay_out
from config.stacks import Layer, stack

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """A sign of our own sprite, in the colour of the text beside it."""
    return _icon(name, _sprite(storages[STATICFILES_STORAGE_ALIAS]))


@lru_cache(maxsize=4)
def _sprite(storage: Storage) -> str:
    """Where it is served; a storage always says the same, and each sign of a page asks for it."""
    return storage.url("portal/icons.svg")


@lru_cache(maxsize=256)
def _icon(name: str, sprite: str) -> SafeString:
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', sprite, name
    )


@register.simple_tag
def amount(money: Money) -> SafeString:
    """An amount of a column or a card: as the reader's language writes it, its currency lighter.

    In a sentence the filter `money` of `{% load figures %}` serves.
    """
    language = (get_language() or "en").partition("-")[0]
    return _amount(str(money.amount), str(money.currency), language)


# By the figure as it is written: 1.5 and 1.50 are the same key as numbers.
@lru_cache(maxsize=4096)
def _amount(figure: str, currency: str, language: str) -> SafeString:
    before, number, after = parts_of_money(Decimal(figure), currency, language)
    return format_html(
        '<span class="money">{}{}{}{}</span>',
        REAL_MINUS if REAL_MINUS in before else "",
        _lighter(before.replace(REAL_MINUS, "")),
        number,
        _lighter(after),
    )


@lru_cache(maxsize=256)
def _lighter(sign: str) -> SafeString:
    return format_html('<span class="currency">{}</span>', sign) if sign else mark_safe("")


# What wraps: `{% card heading="Voice" %} … {% endcard %}`


@register.simple_block_tag
def card(content: str, heading: str = "") -> str:
    """One thing that can be picked up: a licence, a plan."""
    return render_to_string("parts/card.html", {"content": content, "heading": heading})


@register.simple_block_tag
def table(content: str, caption: str, narrow: bool = False) -> str:
    """A table; in a narrow window each row is a sheet, unless the table is `narrow` itself."""
    return render_to_string(
        "parts/table.html", {"content": content, "caption": caption, "narrow": narrow}
    )


@register.simple_block_tag
def tabs(content: str, label: str) -> str:
    """A row of `parts/tab.html`."""
    return render_to_string("parts/tabs.html", {"content": content, "label": label})


@register.simple_block_tag
def breadcrumbs(content: str) -> str:
    """Where the page lies: a row of `<li>`, from the top."""
    return render_to_string("parts/breadcrumbs.html", {"content": content})


@register.simple_block_tag
def menu(content: str, label: str, id: str) -> str:  # the name of the attribute that it becomes
    """What can be done with one row, under ⋯: a list of `parts/menu_item.html`."""
    return render_to_string("parts/menu.html", {"content": content, "label": label, "id": id})


@register.inclusion_tag("parts/chart.html")
def bar_chart(
    caption: str, labels: Sequence[str], series: Sequence[Series], marks: Sequence[Mark] = ()
) -> dict[str, object]:
    """Bars from zero, each series named at its highest, with a table behind.

    ``marks`` are lines across it, each a column of the table.
    """
    columns = [one["values"] for one in (*series, *marks)]
    return {
        "caption": caption,
        "columns": [one["name"] for one in (*series, *marks)],
        "drawing": draw(labels, series, marks),
        "rows": [
            {"label": label, "values": values}
            for label, values in zip(labels, zip(*columns, strict=True), strict=True)
        ],
    }


@register.inclusion_tag("parts/stacked.html")
def stacked_chart(
    caption: str, labels: Sequence[str], layers: Sequence[Layer], currency: str
) -> dict[str, object]:
    """Columns of amounts, one colour a product; its page has the table that says the figures."""
    return {
        "caption": caption,
        "layers": layers,
        "drawing": stack(labels, layers),
        "currency": currency,
        "looks_ahead": any(any(one.ahead) for one in layers),
    }


@register.inclusion_tag("parts/month_strip.html")
def month_strip(caption: str, days: Sequence[Day], billed: str) -> dict[str, object]:
    """A month of one number: the peak touches the rule, which bears what is ``billed`` for it."""
    return {"caption": caption, "strip": lay_out(days), "billed": billed}


# What reads the address


@register.simple_block_tag(takes_context=True)
def search(context: RequestContext, content: str, label: str, keep: str = "sort") -> str:
    """A search box and the filters within; parameters of the address named in `keep` stay."""
    query = context.request.GET
    return render_to_string(
        "parts/search.html",
        {
            "content": content,
            "label": label,
            "q": query.get("q", ""),
            "kept": [(name, query[name]) for name in keep.split() if query.get(name)],
        },
    )


@register.simple_tag(takes_context=True)
def sort_heading(context: RequestContext, label: str, by: str, right: bool = False) -> str:
    """A column's heading that sorts by it; pressed again, the other way round."""
    sorted_by = context.request.GET.get("sort", "")
    direction = {by: "ascending", f"-{by}": "descending"}.get(sorted_by, "")
    return render_to_string(
        "parts/sort_heading.html",
        {
            "label": label,
            "direction": direction,
            "right": right,
            "address": _address(context, sort=f"-{by}" if direction == "ascending" else by),
        },
    )


def _address(context: RequestContext, **changed: str) -> str:
    """The page's own query with these parameters changed, from its first page on."""
    query = context.request.GET.copy()
    query.pop("page", None)
    for name, value in changed.items():
        query[name] = value
    return f"?{query.urlencode()}"


@register.filter
def numbers(page: Page[Any]) -> Iterator[int | str]:
    """The numbers of the pages around this one, the first and the last, and what is left out."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)


_KINDS: Final = {"success": "good", "warning": "warn", "error": "bad"}


@register.filter
def one_stop(text: object) -> str:
    """A sentence with one full stop at its end, also where it ends with a name that has one."""
    said = str(text)
    return type(said)(stops.one_stop(said))


@register.filter
def message_kind(level_tag: str) -> str:
    """How a message of Django's looks here."""
    return _KINDS.get(level_tag, "")
