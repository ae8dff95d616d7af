"""*Licensing → Usage limits*: what the page says of each service, and how a limit is changed."""

from typing import Any, cast

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account
from accounts.rights import Right
from config.charts import draw
from licensing.limit_list import limits
from licensing.limits import set_limit
from licensing.models import UsageLimit
from tests.factories import AccountFactory, instant
from tests.lasting import lasting
from tests.licensing.pages import queries_of, signed_in
from tests.licensing.usage_book import QA, ROUTING, STT, licensed, limited, use
from tests.standing import chief

pytestmark = [pytest.mark.django_db]


@lasting
def account() -> Account:
    return licensed()


def address(account):
    return reverse("licensing:limits", args=[account.pk])


def words_of(page) -> str:
    return " ".join(page.content.decode().split())


def typed(service, over="", none=False):
    data = {"service": service, f"{service}-over": over}
    return data | ({f"{service}-no_limit": "on"} if none else {})


def test_each_service_says_its_use_its_limit_and_where_it_stops(account):  # LIC-9, LIC-10
    now = timezone.now()
    limited(account, STT, 2000)
    limited(account, QA, 1)
    use(account, STT, 5250, at=now)
    use(account, QA, 200, at=now)

    words = words_of(signed_in(account).get(address(account)))

    assert "2,000 minutes over the base: stops at 7,000" in words
    assert "75 %" in words
    assert "AI QA has stopped until" in words
    assert "200 of 200 used." in words
    assert "not chosen yet: it rests until a limit, or no limit, is chosen" in words
    assert "A pack covers 1,000 routed e-mails." in words
    assert "A pack covers 200 reviews." in words
    assert words.count("(optional)") == 1  # minutes; packs ask for a number or the tick


def test_the_chart_has_twelve_months_and_lines_for_what_is_included_and_the_stop(account):
    limited(account, STT, 2000)

    [stt, *_] = limits(account, at=timezone.now())

    assert len(stt.labels) == len(stt.series[0]["values"]) == 12
    assert [(one["name"], one["values"][-1]) for one in stt.marks] == [
        ("Included", 5000),
        ("Stops at", 7000),
    ]


def test_more_than_a_limit_that_was_lowered_is_explained(account):  # LIC-11
    limit = limited(account, STT, 5000)
    use(account, STT, 9000, at=timezone.now())
    limit.over = 2000
    limit.save()

    words = words_of(signed_in(account).get(address(account)))

    assert "9,000 of 7,000 used." in words
    assert "More was used before the limit was as low as it is. It stays counted." in words
    assert 'low="6300" high="6999" optimum="0" value="9000"' in words


def test_each_month_of_the_chart_has_the_limit_that_stood_then(account):  # LIC-11
    here = chief(account)
    for at, over in (("2026-01-20", 2000), ("2026-03-05", None), ("2026-04-01", 0),
                     ("2026-04-30 21:00", 500)):  # fmt: skip
        set_limit(here=here, service=STT, over=over, at=instant(at))
    use(account, STT, 30, at=instant("2026-05-02"))

    [stt, *_] = limits(account, at=instant("2026-05-03"))

    stops = [month.stop for month in stt.months][-6:]
    assert stops == [None, 7000, 7000, None, 5500, 5500]
    assert [one["values"][-6:] for one in stt.marks] == [[5000] * 6, stops]
    [_, drawn] = draw(stt.labels, [], cast(Any, stt.marks)).marks
    assert [(one.begins, one.ends) for one in drawn.pieces] == [
        ("58.333%", "75.000%"), ("83.333%", "100.000%"),
    ]  # fmt: skip


def test_a_limit_that_was_given_up_is_named_with_what_it_was(account):  # LIC-11
    here = chief(account)
    set_limit(here=here, service=STT, over=2000, at=instant("2026-01-20"))
    set_limit(here=here, service=STT, over=None, at=instant("2026-03-05"))

    [stt, *_] = limits(account, at=instant("2026-05-03"))

    [_, drawn] = draw(stt.labels, [], cast(Any, stt.marks)).marks
    assert (drawn.name, drawn.value) == ("Stopped at", 7000)


