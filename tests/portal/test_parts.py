"""The components that compute: amounts, charts, the month strip, what keeps the address."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.paginator import Paginator
from django.template import RequestContext, Template
from django.test import RequestFactory
from django.utils import translation
from djmoney.money import Money

from config.charts import Mark, Series, draw, round_above
from config.month_strip import HEIGHT, Day, lay_out

LOAD = "{% load portal %}"


def drawn(text: str, address: str = "/", **context: object) -> str:
    request = RequestFactory().get(address)
    return Template(LOAD + text).render(RequestContext(request, context))


@pytest.mark.parametrize(
    ("language", "amount", "currency", "shown"),
    [
        ("en", "1234567.89", "EUR", '<span class="currency">€</span>1,234,567.89'),
        ("en", "-0.35", "EUR", '−<span class="currency">€</span>0.35'),
        ("cs", "-1234.5", "EUR", '−1\u00a0234,50<span class="currency">\u00a0€</span>'),
        ("it", "46.45", "USD", '46,45<span class="currency">\u00a0USD</span>'),
        ("en", "1200", "JPY", '<span class="currency">¥</span>1,200'),
        ("en", "7.45", "KWD", '<span class="currency">KWD\u00a0</span>7.450'),
    ],
)
def test_an_amount_s_currency_is_lighter_than_its_number(
    language, amount, currency, shown
):  # ALL-2
    with translation.override(language):
        text = drawn("{% amount money %}", money=Money(amount, currency))

    assert text == f'<span class="money">{shown}</span>'


@pytest.mark.parametrize(
    ("highest", "top"), [(0, 2), (1, 2), (2, 2), (3, 4), (9, 10), (10, 10), (11, 20), (640, 1000)]
)
def test_a_chart_ends_at_a_round_number(highest, top):
    assert round_above(highest) == top


def series(*values: int, name: str = "Messages") -> Series:
    return Series(name=name, values=values, colour=1)


def test_the_bars_of_a_chart_stand_on_zero_and_share_their_label_s_place():
    drawing = draw(["Mon", "Tue"], [series(50, 100), series(0, 25, name="Hand-offs")])

    feet = {bar.y + bar.height for bar in drawing.bars}
    monday = [bar for bar in drawing.bars if bar.label == "Mon"]

    assert feet == {drawing.zero}
    assert [bar.height for bar in drawing.bars] == [80, 160, 0, 40]
    assert monday[0].left + monday[0].across == pytest.approx(monday[1].left)
    assert all(bar.left >= 0 and bar.left + bar.across <= 50 for bar in monday)


def test_a_series_is_named_at_its_highest_bar_towards_the_middle():
    drawing = draw(["a", "b", "c"], [series(9, 1, 1), series(1, 1, 9, name="Hand-offs")])

    said = {one.name: (one.value, one.ends) for one in drawing.named}

    assert said == {"Messages": (9, False), "Hand-offs": (9, True)}


def test_many_labels_are_thinned_out_and_none_make_no_chart():
    assert len(draw([str(day) for day in range(31)], [series(*range(31))]).stands) == 6
    assert draw([], [series()]).named == []


def test_the_first_of_many_labels_begins_where_the_plot_does():
    many = draw([str(month) for month in range(12)], [series(*range(12))]).stands
    few = draw(["a", "b"], [series(1, 2)]).stands

    assert [(one.x, one.begins) for one in many[:2]] == [("0.000%", True), ("20.833%", False)]
    assert (few[0].x, few[0].begins) == ("25.000%", False)


@pytest.mark.parametrize("values", [(1,), (1, -1)], ids=["one too few", "below zero"])
def test_a_chart_refuses_what_it_cannot_draw(values):
    with pytest.raises(ValueError, match="Messages needs 2 values from 0 on"):
        draw(["a", "b"], [series(*values)])


def test_a_chart_has_its_figures_behind_it():
    text = drawn(
        '{% bar_chart caption="Use" labels=labels series=series %}',
        labels=["Mon", "Tue"],
        series=[series(1500, 2)],
    )

    assert "<caption" in text
    assert '<th scope="row">Mon</th>' in text
    assert '<td class="right">1,500</td>' in text


def month(*numbers: int | None) -> list[Day]:
    return [
        Day(day=date(2026, 3, day), number=number, said="")
        for day, number in enumerate(numbers, start=1)
    ]


def test_the_peak_of_a_month_touches_the_rule_and_is_dated_when_it_was_reached():  # LIC-5
    strip = lay_out(month(5, 12, 12, 1, None))

    assert (strip.peak, strip.peak_on) == (12, date(2026, 3, 2))
    assert [bar.height for bar in strip.bars] == [30, HEIGHT, HEIGHT, 6, 0]
    assert [bar.is_peak for bar in strip.bars] == [False, True, True, False, False]
    assert [bar.sets_peak for bar in strip.bars] == [False, True, False, False, False]


def test_a_month_without_a_licence_has_no_peak():
    strip = lay_out(month(0, 0, None))

    assert (strip.peak, strip.peak_on) == (0, None)
    assert not any(bar.is_peak or bar.height for bar in strip.bars)


def test_one_of_very_many_is_still_seen():
    assert lay_out(month(1, 10_000)).bars[0].height == 2


def test_sorting_again_turns_the_order_and_starts_at_the_first_page():
    heading = '{% sort_heading "Name" by="name" %}'

    first = drawn(heading, "/?q=jana&page=3")
    second = drawn(heading, "/?q=jana&sort=name&page=3")
    third = drawn(heading, "/?sort=-name")

    assert 'href="?q=jana&amp;sort=name"' in first
    assert "aria-sort" not in first
    assert 'href="?q=jana&amp;sort=-name"' in second
    assert 'aria-sort="ascending"' in second
    assert 'href="?sort=name"' in third
    assert 'aria-sort="descending"' in third


def test_a_search_keeps_what_was_typed_and_the_order():
    text = drawn('{% search label="Name" %}{% endsearch %}', '/?q="Jana"&sort=name&page=3')

    assert 'value="&quot;Jana&quot;"' in text
    assert '<input type="hidden" name="sort" value="name">' in text
    assert 'name="page"' not in text


def test_the_pages_of_a_list_keep_filters_in_the_address():
    page = Paginator(range(10_000), 50).page(3)

    text = drawn('{% include "parts/pagination.html" with page=page only %}', "/?q=jana", page=page)

    assert "101–150 of 10,000" in text
    assert 'href="?q=jana&amp;page=4"' in text
    assert '<span aria-current="page">3</span>' in text


def test_a_line_across_a_chart_stands_where_its_value_does_and_is_named_above_it():
    marks: list[Mark] = [{"name": "Stops at", "values": [80, 80]}]

    drawing = draw(["a", "b"], [series(50, 20)], marks)

    assert drawing.rules[0].value == 100
    [mark] = drawing.marks
    assert (mark.name, mark.value) == ("Stops at", 80)
    assert [(one.begins, one.ends, one.y) for one in mark.pieces] == [
        ("0.000%", "100.000%", drawing.zero - 128)
    ]


def test_a_sign_is_taken_from_where_static_files_are_served_now(settings):
    served = drawn('{% icon "team" %}')
    storage = "django.contrib.staticfiles.storage.StaticFilesStorage"
    elsewhere = {"BACKEND": storage, "OPTIONS": {"base_url": "https://cdn.example.com/"}}

    settings.STORAGES = {**settings.STORAGES, "staticfiles": elsewhere}

    assert 'href="/static/portal/icons.svg#team"' in served
    assert 'href="https://cdn.example.com/portal/icons.svg#team"' in drawn('{% icon "team" %}')
