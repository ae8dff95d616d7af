"""Why this amount: the clicks behind each kind of line, and arithmetic that a stranger can redo."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, MemberEvent
from billing.admin import why_words
from billing.models import Event, Line
from billing.why import Change, MemberChange, Sum, Used, why
from tests.admin import book
from tests.factories import MemberFactory, instant
from tests.lasting import lasting

pytestmark = pytest.mark.django_db


_story = lasting(book.told, autouse=True)


def line(code: str, kind: str, cycle_date: str | None = None) -> Line:
    found = Line.objects.filter(product_code=code, kind=kind).order_by("-bill__at", "position")
    if cycle_date:
        found = found.filter(bill__invoice__cycle_date=cycle_date)
    return found[0]


def copied(original: Line, **changes: object) -> Line:
    """The same line again with something else: lines themselves are never changed."""
    columns = {
        field.attname: getattr(original, field.attname)
        for field in Line._meta.concrete_fields
        if not field.primary_key
    }
    return Line.objects.create(**columns | changes)


def words(code: str, kind: str) -> list[tuple[str, str]]:
    return list(why_words.sentences(why(line(code, kind).pk)))


def test_every_line_of_every_kind_multiplies_out():  # PLAN-12
    kinds = set(Line.objects.values_list("kind", flat=True))

    wrong = [one for one in Line.objects.all() if not why(one.pk).right]

    assert wrong == []
    assert kinds == {"advance", "members", "proration", "credit", "peak", "metered"}


def test_a_seat_added_within_a_cycle_is_shared_by_days_and_rounded_once():  # PRICE-9
    assert words("seat", "proration") == [
        ("2 units × €19.00", "€38.00"),
        (
            "Times 18 of the 28 days of the cycle: from 10 Feb 2026 on, that day included",
            "€24.42857143…",
        ),
        ("Rounded once, half up, to the 2 decimals of EUR", "€24.43"),
    ]


def test_the_steps_name_every_tier_that_was_reached():  # PRICE-1
    assert words("calls", "advance")[:3] == [
        ("Tier from the first unit up to 100: 100 × €1.00", "€100.00"),
        ("Tier above 100: €5.00 + 20 × €0.50", "€15.00"),
        ("The tiers together", "€115.00"),
    ]


def test_of_a_volume_price_the_tier_of_the_whole_number_decides():  # PRICE-1
    assert words("contacts", "advance")[0] == ("Tier above 1,000 up to 2,500: €98.00", "€98.00")


def test_a_part_of_a_package_counts_whole():  # PRICE-1
    assert words("packs", "advance")[0] == (
        "3 packages of 1,000 units, a part of one counts whole: 3 × €7.50",
        "€22.50",
    )


def test_use_is_told_with_what_was_included_and_each_report():  # PRICE-3
    answer = why(line("stt", "metered").pk)

    assert [(cause.key, cause.quantity) for cause in answer.causes if isinstance(cause, Used)] == [
        ("call-1", 5000),
        ("call-2", 200),
    ]
    assert answer.steps[0].what is Sum.ALLOWANCE
    assert words("stt", "metered")[0][0] == "Used 5,200, 5,000 of them included: 200 to charge"


def test_a_peak_names_the_click_that_first_reached_it():  # PRICE-3
    answer = why(line("voice", "peak").pk)

    event = Event.objects.get(item__product__code="voice", becomes=9)
    assert answer.causes == (
        Change(event.pk, event.at, "Anna Nováková", 2, 9, waits=False, cause=""),
    )


def test_a_reduction_that_waited_says_so():  # PRICE-5
    (cause,) = why(line("seat", "advance").pk).causes

    assert isinstance(cause, Change)
    assert (cause.was, cause.becomes, cause.waits) == (5, 2, True)


def test_billable_members_are_those_who_were_active_by_then():  # PRICE-3
    answer = why(line("agent", "members").pk)

    assert [cause.member for cause in answer.causes if isinstance(cause, MemberChange)] == ["Bob"]
    assert answer.line.quantity == 1


def test_a_member_charged_pro_rata_is_named():  # RSL-9
    (cause,) = why(line("agent", "proration").pk).causes

    assert isinstance(cause, MemberChange)
    assert (cause.member, cause.becomes, cause.step) == ("Ann", "Active", 1)


def test_a_credit_is_told_as_money_given_back():
    answer = why(line("contacts", "credit").pk)

    assert [step.what for step in answer.steps][-2:] == [Sum.CREDIT, Sum.ROUND]
    assert answer.amount < 0
    assert answer.steps[-1].result == Fraction(answer.line.amount)


def test_an_amount_that_does_not_follow_from_its_price_is_not_called_right():
    charged = line("seat", "advance")

    spoiled = copied(charged, amount=charged.amount + Decimal("0.01"))

    assert not why(spoiled.pk).right


def test_causes_come_fifty_a_page_at_a_constant_cost():
    account = Account.objects.get(name="Alfa Telefon")
    counted = line("agent", "members")

    with CaptureQueriesContext(connection) as few:
        why(counted.pk)
    for number in range(60):
        MemberFactory(account=account, name=f"M{number:02}", at=instant("2026-02-22"))
    last = MemberEvent.objects.filter(account=account).order_by("-sequence")[0].sequence
    later = copied(counted, last_sequence=last)
    with CaptureQueriesContext(connection) as many:
        first = why(later.pk)

    assert (len(first.causes), first.more, len(why(later.pk, page=2).causes)) == (50, True, 11)
    assert len(many) == len(few)
