"""Use of counted services: when they run, where they stop, and what is said about it."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import InboxMessage, Letter
from billing.models import Item, Product, UsageRecord
from licensing import usage
from licensing.models import UsageLimit
from licensing.usage import Outcome, Record, Why
from licensing.usage_notices import said
from tests.billing.running import bill
from tests.factories import AccountFactory, SellerFactory, TaxRateFactory, instant
from tests.licensing.usage_book import (
    FEBRUARY,
    JANUARY,
    NOW,
    QA,
    ROUTING,
    STT,
    TOPICS,
    held,
    licensed,
    limited,
    raiser,
    told,
    use,
    used,
)

pytestmark = [pytest.mark.django_db(databases=["default", "readonly"])]


def test_speech_to_text_stops_at_its_base_and_what_was_added():  # LIC-10
    account = licensed()
    limited(account, STT, 2000)

    fits, beyond = use(account, STT, 7000), use(account, STT, 1)

    assert (fits.outcome, fits.used, fits.limit, fits.left) == (Outcome.ACCEPTED, 7000, 7000, 0)
    assert (beyond.outcome, beyond.why, beyond.cycle) == (Outcome.REFUSED, Why.LIMIT, JANUARY)
    assert used(account, STT) == {JANUARY: 7000}


@pytest.mark.parametrize(
    ("service", "over", "fits"), [(STT, 0, 5000), (ROUTING, 2, 2000), (QA, 1, 200), (TOPICS, 0, 0)]
)
def test_every_service_stops_where_its_price_says(service, over, fits):  # LIC-9, LIC-10
    account = licensed()
    limited(account, service, over)

    assert use(account, service, fits).outcome is Outcome.ACCEPTED
    assert use(account, service, 1).why is Why.LIMIT


def test_without_a_limit_speech_to_text_runs_and_packs_wait_for_a_choice():  # LIC-9, LIC-10
    account = licensed()

    assert use(account, STT, 10**6).outcome is Outcome.ACCEPTED
    assert use(account, QA, 1).why is Why.NO_LIMIT
    limited(account, QA, None)
    assert use(account, QA, 10**6).outcome is Outcome.ACCEPTED


def test_nothing_runs_while_the_switch_is_off():  # LIC-9
    account = licensed()
    limited(account, ROUTING, 1)
    Item.objects.filter(product__code="power-packs").update(quantity=0)

    answer = use(account, ROUTING, 1)

    assert (answer.outcome, answer.why) == (Outcome.REFUSED, Why.OFF)
    assert answer.text == "The Power pack is switched off. Switch it on under Licensing."
    assert use(account, STT, 1).outcome is Outcome.ACCEPTED


@pytest.mark.parametrize(("field", "why"), [("blocked_at", Why.BLOCKED), ("closed_at", Why.CLOSED)])
@pytest.mark.parametrize("whose", ["account", "payer"])
def test_nothing_is_counted_for_who_is_blocked_or_closed(field, why, whose):
    payer = AccountFactory()
    account = licensed(paid_by=payer)
    stopped = account if whose == "account" else payer
    setattr(stopped, field, NOW)
    stopped.save()

    assert use(account, STT, 1).why is why
    assert not UsageRecord.objects.exists()


@pytest.mark.parametrize("why", [Why.OFF, Why.BLOCKED, Why.CLOSED])
def test_what_was_counted_stays_known_when_nothing_is_counted_any_more(why):  # API-2
    account = licensed()
    first = use(account, STT, 5, key="known")
    if why is Why.OFF:
        Item.objects.filter(product__code="speech-to-text").update(quantity=0)
    else:
        setattr(account, {Why.BLOCKED: "blocked_at", Why.CLOSED: "closed_at"}[why], NOW)
        account.save()
    records = [
        Record(account.pk, STT, key, NOW, quantity)
        for key, quantity in (("known", 5), ("known", 6), ("new", 5))
    ]

    with CaptureQueriesContext(connection) as seen:
        answers = usage.count(records, now=NOW)

    assert [(one.outcome, one.why) for one in answers] == [
        (Outcome.DUPLICATE, None),
        (Outcome.REFUSED, Why.KEY_REUSED),
        (Outcome.REFUSED, why),
    ]
    assert (answers[0].cycle, answers[0].late, answers[0].used) == (first.cycle, False, 5)
    assert sum('FROM "billing_usagerecord"' in str(one["sql"]) for one in seen) == 1
    assert UsageRecord.objects.count() == 1


def test_an_account_that_there_is_not_and_one_that_holds_nothing():
    bare = AccountFactory()
    records = [Record(bare.pk, STT, "a", NOW, 1), Record(10**9, STT, "b", NOW, 1)]

    answers = usage.count(records, now=NOW)

    assert [one.why for one in answers] == [Why.OFF, Why.NO_ACCOUNT]


def test_what_is_switched_on_is_held_at_its_price_with_the_first_use():  # PRICE-8
    account = licensed(holds=("speech-to-text",))

    answer = use(account, STT, 5001)

    assert (answer.outcome, answer.used) == (Outcome.ACCEPTED, 5001)
    assert held(account, STT)


def test_what_has_no_price_is_refused_and_said():
    account = licensed(holds=("speech-to-text",))
    Product.objects.get(code=STT).prices.all().delete()

    answer = use(account, STT, 1)

    assert (answer.why, answer.text) == (
        Why.NOT_SOLD, "Speech-to-text has no price for this account. Ask support.",
    )  # fmt: skip


def test_a_batch_of_several_accounts_and_services_is_answered_in_its_order():  # API-2
    first, second = licensed(), licensed()
    limited(first, QA, 1)
    records = [
        Record(second.pk, STT, "a", NOW, 10),
        Record(first.pk, QA, "b", NOW, 150),
        Record(second.pk, QA, "c", NOW, 1),
        Record(first.pk, QA, "d", NOW, 51),
        Record(first.pk, QA, "e", NOW, 50),
    ]

    answers = usage.count(records, now=NOW)

    assert [(one.record.key, one.outcome, one.why, one.left) for one in answers] == [
        ("a", Outcome.ACCEPTED, None, None),
        ("b", Outcome.ACCEPTED, None, 50),
        ("c", Outcome.REFUSED, Why.NO_LIMIT, None),
        ("d", Outcome.REFUSED, Why.LIMIT, 50),
        ("e", Outcome.ACCEPTED, None, 0),
    ]


def test_more_than_five_hundred_records_and_a_use_below_zero_are_mistakes():
    account = licensed()

    with pytest.raises(ValueError, match="At most 500 records"):
        usage.count([Record(account.pk, STT, f"{n}", NOW, 1) for n in range(501)], now=NOW)
    with pytest.raises(ValueError, match="zero or more, got -1"):
        use(account, STT, -1)


def test_a_fresh_month_starts_anew_by_itself():  # LIC-9, LIC-10
    SellerFactory()
    TaxRateFactory()
    account = licensed()
    limited(account, QA, 1)
    use(account, QA, 200)
    bill(at=instant("2026-02-01"))

    fresh = use(account, QA, 120, at=instant("2026-02-02"))
    late = use(account, QA, 30, at=instant("2026-01-31"), now=instant("2026-02-03"))

    assert (fresh.outcome, fresh.used, fresh.cycle, fresh.late) == (
        *(Outcome.ACCEPTED, 120, FEBRUARY, False),
    )  # fmt: skip
    assert (late.outcome, late.used, late.cycle, late.late) == (
        *(Outcome.ACCEPTED, 150, FEBRUARY, True),
    )  # fmt: skip


def test_each_threshold_is_told_once_and_the_highest_of_several():  # LIC-11
    account = licensed()
    raiser(account)
    limited(account, QA, 1)

    for quantity in (99, 1, 1, 60, 38, 1, 5):
        use(account, QA, quantity)

    assert told(account) == [(QA, 50), (QA, 75), (QA, 90), (QA, 100)]
    assert Letter.objects.filter(name="inbox").count() == 4


def test_what_does_not_fit_any_more_is_told_as_a_stop():  # LIC-11
    account = licensed()
    raiser(account)
    limited(account, QA, 1)

    use(account, QA, 150)
    use(account, QA, 60)
    use(account, QA, 60)

    assert told(account) == [(QA, 75), (QA, 100)]
    message = InboxMessage.objects.latest("pk")
    assert said(message).text == (
        "A use of AI QA did not fit below its limit: 150 of 200 are used this month. What fits is "
        "counted on, and a new month begins on 1 February 2026. Raise the limit and more fits at "
        "once."
    )
    assert said(message).link == f"/accounts/{account.pk}/manage/licensing/limits/"


def test_one_use_that_is_too_large_silences_no_later_warning():  # LIC-11
    account = licensed()
    raiser(account)
    limited(account, STT, 2000)

    for quantity in (10, 100_000, 100_000, 5_240, 100_000, 1_050, 700, 1):
        use(account, STT, quantity)

    assert told(account) == [(STT, 100), (STT, 75), (STT, 90), (STT, 100)]
    first, *_, last = InboxMessage.objects.order_by("pk")
    assert "did not fit below its limit: 10 of 7,000 are used" in said(first).text
    assert "has stopped until 1 February 2026: 7,000 of 7,000 are used" in said(last).text
    assert Letter.objects.filter(name="inbox").count() == 4
    assert UsageLimit.objects.get().told == 100


def test_what_reaches_a_threshold_and_what_does_not_fit_are_told_both():  # LIC-11
    account = licensed()
    raiser(account)
    limited(account, QA, 1)
    records = [Record(account.pk, QA, f"{quantity}", NOW, quantity) for quantity in (150, 60)]

    usage.count(records, now=NOW)

    assert told(account) == [(QA, 75), (QA, 100)]
    assert UsageLimit.objects.get().told == 75


def test_another_limit_and_another_month_are_told_anew():  # LIC-11
    SellerFactory()
    TaxRateFactory()
    account = licensed()
    raiser(account)
    limited(account, QA, 1)
    use(account, QA, 100)
    UsageLimit.objects.update(over=2)
    use(account, QA, 100)
    bill(at=instant("2026-02-01"))

    use(account, QA, 200, at=instant("2026-02-05"))

    assert told(account) == [(QA, 50), (QA, 50), (QA, 50)]
    assert {one.details["until"] for one in InboxMessage.objects.all()} == {
        "2026-02-01", "2026-03-01",
    }  # fmt: skip


def test_an_old_key_is_refused_and_a_known_one_stays_known():  # decision 19
    account = licensed()
    use(account, STT, 1, key="known")
    later = NOW + timedelta(days=91)

    again, old = (
        usage.count([Record(account.pk, STT, key, NOW, 1)], now=later)[0]
        for key in ("known", "unknown")
    )

    assert again.outcome is Outcome.DUPLICATE
    assert (old.outcome, old.why) == (Outcome.REFUSED, Why.TOO_OLD)


def test_a_batch_costs_a_fixed_number_of_statements():  # decision 27
    account = licensed()
    limited(account, QA, None)
    use(account, STT, 1)
    use(account, QA, 1)

    def statements(count: int) -> int:
        records = [
            Record(account.pk, (STT, QA)[n % 2], f"{count}-{n}", NOW, 1) for n in range(count)
        ]
        with CaptureQueriesContext(connection) as seen:
            usage.count(records, now=NOW)
        return len(seen)

    assert statements(4) == statements(500) <= 10


def test_a_month_in_a_zone_of_its_own_begins_at_its_midnight():
    account = licensed(time_zone="America/New_York")

    early, late = (
        use(account, STT, 1, at=instant(at), now=instant("2026-02-02"))
        for at in ("2026-02-01 04:59", "2026-02-01 05:00")
    )

    assert (early.cycle, late.cycle) == (date(2026, 1, 1), date(2026, 2, 1))