def test_without_any_use_a_sentence_stands_in_place_of_the_chart(account):
    words = words_of(signed_in(account).get(address(account)))

    assert words.count("Nothing was used in the last twelve months.") == 4


def test_use_of_the_last_months_stands_in_its_month(account):
    use(account, STT, 30, at=timezone.now())

    [stt, *_] = limits(account, at=timezone.now())

    assert stt.series[0]["values"] == [*[0] * 11, 30]
    assert stt.used == 30


def test_a_limit_is_saved_and_said_in_both_forms(account):  # LIC-10
    browser = signed_in(account)

    page = browser.post(address(account), typed(STT, "2000"), follow=True)

    assert UsageLimit.objects.get().over == 2000
    assert "The limit of Speech-to-text is saved: 2,000 minutes over the base." in words_of(page)


@pytest.mark.parametrize(("service", "over"), [(STT, ""), (STT, "0"), (QA, "3")])
def test_empty_is_no_limit_for_minutes_and_zero_stops_at_the_base(account, service, over):
    # LIC-10
    signed_in(account).post(address(account), typed(service, over))

    assert UsageLimit.objects.get().over == (int(over) if over else None)


def test_packs_ask_for_a_number_or_the_tick(account):  # LIC-9, ALL-4
    browser = signed_in(account)

    empty = browser.post(address(account), typed(QA))
    both = browser.post(address(account), typed(QA, "3", none=True))
    none = browser.post(address(account), typed(QA, none=True))

    assert (empty.status_code, both.status_code, none.status_code) == (422, 422, 302)
    assert "Write a number of packs, or tick No limit." in words_of(empty)
    assert "Write a number or tick No limit, not both." in words_of(both)
    assert 'value="3"' in words_of(both)
    assert UsageLimit.objects.get().over is None


@pytest.mark.parametrize("over", ["-1", "1.5", "ten", "9" * 40, "\0", "٣x"])
def test_what_is_no_limit_is_told_beside_the_field_and_kept(account, over):  # ALL-4
    page = signed_in(account).post(address(account), typed(QA, over))

    assert page.status_code == 422
    assert "tick no limit" in words_of(page).lower()
    assert not UsageLimit.objects.exists()


def test_a_service_that_there_is_not_is_said(account):  # ALL-4
    page = signed_in(account).post(address(account), typed("minutes", "1"))

    assert page.status_code == 422
    assert "There is no such service." in words_of(page)


def test_while_a_limit_is_typed_the_page_says_where_it_stops(account):  # LIC-10
    browser = signed_in(account)

    def said(**data):
        return words_of(browser.get(address(account), data, headers={"HX-Request": "true"}))

    assert said(**{f"{STT}-over": "2000"}) == "2,000 minutes over the base: stops at 7,000."
    assert said(**{f"{ROUTING}-over": "3"}) == "3 packs: stops at 3,000."
    assert said(**{f"{STT}-over": ""}) == "Nothing stops it."
    assert said(**{f"{QA}-over": "x"}) == ""


def test_who_may_not_change_it_reads_who_may_and_finds_no_form(account):  # LIC-2
    browser = signed_in(account, Right.SEE_LICENSING)

    page = browser.get(address(account))
    sent = browser.post(address(account), typed(QA, "1"))

    assert "Save the limit" not in words_of(page)
    assert sent.status_code == 403
    assert not UsageLimit.objects.exists()


def test_what_was_switched_off_meanwhile_is_refused_on_the_page(account):  # ALL-4
    account.subscriptions.get().items.filter(product__code="power-packs").update(quantity=0)

    page = signed_in(account).post(address(account), typed(QA, "1"))

    assert page.status_code == 409
    assert "The Power pack is switched off." in words_of(page)


def test_an_account_without_licences_has_the_page_too():
    bare = AccountFactory(licensing_enabled=True)

    page = signed_in(bare).get(address(bare))

    assert page.status_code == 200
    assert "Speech-to-text is switched off." in words_of(page)


def test_the_page_costs_the_same_with_much_use_as_with_little(account):
    browser = signed_in(account)
    now = timezone.now()
    use(account, STT, 1, at=now)
    before = queries_of(browser, address(account))

    for number in range(50):
        use(account, STT, 1, at=now, key=f"more {number}")

    assert queries_of(browser, address(account)) == before <= 20
